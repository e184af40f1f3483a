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
    private static let allowed = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~".utf8)

    /// Whether a text may stand where the protocol wants a token, so that it cannot end a line or a field.
    public static func isValid(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(allowed.contains) }
}
