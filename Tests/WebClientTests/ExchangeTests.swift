// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing
import Web
import WebClient

@Suite("Exchange", .enabled(if: ServerProcess.pythonIsThere, "needs python3"), .timeLimit(.minutes(2)))
struct ExchangeTests {
    let server: ServerProcess
    let client = HTTPClient(.quick())
    init() throws { server = try ServerProcess() }

    @Test("asks and reads with status, repeated fields and URL")
    func get() async throws {
        let url = try server.url("/echo?a=b%20c")
        try await client.send(HTTPRequest(method: .get, url: url, headers: ["X-Empty": "", "Accept": "text/plain"])) {
            response in
            #expect(response.status == 200)
            #expect(response.url == url)
            #expect(response.headers["X-TWICE"] == "a")
            #expect(response.headers.values(for: "x-twice") == ["a", "b"])
            let text = String(decoding: try await response.body.collect(limit: 10_000), as: UTF8.self)
            #expect(text.contains("method=GET\ntarget=/echo?a=b%20c\nlength=0\n"))
            #expect(text.contains("x-empty: \n") && text.contains("accept: text/plain\n"))
            #expect(text.contains("user-agent: sovereign-ocm/"))
            #expect(!text.contains("expect:") && !text.contains("content-type:") && !text.contains("accept-encoding:"))
        }
    }

    @Test("HEAD has fields and no body")
    func head() async throws {
        try await client.send(HTTPRequest(method: .head, url: try server.url("/echo"))) { response in
            #expect(response.status == 200)
            let chunk = try await response.body.next()
            #expect(chunk == nil)
        }
    }

    @Test("a status is no error", arguments: [204, 304, 400, 401, 403, 404, 409, 416, 501])
    func status(_ code: Int) async throws {
        let status = try await client.send(HTTPRequest(method: .get, url: try server.url("/status?code=\(code)"))) {
            $0.status
        }
        #expect(status == code)
    }

    @Test("sends bodies of every kind", arguments: ["POST", "PUT", "PATCH", "DELETE", "GET", "PROPFIND"])
    func bodies(_ method: String) async throws {
        let bytes = Array("a body".utf8)
        let bodies: [(HTTPRequestBody, String, String?)] = [
            (.bytes(bytes), "length=6\n", "content-length: 6\n"),
            (.stream(length: 6, open: { ByteStream(bytes) }), "length=6\n", "content-length: 6\n"),
            (.stream(length: nil, open: { ByteStream(bytes) }), "length=6\n", "transfer-encoding: chunked\n"),
            (.stream(length: nil, open: { ByteStream([]) }), "length=0\n", nil),
            (.stream(length: 0, open: { ByteStream([]) }), "length=0\n", nil),
            (.bytes([]), "length=0\n", nil),
            (.none, "length=0\n", ["POST", "PUT", "PATCH"].contains(method) ? "content-length: 0\n" : nil),
        ]
        for (body, length, field) in bodies {
            let request = HTTPRequest(
                method: HTTPMethod(method), url: try server.url("/echo"), headers: ["Content-Length": "99"], body: body)
            let text = try await client.text(request)
            #expect(text.contains("method=\(method)\n") && text.contains(length))
            if let field { #expect(text.contains(field)) }
            #expect(!text.contains("expect:") && !text.contains("content-length: 99\n"))
        }
    }

    @Test("streams a large body with or without its length", arguments: [true, false])
    func upload(_ isLengthKnown: Bool) async throws {
        let piece = [UInt8](repeating: 0x61, count: 300_000), count = 100
        let length: Int64? = isLengthKnown ? Int64(piece.count * count) : nil
        let body = HTTPRequestBody.stream(length: length) {
            let left = Guarded(count)
            return ByteStream {
                left.withLock {
                    $0 -= 1; return $0 >= 0
                } ? piece[...] : nil
            }
        }
        let text = try await client.text(HTTPRequest(method: .put, url: try server.url("/echo"), body: body))
        #expect(text.contains("length=30000000\n"))
        #expect(text.contains("digest=d303b91758cb52aa2a1d10390da1213101999e918087d5c21a83cd5613e56ade\n"))
    }

    @Test("lets libcurl take a body where it stands, with pauses", arguments: [300_000, 20_000])
    func taken(_ piece: Int) async throws {
        let body = HTTPRequestBody.source { SourceInPieces(of: piece, total: 30_000_000) }
        let text = try await client.text(HTTPRequest(method: .patch, url: try server.url("/echo"), body: body))
        #expect(text.contains("transfer-encoding: chunked\n") && text.contains("length=30000000\n"))
        #expect(text.contains("digest=d303b91758cb52aa2a1d10390da1213101999e918087d5c21a83cd5613e56ade\n"))
    }

    @Test("a body that fails where it stands is the error")
    func failingSource() async throws {
        let body = HTTPRequestBody.source {
            SourceInPieces(of: 100_000, total: 300_000, failure: Fault(.mismatch, "the blob is not what it should be"))
        }
        await #expect {
            try await client.text(HTTPRequest(method: .put, url: try server.url("/echo"), body: body))
        } throws: { ($0 as? Fault)?.code == .mismatch }
    }

    @Test("a body of another length than announced never completes the request", arguments: [5, 7, 0, 600_000])
    func wrongLength(_ actual: Int) async throws {
        let body = HTTPRequestBody.stream(length: 6) { ByteStream([UInt8](repeating: 1, count: actual)) }
        await #expect {
            try await client.text(HTTPRequest(method: .put, url: try server.url("/echo"), body: body))
        } throws: { ($0 as? Fault)?.code == .invalid && ($0 as? Fault)?.message.contains("the 6 bytes") == true }
    }

    @Test("a body that fails is the error, and the request is not sent again")
    func failingBody() async throws {
        let opened = Guarded(0)
        let body = HTTPRequestBody.stream(length: 2_000_000) {
            opened.withLock { $0 += 1 }
            let first = Guarded(true)
            return ByteStream {
                guard
                    first.withLock({ was in
                        defer { was = false }; return was
                    })
                else {
                    throw Fault(.mismatch, "the blob is not what it should be")
                }
                return [UInt8](repeating: 0, count: 100_000)[...]
            }
        }
        await #expect {
            try await client.text(HTTPRequest(method: .put, url: try server.url("/echo"), body: body))
        } throws: { ($0 as? Fault)?.code == .mismatch }
        #expect(opened.withLock { $0 } == 1)
    }

    @Test("streams a large answer in large pieces")
    func download() async throws {
        let size = 64 << 20
        try await client.send(HTTPRequest(method: .get, url: try server.url("/bytes?count=\(size)"))) { response in
            var (total, pieces, next) = (0, 0, UInt8(0))
            while let chunk = try await response.body.next() {
                #expect(chunk.first == next && chunk.count <= 1 << 20)
                next = (chunk.last ?? 0) &+ 1
                (total, pieces) = (total + chunk.count, pieces + 1)
            }
            #expect(total == size)
            #expect(pieces < size / 65_536)
        }
    }

    @Test(
        "answers that end, continue or fold oddly are read as they are meant",
        arguments: [
            ("/interim", "final"), ("/trailers", "body"), ("/until-close", "all of it"), ("/too-long", "four"),
            ("/folded", ""),
        ])
    func oddAnswers(_ path: String, _ body: String) async throws {
        try await client.send(HTTPRequest(method: .get, url: try server.url(path))) { response in
            #expect(response.status == 200)
            let bytes = try await response.body.collect(limit: 100)
            #expect(bytes == Array(body.utf8))
            #expect(response.headers["X-Late"] == nil && response.headers["Link"] == nil)
            if path == "/folded" { #expect(response.headers["X-Folded"] == "one two") }
        }
    }

    @Test("warnings of the server are there and in the log")
    func warnings() async throws {
        let lines = Guarded<[String]>([])
        let client = HTTPClient(.quick { $0.observe = { line in lines.withLock { $0.append(line) } } })
        let warnings = try await client.send(HTTPRequest(method: .get, url: try server.url("/warning?token=geheim"))) {
            $0.headers.values(for: "Warning")
        }
        #expect(warnings == ["299 - \"old\"", "299 - \"older\""])
        let log = lines.withLock { $0 }
        #expect(log.filter { $0.contains("Warning: 299") }.count == 2)
        #expect(!log.isEmpty && !log.contains { $0.contains("geheim") })
    }

    @Test("keeps connections, also past answers that nobody read")
    func reuse() async throws {
        for _ in 0..<5 {
            _ = try await client.text(HTTPRequest(method: .get, url: try server.url("/echo")))
            _ = try await client.send(HTTPRequest(method: .get, url: try server.url("/status?code=404"))) { $0.status }
        }
        // One for these, one for the question.
        #expect(try await server.count("connections") <= 3)
    }

    @Test("survives a kept connection that the server has closed, also with a streamed body")
    func deadConnection() async throws {
        for _ in 0..<3 {
            #expect(try await client.text(HTTPRequest(method: .get, url: try server.url("/one-shot"))) == "bye")
            let body = HTTPRequestBody.stream(length: 3) { ByteStream([1, 2, 3]) }
            let text = try await client.text(HTTPRequest(method: .post, url: try server.url("/echo"), body: body))
            #expect(text.contains("length=3\n"))
            _ = try await client.text(HTTPRequest(method: .get, url: try server.url("/one-shot")))
            let bytes = try await client.text(
                HTTPRequest(method: .post, url: try server.url("/echo"), body: .bytes([1])))
            #expect(bytes.contains("length=1\n"))
        }
    }

    @Test(
        "refuses what would break the protocol",
        arguments: [
            HTTPRequest(method: HTTPMethod("GET / HTTP/1.1\r\nX: y"), url: try HTTPURL("http://localhost:1/")),
            HTTPRequest(method: .get, url: try HTTPURL("http://localhost:1/"), headers: ["X: a\r\nY": "b"]),
            HTTPRequest(method: .head, url: try HTTPURL("http://localhost:1/"), body: .bytes([1])),
        ])
    func refusals(_ request: HTTPRequest) async throws {
        await #expect { try await client.text(request) } throws: { ($0 as? Fault)?.code == .invalid }
    }

    @Test("asks nobody when offline")
    func offline() async throws {
        let client = HTTPClient(.quick { $0.isOffline = true })
        await #expect {
            try await client.text(HTTPRequest(method: .get, url: try server.url("/echo?secret=1")))
        } throws: { ($0 as? Fault)?.code == .unavailable && ($0 as? Fault)?.message.contains("secret") == false }
        #expect(try await server.count("requests:/echo") == 0)
    }
}

/// The letter a, many times; each wait brings one more piece of it.
private final class SourceInPieces: HTTPBodySource {
    private let piece: Int
    private let failure: Fault?
    private let state: Guarded<(there: Int, left: Int)>

    init(of piece: Int, total: Int, failure: Fault? = nil) {
        (self.piece, self.failure, state) = (piece, failure, Guarded((there: 0, left: total)))
    }

    func waitForBytes() throws -> Bool {
        try state.withLock { state in
            if state.left == 0, let failure { throw failure }
            let count = min(piece, state.left)
            (state.there, state.left) = (state.there + count, state.left - count)
            return state.there > 0
        }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = state.withLock { state in
            defer { state.there -= min(buffer.count, state.there) }
            return min(buffer.count, state.there)
        }
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]).copyBytes(
            from: repeatElement(UInt8(ascii: "a"), count: count))
        return count
    }
}
