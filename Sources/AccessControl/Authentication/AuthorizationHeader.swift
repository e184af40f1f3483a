// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What an `Authorization` header holds (RFC 7617, RFC 6750). Never shown.
enum AuthorizationHeader: Sendable, CustomStringConvertible, CustomReflectable {
    case basic(user: String, password: [UInt8])
    case bearer(String)
    /// A scheme that is not known here.
    case other
    /// One of the known schemes with something that is not what it says.
    case malformed

    /// The most bytes of a header: a token of 16 KiB and its scheme.
    static let sizeLimit = 16 * 1024 + 64

    var description: String {
        switch self {
        case .basic: "Basic credentials"
        case .bearer: "a Bearer token"
        case .other: "another scheme"
        case .malformed: "a malformed header"
        }
    }
    var customMirror: Mirror { Mirror(self, children: []) }

    init(_ text: String) {
        guard text.utf8.count <= Self.sizeLimit, let space = text.utf8.firstIndex(of: 0x20) else {
            self = .malformed
            return
        }
        let rest = Substring(text.utf8[space...].drop { $0 == 0x20 })
        switch text[..<space].lowercased() {
        case "basic": self = Self.basic(rest)
        case "bearer":
            self =
                rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) && !rest.isEmpty
                ? .bearer(String(rest)) : .malformed
        default: self = .other
        }
    }

    private static func basic(_ text: Substring) -> AuthorizationHeader {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), let bytes = [UInt8](base64: text),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
            let user = String(validating: bytes[..<colon], as: UTF8.self), Identity.isName(user)
        else { return .malformed }
        let password = Array(bytes[(colon + 1)...])
        return password.contains(0) ? .malformed : .basic(user: user, password: password)
    }
}
