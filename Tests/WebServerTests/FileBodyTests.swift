// SPDX-License-Identifier: Apache-2.0

import Basics
import Glibc
import TestServers
import Testing
import Web
import WebClient
import WebServer

@Suite("Files as bodies") struct FileBodyTests {
    static let close = "Connection: close\r\n"

    /// A file of so many bytes that differ, and what it holds.
    static func file(_ count: Int) throws -> (folder: TemporaryFolder, file: ServerFile, bytes: [UInt8]) {
        let folder = try TemporaryFolder(prefix: "file")
        // A prime length, so that no two blocks of a buffer's size are alike.
        let block = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 8) }
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += block.prefix(count - bytes.count) }
        try FileSystem.write(bytes, to: "\(folder.path)/blob")
        return (folder, try ServerFile(reading: "\(folder.path)/blob"), bytes)
    }

    /// How many descriptors of files in a folder this process has.
    static func open(in folder: TemporaryFolder) -> Int {
        let names = (try? FileSystem.names(in: "/proc/self/fd")) ?? []
        return names.count { (try? FileSystem.linkTarget("/proc/self/fd/\($0)"))?.hasPrefix(folder.path) == true }
    }

    @Test(
        "arrive as they are, in whole and in part, at once and later",
        arguments: [(0, 3_000_001), (0, 0), (1, 1), (262_145, 1_000_000), (3_000_000, 1), (3_000_001, 0)],
        [true, false])
    func parts(part: (offset: Int, length: Int), isImmediate: Bool) async throws {
        let (folder, file, bytes) = try Self.file(3_000_001)
        defer { withExtendedLifetime(folder) {} }
        let answer = ServerResponse(
            status: 200, body: .file(file, offset: Int64(part.offset), length: Int64(part.length)))
        try await TestServer.with(isImmediate: isImmediate) { _ in
            answer
        } _: { server in
            for _ in 0..<3 {
                let got = try await server.send(.get, "/")
                #expect(got.status == 200 && got.body == Array(bytes[part.offset..<(part.offset + part.length)]))
            }
            let head = try await server.send(.head, "/")
            #expect(head.headers["Content-Length"] == "\(part.length)" && head.body.isEmpty)
            #expect(server.server.statistics.peakBufferedBytes == 0)
        }
    }

    @Test("are shared by many clients at once, and no descriptor is left open") func shared() async throws {
        let (folder, file, bytes) = try Self.file(1_000_000)
        let before = Self.open(in: folder)
        try await TestServer.with { request in
            guard let offset = Int64(request.path.dropFirst()) else { throw Refusal(404, "no") }
            return ServerResponse(status: 200, body: .file(file, offset: offset, length: 1_000_000 - offset))
        } _: { server in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for offset in stride(from: 0, to: 320_000, by: 10_000) {
                    group.addTask { try await server.send(.get, "/\(offset)").body == Array(bytes[offset...]) }
                }
                for try await isSame in group { #expect(isSame) }
            }
            try await eventually { server.server.statistics.requests == 0 }
            try await eventually { Self.open(in: folder) == before }
        }
    }

    @Test("that are not there in full are answered with 500", arguments: [(0, 11), (11, 0), (-1, 1), (0, -1), (10, 1)])
    func outside(part: (offset: Int64, length: Int64)) async throws {
        let (folder, file, _) = try Self.file(10)
        defer { withExtendedLifetime(folder) {} }
        try await TestServer.with { _ in
            ServerResponse(status: 200, body: .file(file, offset: part.offset, length: part.length))
        } _: { server in
            let answer = try await server.send(.get, "/")
            #expect(answer.status == 500)
        }
    }

    @Test("that become shorter break the answer off") func truncated() async throws {
        let (folder, file, _) = try Self.file(64 << 20)
        let path = "\(folder.path)/blob"
        let body = ServerResponse.Body.file(file, offset: 0, length: 64 << 20)
        try await TestServer.with { _ in
            ServerResponse(status: 200, body: body)
        } _: { server in
            let connection = try await RawConnection(port: server.port)
            try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try await connection.receive(until: "\r\n\r\n").contains("Content-Length: 67108864"))
            let code = unsafe truncate(path, 1)
            #expect(code == 0)
            let rest = try await connection.receive()
            #expect(rest.utf8.count < 64 << 20)
            try await eventually { server.events.withLock { $0 } == ["GET / was abandoned"] }
        }
    }

    @Test("go over TLS too", .enabled(if: ServerProgram.find("openssl") != nil, "openssl is not installed"))
    func encrypted() async throws {
        let (folder, file, bytes) = try Self.file(1_000_000)
        let (certificates, pem) = try await ServerTLSTests.certificates()
        defer { withExtendedLifetime((folder, certificates)) {} }
        let tls = ServerTLS(certificate: try pem("server"), key: try pem("server-key"))
        try await TestServer.with {
            $0.tls = tls
        } handler: { _ in
            ServerResponse(status: 200, body: .file(file, offset: 1, length: 999_999))
        } _: { server in
            var trust = TLSSettings()
            trust.certificateAuthority = try pem("ca")
            var settings = HTTPClientSettings()
            settings.tls = { [trust] _ in trust }
            let url = try HTTPURL("https://localhost:\(server.port)/")
            let got = try await HTTPClient(settings).send(HTTPRequest(method: .get, url: url)) {
                try await $0.body.collect(limit: 1 << 24)
            }
            #expect(got == Array(bytes[1...]))
        }
    }

    @Test(
        "and bodies that are only counted: lengths after HEAD and with statuses that have no body",
        arguments: [
            ("HEAD", 200, "none", "Content-Length: 77"), ("HEAD", 200, "stream", "Content-Length: 77"),
            ("HEAD", 200, "bytes", "Content-Length: 2"), ("HEAD", 200, "unknown", nil),
            ("HEAD", 404, "none", "Content-Length: 77"), ("GET", 200, "none", "500"),
            ("GET", 304, "none", "Content-Length: 77"), ("GET", 304, "stream", "Content-Length: 77"),
            ("GET", 304, "empty", nil), ("GET", 304, "unknown", nil), ("HEAD", 304, "empty", nil),
            ("GET", 204, "none", nil), ("GET", 204, "bytes", nil), ("HEAD", 204, "none", nil),
            ("GET", 204, "unknown", nil),
        ] as [(String, Int, String, String?)])
    func counted(method: String, status: Int, body: String, expected: String?) async throws {
        let made = Guarded(0)
        let body: ServerResponse.Body =
            switch body {
            case "none": .none(length: 77)
            case "stream": .stream(length: 77, .filled(77, made: made))
            case "unknown": .stream(length: nil, .filled(77, made: made))
            case "bytes": .bytes([1, 2])
            default: .bytes([])
            }
        let answer = ServerResponse(status: status, headers: ["X-Mark": "x"], body: body)
        for isImmediate in [true, false] {
            try await TestServer.with(isImmediate: isImmediate) { _ in
                answer
            } _: { server in
                let got = try await RawConnection.exchange(
                    port: server.port, "\(method) / HTTP/1.1\r\nHost: a\r\n\(Self.close)\r\n")
                if expected == "500" {
                    #expect(got.hasPrefix("HTTP/1.1 500 "))
                } else {
                    #expect(got.hasPrefix("HTTP/1.1 \(status) ") && got.hasSuffix("\r\n\r\n") && got.contains("X-Mark"))
                    #expect(expected.map { got.contains("\($0)\r\n") } ?? !got.contains("Content-Length"), "\(got)")
                    #expect(method == "HEAD" || !got.contains("Transfer-Encoding"), "\(got)")
                    #expect(made.withLock { $0 } == 0)
                }
            }
        }
    }

    @Test("204, 304 of known length and HEAD keep their connection") func kept() async throws {
        try await TestServer.with { request in
            switch request.path {
            case "/204": ServerResponse(status: 204)
            case "/304": ServerResponse(status: 304, body: .none(length: 5))
            default: ServerResponse("text/plain", "hello")
            }
        } _: { server in
            let answer = try await RawConnection.exchange(
                port: server.port,
                "GET /204 HTTP/1.1\r\nHost: a\r\n\r\nGET /304 HTTP/1.1\r\nHost: a\r\n\r\n"
                    + "HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\(Self.close)\r\n")
            #expect(answer.hasSuffix("hello") && server.handled.withLock { $0 } == 4)
        }
    }
}
