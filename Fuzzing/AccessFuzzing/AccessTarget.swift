// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
import OCI

@testable internal import AccessControl

/// Reads what clients and administrators write: the first byte picks who reads the rest.
///
/// What has to hold, beyond not crashing: what is read is well formed, and is the same when it was written.
public enum AccessTarget {
    public static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first, bytes.count < 16_384 else { return }
        let rest = Array(bytes.dropFirst())
        let text = String(decoding: rest, as: UTF8.self)
        switch first % 6 {
        case 0:
            if case .basic(let user, let password) = AuthorizationHeader(text) {
                precondition(Identity.isName(user) && !password.contains(0), "no name, or a NUL")
            }
        case 1: scope(text)
        case 2: _ = FormFields(rest).map { $0.values("scope") }
        case 3: _ = try? PasswordFile(parsing: rest, source: "it")
        case 4: pattern(rest)
        default:
            guard let document = try? YAML.document(rest, source: "it") else { return }
            let configuration = try? AccessConfiguration(document, folder: "/")
            precondition(configuration?.rules.allSatisfy { !$0.actions.isEmpty } ?? true, "a rule that allows nothing")
        }
    }

    private static func scope(_ text: String) {
        guard let scope = try? TokenScope(text) else { return }
        if case .repository(let name, let actions) = scope.resource {
            precondition(ImageReference.isRepository(name), "no name")
            if actions.isEmpty { return }
        }
        precondition((try? TokenScope(scope.description)) == scope, "another scope came out")
    }

    /// A pattern and a name with a line end between them, compared with the plainest way to match.
    private static func pattern(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count <= 24, parts[1].count <= 24,
            let pattern = RepositoryPattern(String(decoding: parts[0], as: UTF8.self))
        else { return }
        let name = String(decoding: parts[1], as: UTF8.self)
        guard ImageReference.isRepository(name) else { return }
        precondition(pattern.matches(name) == plain(parts[0], Array(name.utf8)[...]), "another match")
    }

    private static func plain(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return name.isEmpty }
        guard first == UInt8(ascii: "*") else {
            return name.first == first && plain(pattern.dropFirst(), name.dropFirst())
        }
        let isAcross = pattern.dropFirst().first == first
        let rest = pattern.dropFirst(isAcross ? 2 : 1)
        var name = name
        while true {
            if plain(rest, name) { return true }
            guard let next = name.popFirst(), isAcross || next != UInt8(ascii: "/") else { return false }
        }
    }
}
