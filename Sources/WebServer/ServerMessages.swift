// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Web

/// A request as a handler gets it: whole, within the server's limits.
public struct ServerRequest: Sendable {
    /// The method.
    public let method: HTTPMethod
    /// The path, percent-decoded.
    public let path: String
    /// The header fields.
    public let headers: HTTPHeaders
    /// The body.
    public let body: [UInt8]

    /// A request.
    public init(method: HTTPMethod, path: String, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
        (self.method, self.path, self.headers, self.body) = (method, path, headers, body)
    }
}

/// What a handler answers.
public struct ServerResponse: Sendable {
    /// The status code.
    public var status: Int
    /// The header fields.
    public var headers: HTTPHeaders
    /// The body.
    public var body: [UInt8]

    /// An answer.
    public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: [UInt8] = []) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    /// An answer with a body of a media type.
    public init(status: Int = 200, _ mediaType: String, _ text: String) {
        self.init(status: status, headers: ["Content-Type": mediaType], body: Array(text.utf8))
    }
}

/// What a server accepts.
public struct ServerSettings: Sendable {
    /// The address to listen on.
    public var address = "127.0.0.1"
    /// The port; 0 takes any free one.
    public var port = 0
    /// How many threads serve connections.
    public var threads = 2
    /// How many connections may be open.
    public var connections = 512
    /// How long a connection may stand still, in seconds.
    public var idleSeconds = 60
    /// The most bytes of a request's header fields.
    public var headerBytes = 32 * 1024
    /// The most bytes of a request's body; more is answered with 413.
    public var bodyBytes = 64 * 1024

    /// The defaults above.
    public init() {}
}
