// SPDX-License-Identifier: Apache-2.0

/// How a client is told to show who it is: the value of `WWW-Authenticate` beside a 401 (RFC 9110 section 11.6.1).
public enum AccessChallenge: Sendable, Hashable {
    /// What was wrong with a token (RFC 6750 section 3.1).
    public enum BearerError: String, Sendable {
        /// It is damaged, forged, expired, or for somebody else.
        case invalidToken = "invalid_token"
        /// It does not grant what is asked for.
        case insufficientScope = "insufficient_scope"
    }

    /// Name and password (RFC 7617).
    case basic(realm: String)
    /// A token, and where to get one with which scope (the distribution project's token specification).
    case bearer(realm: String, service: String, scopes: [TokenScope] = [], error: BearerError? = nil)

    /// The value of the header.
    public var header: String {
        switch self {
        case .basic(let realm): return "Basic realm=\(Self.quoted(realm)), charset=\"UTF-8\""
        case .bearer(let realm, let service, let scopes, let error):
            var text = "Bearer realm=\(Self.quoted(realm)),service=\(Self.quoted(service))"
            if !scopes.isEmpty {
                text += ",scope=\(Self.quoted(scopes.map(\.description).joined(separator: " ")))"
            }
            if let error { text += ",error=\(Self.quoted(error.rawValue))" }
            return text
        }
    }

    /// A quoted string; what could end a header or is no ASCII is left out.
    private static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 where (0x20...0x7E).contains(byte) {
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        return String(decoding: bytes + [UInt8(ascii: "\"")], as: UTF8.self)
    }
}
