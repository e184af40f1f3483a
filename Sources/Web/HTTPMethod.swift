// SPDX-License-Identifier: Apache-2.0

/// A request method (RFC 9110 section 9); names are case-sensitive.
public struct HTTPMethod: Hashable, Sendable, CustomStringConvertible {
    /// The method's name as it is sent.
    public let name: String
    /// The name.
    public var description: String { name }
    /// Names a method.
    public init(_ name: String) { self.name = name }

    /// GET.
    public static let get = HTTPMethod("GET")
    /// HEAD.
    public static let head = HTTPMethod("HEAD")
    /// PUT.
    public static let put = HTTPMethod("PUT")
    /// POST.
    public static let post = HTTPMethod("POST")
    /// PATCH.
    public static let patch = HTTPMethod("PATCH")
    /// DELETE.
    public static let delete = HTTPMethod("DELETE")
    /// OPTIONS.
    public static let options = HTTPMethod("OPTIONS")

    /// Whether doing it twice is the same as once (RFC 9110 section 9.2.2).
    public var isIdempotent: Bool { ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"].contains(name) }

    /// Whether it only reads (RFC 9110 section 9.2.1).
    public var isSafe: Bool { ["GET", "HEAD", "OPTIONS", "TRACE"].contains(name) }
}

/// Tokens of HTTP: method names and field names (RFC 9110 section 5.6.2).
public enum HTTPToken {
    /// One bit for each byte below 128 that may stand in a token.
    private static let allowed: (low: UInt64, high: UInt64) = {
        var bits: (low: UInt64, high: UInt64) = (0, 0)
        for byte in "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~".utf8 {
            if byte < 64 { bits.low |= 1 << UInt64(byte) } else { bits.high |= 1 << UInt64(byte - 64) }
        }
        return bits
    }()

    /// Whether a text may stand where the protocol wants a token, so that it cannot end a line or a field.
    public static func isValid(_ text: String) -> Bool { areAllowed(text.utf8) }

    /// Whether bytes are a token.
    package static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { unsafe areAllowed(bytes) }

    private static func areAllowed(_ bytes: some Collection<UInt8>) -> Bool {
        let (low, high) = allowed
        return !bytes.isEmpty
            && bytes.allSatisfy { byte in
                byte < 64 ? low >> UInt64(byte) & 1 == 1 : byte < 128 && high >> UInt64(byte - 64) & 1 == 1
            }
    }
}
