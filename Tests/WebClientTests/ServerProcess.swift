// SPDX-License-Identifier: Apache-2.0

import Basics
import Glibc
import Web
import WebClient

/// A server program that runs as long as this object lives: it prints its port and ends with its standard input.
@safe final class ServerProcess: @unchecked Sendable {
    // Proof of Sendable: nothing changes after the initialiser.
    let port: Int
    private let pid: pid_t
    private let input: Int32

    static let python: String? = ["/usr/bin/python3", "/usr/local/bin/python3"].first(where: FileSystem.exists)
    static let openssl: String? = ["/usr/bin/openssl", "/usr/local/bin/openssl"].first(where: FileSystem.exists)
    static let pythonIsThere = python != nil
    static let tlsIsThere = python != nil && openssl != nil

    /// Starts the hostile server, with TLS when there are arguments.
    init(_ arguments: [String] = []) throws {
        let script = FileSystem.join(FileSystem.folder(of: #filePath), "Fixtures/hostile_server.py")
        let words = [Self.python ?? "python3", script] + arguments
        var (toChild, fromChild): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        guard unsafe pipe(&toChild) == 0, unsafe pipe(&fromChild) == 0 else { throw Fault.system(errno, "make a pipe") }
        // Another server must not hold our pipe; should it, ours is killed in the end all the same.
        for end in toChild + fromChild { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        var argv: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) } + [nil]
        defer { unsafe argv.forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let code = unsafe posix_spawn(&pid, words[0], &actions, nil, &argv, environ)
        close(toChild[0])
        close(fromChild[1])
        guard code == 0 else { throw Fault.system(code, "start \(words[0])") }
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe read(fromChild[0], &byte, 1) == 1, byte != 0x0A { line.append(byte) }
        close(fromChild[0])
        (self.pid, input) = (pid, toChild[1])
        port = Int(String(decoding: line, as: UTF8.self)) ?? 0
        guard port > 0 else { throw Fault(.internal, "the test server did not start") }
    }

    deinit {
        close(input)
        kill(pid, SIGKILL)
        var status: Int32 = 0
        unsafe waitpid(pid, &status, 0)
    }

    func url(_ target: String, scheme: String = "http", host: String = "localhost") throws -> HTTPURL {
        try HTTPURL("\(scheme)://\(host):\(port)\(target)")
    }

    /// What the server has counted under a name.
    func count(_ name: String) async throws -> Int {
        let url = try url("/counts").appendingQuery([("of", name)])
        return Int(try await HTTPClient().text(HTTPRequest(method: .get, url: url))) ?? -1
    }

    /// Waits until a count is reached; false when it is not within a minute.
    func reaches(_ name: String, _ goal: Int = 1) async throws -> Bool {
        for _ in 0..<1200 {
            if try await count(name) >= goal { return true }
            try await Task.sleep(for: .milliseconds(50))
        }
        return false
    }
}

extension HTTPClient {
    /// The whole body as text.
    nonisolated func text(_ request: HTTPRequest, followingRedirects: Bool = true) async throws -> String {
        try await send(request, followingRedirects: followingRedirects) { response in
            String(decoding: try await response.body.collect(limit: 1 << 20), as: UTF8.self)
        }
    }
}

extension HTTPClientSettings {
    /// Settings for tests: retries do not wait, timeouts are short.
    static func quick(_ change: (inout HTTPClientSettings) -> Void = { _ in }) -> HTTPClientSettings {
        var settings = HTTPClientSettings()
        settings.retry.sleep = { _ in }
        settings.connectTimeout = .seconds(5)
        change(&settings)
        return settings
    }
}
