// SPDX-License-Identifier: Apache-2.0

internal import CMicroHTTPD
internal import Web

/// A request's head as it was parsed, and the rules it must keep so that no reader before or behind us sees another
/// request in the same bytes.
struct RequestHead: Sendable {
    let method: HTTPMethod
    let headers: HTTPHeaders
    let framing: Framing
    /// Whether the client offers its body, and waits to be asked for it.
    let isOffer: Bool

    /// What is wrong with it: status and reason.
    struct Problem: Error, Equatable {
        let status: Int
        let reason: String
        init(_ status: Int, _ reason: String) { (self.status, self.reason) = (status, reason) }

        static let layout = Problem(400, "the head holds bare line ends, folded lines, NUL or bytes beyond UTF-8")
    }

    /// How the body is delimited (RFC 9112 section 6).
    enum Framing: Equatable {
        case none
        case length(Int64)
        case chunked

        /// How many bytes the body has, when that is known.
        var length: Int64? {
            switch self {
            case .none: 0
            case .length(let length): length
            case .chunked: nil
            }
        }
    }

    /// Reads the head of a connection's request and checks everything.
    ///
    /// - Parameter target: how many bytes the target had as it was sent.
    init(
        _ connection: ConnectionHandle, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>, target: Int
    ) throws(Problem) {
        let methodBytes = unsafe RequestHead.bytes(method)
        guard unsafe HTTPToken.isValid(methodBytes) else { throw Problem(400, "the method is no token") }
        let versionText = unsafe String(decoding: RequestHead.bytes(version), as: UTF8.self)
        guard versionText == "HTTP/1.1" || versionText == "HTTP/1.0" else {
            throw Problem(505, "the version is not HTTP/1.1")
        }
        var reader = unsafe HeadReader(
            start: methodBytes.baseAddress, size: connection.headSize, method: methodBytes.count, target: target,
            version: UnsafeRawPointer(version))
        connection.readFields(into: &reader)
        let fields = try reader.finish()
        self.method = unsafe HTTPMethod(String(decoding: methodBytes, as: UTF8.self))
        headers = HTTPHeaders(checked: fields)
        isOffer = !reader.marks.expectations.isEmpty
        framing = try reader.marks.framing(isOld: versionText == "HTTP/1.0")
    }

    private static func bytes(_ text: UnsafePointer<CChar>) -> UnsafeBufferPointer<UInt8> {
        // Proof: libmicrohttpd ends each text with NUL; the same bytes may be seen as unsigned.
        let count = unsafe sovereign_text_length(text)
        return unsafe UnsafeBufferPointer(
            start: UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self), count: count)
    }
}

/// The fields that say where a request ends and to whom it goes.
struct FramingMarks {
    var hosts = 0
    var expectations: [String] = []
    var lengths: [String] = []
    var codings: [String] = []

    /// Notes a field when it is one of those.
    mutating func note(_ name: String, _ value: String) {
        switch name.utf8.count {
        case 4 where HTTPHeaders.isSame(name, "Host"): hosts += 1
        case 6 where HTTPHeaders.isSame(name, "Expect"): expectations.append(value)
        case 14 where HTTPHeaders.isSame(name, "Content-Length"): lengths.append(value)
        case 17 where HTTPHeaders.isSame(name, "Transfer-Encoding"): codings.append(value)
        default: break
        }
    }

    /// How the body is delimited, when they say it unambiguously.
    ///
    /// - Parameter isOld: whether the version is HTTP/1.0.
    func framing(isOld: Bool) throws(RequestHead.Problem) -> RequestHead.Framing {
        typealias Problem = RequestHead.Problem
        guard hosts == 1 || hosts == 0 && isOld else { throw Problem(400, "there must be one Host field") }
        guard expectations.count <= 1, expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else {
            throw Problem(417, "only 100-continue can be expected")
        }
        guard lengths.isEmpty || codings.isEmpty else {
            throw Problem(400, "there are both Content-Length and Transfer-Encoding")
        }
        guard lengths.count <= 1, codings.count <= 1 else { throw Problem(400, "the body's length is given twice") }
        if let coding = codings.first {
            guard coding.lowercased() == "chunked", !isOld else {
                throw Problem(501, "the only transfer coding is chunked")
            }
            return .chunked
        }
        guard let text = lengths.first else { return .none }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int64(text) else {
            throw Problem(400, "Content-Length is no number")
        }
        return length == 0 ? .none : .length(length)
    }
}
