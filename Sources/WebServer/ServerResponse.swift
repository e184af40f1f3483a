// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Web

/// What a handler answers.
///
/// Lengths, chunks and the connection are the server's business: `Content-Length`, `Transfer-Encoding` and `Connection`
/// among the fields are ignored.
public struct ServerResponse: Sendable {
    /// A response's body.
    public enum Body: Sendable {
        /// Bytes in memory.
        case bytes([UInt8])
        /// Bytes that are made while they are sent, no faster than the client takes them. Nobody reads the stream after
        /// a HEAD request; when the client leaves, the task that reads it is cancelled.
        case stream(length: Int64?, ByteStream)
    }
    /// The status code.
    public var status: Int
    /// The header fields.
    public var headers: HTTPHeaders
    /// The body.
    public var body: Body

    /// An answer.
    public init(status: Int, headers: HTTPHeaders = HTTPHeaders(), body: Body = .bytes([])) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    /// An answer with a text of a media type.
    public init(status: Int = 200, _ mediaType: String, _ text: String) {
        self.init(status: status, headers: ["Content-Type": mediaType], body: .bytes(Array(text.utf8)))
    }

    /// An answer with a stream of a media type.
    public init(status: Int = 200, _ mediaType: String, length: Int64? = nil, _ stream: ByteStream) {
        self.init(status: status, headers: ["Content-Type": mediaType], body: .stream(length: length, stream))
    }

    /// An error as JSON. The message is shown to the client.
    public static func error(_ status: Int, _ message: String) -> ServerResponse {
        var escaped = ""
        for scalar in message.unicodeScalars where scalar.value >= 0x20 {
            if scalar == "\"" || scalar == "\\" { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
        }
        return ServerResponse(status: status, "application/json", "{\"error\":\"\(escaped)\"}\n")
    }
}

/// An error that is an answer: what a handler throws to refuse a request from anywhere below it.
public struct Refusal: Error {
    /// What the client gets.
    public let response: ServerResponse

    /// Refuses with an answer.
    public init(_ response: ServerResponse) { self.response = response }

    /// Refuses with a status and a message that is shown to the client.
    public init(_ status: Int, _ message: String) { response = .error(status, message) }

    static let tooLarge = Refusal(413, "the body is larger than accepted here")
}
