// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Web

/// A request as a handler gets it. The body is still on its way.
public struct ServerRequest: Sendable {
    /// The method.
    public let method: HTTPMethod
    /// The path, percent-decoded once: never holds `.` or `..` as a segment, nor NUL.
    public let path: String
    /// What stands behind `?`, decoded.
    public let query: RequestQuery
    /// The header fields.
    public let headers: HTTPHeaders
    /// The body.
    public let body: RequestBody
    /// The DER of the certificate the client proved to own; nil when it showed none.
    public let clientCertificate: [UInt8]?
    /// The segments that the route's pattern captures, by name.
    public internal(set) var parameters: [String: String] = [:]

    /// Names it in logs.
    public let id: RequestID
    /// Who asks: the other end of the connection, which may be a proxy.
    public let peer: ServerPeer
    /// Whether it came over TLS.
    public let isTLS: Bool

    /// A request with a body in memory, which no connection brought.
    public init(
        method: HTTPMethod, path: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = [],
        query: [(String, String)] = [], peer: ServerPeer = .none
    ) {
        self.init(
            id: RequestID(), method: method, target: RequestTarget(path: path, query: RequestQuery(query)),
            headers: headers, body: RequestBody(length: Int64(body.count), stream: ByteStream(body)), peer: peer,
            isTLS: false, clientCertificate: nil)
    }

    init(
        id: RequestID, method: HTTPMethod, target: RequestTarget, headers: HTTPHeaders, body: RequestBody,
        peer: ServerPeer, isTLS: Bool, clientCertificate: [UInt8]?
    ) {
        (self.id, self.method, path, query, self.headers) = (id, method, target.path, target.query, headers)
        (self.body, self.peer, self.isTLS, self.clientCertificate) = (body, peer, isTLS, clientCertificate)
    }
}

/// The body of a request, for one reader. Reading slowly slows the client down.
public struct RequestBody: Sendable {
    /// How many bytes it has, when the client said so.
    public let length: Int64?
    /// The bytes. Ends with an error when the client leaves, and with a `Refusal` when the server's limit is exceeded.
    public let stream: ByteStream

    /// No body.
    static let none = RequestBody(length: 0, stream: ByteStream { nil })

    /// Everything, in memory; more than `limit` bytes are refused with 413.
    public func collect(limit: Int) async throws -> [UInt8] {
        guard length ?? 0 <= Int64(limit) else { throw Refusal.tooLarge }
        var bytes: [UInt8] = []
        while let chunk = try await stream.next() {
            guard bytes.count + chunk.count <= limit else { throw Refusal.tooLarge }
            bytes += chunk
        }
        return bytes
    }
}
