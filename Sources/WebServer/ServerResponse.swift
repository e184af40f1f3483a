// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Web

/// What a handler answers.
///
/// Lengths, chunks and the connection are the server's business: `Content-Length`, `Transfer-Encoding` and `Connection`
/// among the fields are ignored.
public struct ServerResponse: Sendable {
    /// A response's body. After HEAD, and with the status codes 204 and 304, none is sent and none is read.
    ///
    /// HEAD is answered with `Content-Length` wherever the length is known, 304 where it is known and not zero (of the
    /// content that 200 would have brought), 204 never.
    public enum Body: Sendable {
        /// Bytes in memory.
        case bytes([UInt8])
        /// Bytes that are made while they are sent, no faster than the client takes them. When the client leaves, the
        /// task that reads the stream is cancelled.
        case stream(length: Int64?, ByteStream)
        /// A part of a file, which the kernel sends by itself unless it must be encrypted. A part that is not there is
        /// answered with 500; a file that becomes shorter meanwhile breaks the connection off.
        case file(ServerFile, offset: Int64, length: Int64)
        /// No bytes, but their count: for HEAD and for 304, where nothing needs to be opened. Elsewhere it is answered
        /// with 500.
        case none(length: Int64)

        /// How many bytes it has, when that is known.
        public var length: Int64? {
            switch self {
            case .bytes(let bytes): Int64(bytes.count)
            case .stream(let length, _): length
            case .file(_, _, let length), .none(let length): length
            }
        }
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

extension ServerResponse {
    /// Throws for what cannot be sent.
    func check(isHead: Bool) throws(Fault) {
        guard (200...599).contains(status) else { throw Fault(.internal, "\(status) is no final status") }
        for (name, value) in headers {
            guard HTTPToken.isValid(name), value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw Fault(.internal, "the field “\(name)” of an answer holds what no field may")
            }
        }
        guard body.length ?? 0 >= 0 else { throw Fault(.internal, "an answer is of negative length") }
        switch body {
        case .bytes, .stream: break
        case .none:
            guard isHead || status == 204 || status == 304 else {
                throw Fault(.internal, "an answer to more than HEAD has a length but no body")
            }
        case .file(let file, let offset, let length):
            guard offset >= 0, try offset <= file.size() - length else {
                throw Fault(.internal, "an answer is a part of a file that is not there")
            }
        }
    }

    /// What a handler's error is answered with.
    static let failed = error(500, "the server failed")

    /// Whether bytes follow its head.
    func hasBody(isHead: Bool) -> Bool { !isHead && status >= 200 && status != 204 && status != 304 }
}
