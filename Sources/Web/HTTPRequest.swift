// SPDX-License-Identifier: Apache-2.0

public import Basics

/// What a request carries.
public enum HTTPRequestBody: Sendable {
    /// Nothing.
    case none
    /// Bytes in memory.
    case bytes([UInt8])
    /// A stream that can be opened again, so that a retry starts over. Without a length it is sent in chunks.
    case stream(length: Int64?, open: @Sendable () async throws -> ByteStream)
    /// Bytes that the sender copies straight out of where they stand, in chunks. Opened again for a retry.
    case source(open: @Sendable () async throws -> any HTTPBodySource)

    /// Whether there is anything to send.
    public var isEmpty: Bool {
        switch self {
        case .none: true
        case .bytes(let bytes): bytes.isEmpty
        case .stream(let length, _): length == 0
        case .source: false
        }
    }
}

/// Where a sender gets the bytes of a body itself, which saves one copy of each.
public protocol HTTPBodySource: Sendable {
    /// Waits until there are bytes; false when there will be none.
    func waitForBytes() async throws -> Bool
    /// Copies bytes that are there, as many as fit, and never waits; how many.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int
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
    /// Names of fields that, like `Authorization` and `Cookie`, must not reach another origin through a redirect.
    public var sensitiveHeaders: [String] = []
    /// Whether it may be sent again though its method is not idempotent, since nothing but waste can come of it twice.
    public var isRepeatable = false

    /// A request.
    public init(method: HTTPMethod, url: HTTPURL, headers: HTTPHeaders = HTTPHeaders(), body: HTTPRequestBody = .none) {
        (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
    }
}

extension HTTPRequest: CustomStringConvertible {
    /// Method and URL without its query: fit for a log.
    public var description: String { "\(method) \(url.redacted)" }
}
