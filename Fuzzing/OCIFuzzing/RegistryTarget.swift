// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Web

@testable internal import OCI
@testable internal import WebClient

/// Reads what registries say: the first byte picks who reads the rest.
///
/// What has to hold: nothing stops the program, what is accepted is read the same when it is written again, and what is
/// shown cannot steer a terminal.
enum RegistryTarget {
    static func run(_ bytes: [UInt8]) {
        guard let kind = bytes.first, bytes.count < 1 << 20 else { return }
        let rest = Array(bytes.dropFirst()), text = String(decoding: rest, as: UTF8.self)
        switch kind {
        case UInt8(ascii: "c"): challenge(text)
        case UInt8(ascii: "l"): link(text)
        case UInt8(ascii: "e"): error(rest)
        case UInt8(ascii: "m"): manifest(rest)
        case UInt8(ascii: "r"): referrers(rest)
        case UInt8(ascii: "t"): tags(rest)
        case UInt8(ascii: "i"): reference(text)
        case UInt8(ascii: "h"): head(rest)
        case UInt8(ascii: "w"): wait(text)
        default: break
        }
    }

    private static func challenge(_ text: String) {
        let found = AuthenticationChallenge.parse(text)
        let written = found.map { challenge in
            let parameters = challenge.parameters.map { name, value in
                "\(name)=\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
            }
            return "\(challenge.scheme) \(parameters.joined(separator: ", "))"
        }
        precondition(AuthenticationChallenge.parse(written.joined(separator: ", ")) == found)
    }

    private static func link(_ text: String) {
        guard let base = try? HTTPURL("https://registry.example/v2/a/tags/list"), let target = PageLink.next([text]),
            let url = try? base.resolving(target)
        else { return }
        precondition(url.scheme == "http" || url.scheme == "https")
        precondition((try? HTTPURL(url.description)) == url)
    }

    private static func error(_ bytes: [UInt8]) {
        let text = RegistryError.text(bytes)
        precondition(text.unicodeScalars.count <= 3 * 270)
        precondition(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    private static func manifest(_ bytes: [UInt8]) {
        guard let manifest = try? OCIManifest(parsing: bytes, mediaType: nil, source: "a manifest") else { return }
        let again = try? OCIManifest(
            parsing: manifest.json.encoded(), mediaType: manifest.mediaType.rawValue, source: "a manifest")
        precondition(again?.children == manifest.children && again?.subject == manifest.subject)
        precondition(again?.annotations == manifest.annotations && again?.isIndex == manifest.isIndex)
    }

    private static func referrers(_ bytes: [UInt8]) {
        guard let list = try? ReferrerList(parsing: bytes, source: "a list") else { return }
        precondition((try? ReferrerList(parsing: list.encoded(), source: "a list"))?.referrers == list.referrers)
    }

    private static func tags(_ bytes: [UInt8]) {
        let entries = (try? ListPage.entries("tags", bytes, of: "a list")) ?? []
        for tag in entries.compactMap(\.string).filter(ImageReference.isTag) {
            precondition(tag.utf8.count <= 128 && tag.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x2F })
        }
    }

    private static func reference(_ text: String) {
        guard let reference = try? ImageReference(text) else { return }
        precondition((try? ImageReference(reference.description)) == reference)
    }

    private static func head(_ bytes: [UInt8]) {
        let limit = 4096
        var parser = HTTPHeadParser(limit: limit), taken = 0
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let line = Array(line) + [0x0A]
            let isTaken = line.withUnsafeBytes { (try? parser.take($0, from: "a server")) != nil }
            guard isTaken else { return }
            taken += line.count
        }
        precondition(taken <= limit && (!parser.isComplete || parser.status >= 200))
    }

    private static func wait(_ text: String) {
        let policy = RetryPolicy()
        guard let delay = policy.delay(afterAttempt: 1, retryAfter: text) else { return }
        precondition(delay >= .zero && delay <= policy.longestRetryAfter)
    }
}
