// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A request method (RFC 9110 section 9).
public struct HTTPMethod: Hashable, Sendable, CustomStringConvertible {
    /// The method's name in upper case.
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

    /// Whether doing it twice is the same as once (RFC 9110 section 9.2.2).
    public var isIdempotent: Bool { ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"].contains(name) }
}

/// Header fields in their order; names are compared without regard to case.
public struct HTTPHeaders: Sendable, Sequence, ExpressibleByDictionaryLiteral {
    /// One field.
    public typealias Element = (name: String, value: String)
    private var fields: [Element] = []

    /// No fields.
    public init() {}
    /// These fields.
    public init(dictionaryLiteral elements: (String, String)...) { for (name, value) in elements { add(name, value) } }

    /// The first value of a field; setting replaces all its values, nil removes them.
    public subscript(name: String) -> String? {
        get { fields.first { Self.isSame($0.name, name) }?.value }
        set {
            fields.removeAll { Self.isSame($0.name, name) }
            if let newValue { add(name, newValue) }
        }
    }

    /// All values of a field.
    public func values(for name: String) -> [String] { fields.filter { Self.isSame($0.name, name) }.map(\.value) }

    /// Adds a field. Line ends in a value are dropped, so that no value can make another field.
    public mutating func add(_ name: String, _ value: String) {
        fields.append((name, value.filter { !$0.isNewline && $0 != "\0" }))
    }

    /// Reads the fields in order.
    public func makeIterator() -> some IteratorProtocol<Element> { fields.makeIterator() }

    private static func isSame(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && a.lowercased() == b.lowercased()
    }
}

/// What a request carries.
public enum HTTPRequestBody: Sendable {
    /// Nothing.
    case none
    /// Bytes in memory.
    case bytes([UInt8])
    /// A stream that can be opened again, so that a retry starts over. Without a length it is sent in chunks.
    case stream(length: Int64?, open: @Sendable () async throws -> ByteStream)
}

/// A request.
public struct HTTPRequest: Sendable {
    /// The method.
    public var method: HTTPMethod
    /// Where it goes.
    public var url: HTTPURL
    /// Its header fields.
    public var headers: HTTPHeaders
    /// Its body.
    public var body: HTTPRequestBody

    /// A request.
    public init(method: HTTPMethod, url: HTTPURL, headers: HTTPHeaders = HTTPHeaders(), body: HTTPRequestBody = .none) {
        (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
    }
}

/// A response whose body is still on its way.
public struct HTTPResponse: Sendable {
    /// The status code.
    public let status: Int
    /// The header fields.
    public let headers: HTTPHeaders
    /// The body; reading it slowly slows the sender.
    public let body: ByteStream
    /// The URL that answered, after redirects.
    public let url: HTTPURL

    /// A response.
    public init(status: Int, headers: HTTPHeaders, body: ByteStream, url: HTTPURL) {
        (self.status, self.headers, self.body, self.url) = (status, headers, body, url)
    }
}
