// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Glibc
import TestServers
import Web
import WebClient

/// The built `sovereign-notes`, running as its users run it.
final class NotesProgram: Sendable {
    let port: Int
    private let folder: TemporaryFolder
    private let program: ServerProgram

    /// Where the build put it: beside the test bundle.
    static var path: String {
        let bundle = (try? FileSystem.realPath("/proc/self/exe")) ?? ""
        let argument = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? bundle
        return [bundle, argument].map { FileSystem.join(FileSystem.folder(of: $0), "sovereign-notes") }
            .first(where: FileSystem.exists) ?? "sovereign-notes"
    }

    /// Starts it and waits until it listens.
    init(database url: String) async throws {
        (port, folder) = (try ServerProgram.freePort(), try TemporaryFolder(prefix: "notes"))
        // The shell between keeps the program's status, and hands its own end on.
        let shell = """
            "$0" & p=$!; echo $p >"$1/pid"; trap 'kill $p' TERM; wait $p; code=$?
            while kill -0 $p 2>/dev/null; do wait $p; code=$?; done; echo $code >"$1/status"
            """
        program = try ServerProgram(
            ["/bin/sh", "-c", shell, Self.path, folder.path], log: "\(folder.path)/log",
            variables: ["DATABASE_URL": url, "PORT": "\(port)", "ADDRESS": "127.0.0.1"])
        try await program.waitUntilListening(on: port)
    }

    var log: String { (try? Self.read("\(folder.path)/log")) ?? "" }

    private static func read(_ path: String) throws -> String {
        String(decoding: try FileSystem.read(path, limit: 1 << 24), as: UTF8.self)
    }

    func terminate() throws { kill(pid_t(try Self.read("\(folder.path)/pid").dropLast()) ?? 0, SIGTERM) }

    /// Its exit status, once it has ended.
    func status() async throws -> String {
        for _ in 0..<12_000 {
            if let text = try? Self.read("\(folder.path)/status"), text.hasSuffix("\n") {
                return String(text.dropLast())
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Fault(.unavailable, "the program did not end: \(log)")
    }

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let text: String
        var json: JSON? { try? JSON(parsing: Array(text.utf8), source: "the answer") }
    }

    func send(_ method: HTTPMethod = .get, _ target: String, _ body: [UInt8]? = nil) async throws -> Answer {
        var settings = HTTPClientSettings()
        settings.retry.attempts = 1
        let url = try HTTPURL("http://127.0.0.1:\(port)\(target)")
        let request = HTTPRequest(method: method, url: url, body: body.map { .bytes($0) } ?? .none)
        return try await HTTPClient(settings).send(request) { response in
            Answer(
                status: response.status, headers: response.headers,
                text: String(decoding: try await response.body.collect(limit: 1 << 24), as: UTF8.self))
        }
    }

    /// Stores a note.
    func post(_ content: String) async throws -> Answer {
        try await send(.post, "/notes", Array((["content": .string(content)] as JSON).text().utf8))
    }

    /// Waits for a status; fails after a time that only a broken program needs.
    func wait(for status: Int, at target: String) async throws {
        try await eventually("\(target) answers \(status); its log: \(log)") {
            try await send(.get, target).status == status
        }
    }
}

/// One PostgreSQL for all tests that do not stop it; each has a database of its own.
enum SharedDatabase {
    private static let server = Task { try await PostgreSQLServer() }
    private static let count = Guarded(0)

    /// A program on an empty database, ready to serve.
    static func program() async throws -> (NotesProgram, PostgreSQLServer, database: String) {
        let server = try await server.value
        let database = count.withLock { count in
            count += 1
            return "notes\(count)"
        }
        try await server.run("CREATE DATABASE \(database)")
        let program = try await NotesProgram(database: server.url(database))
        try await program.wait(for: 200, at: "/readyz")
        return (program, server, database)
    }
}
