// SPDX-License-Identifier: Apache-2.0

import Basics
import Glibc
import KubernetesClient
import TestServers

/// The built `sovereign` program.
enum Sovereign {
    /// Where the build put it: beside the test bundle.
    static var path: String {
        let bundle = (try? FileSystem.realPath("/proc/self/exe")) ?? ""
        let argument = CommandLine.arguments.first { $0.hasSuffix(".xctest") || $0.hasSuffix("Tests") } ?? bundle
        for folder in [FileSystem.folder(of: bundle), FileSystem.folder(of: argument)] {
            let candidate = FileSystem.join(folder, "sovereign")
            if FileSystem.exists(candidate) { return candidate }
        }
        return "sovereign"
    }

    /// Runs it to its end; its output and errors as text.
    static func run(_ arguments: String...) async throws -> (status: Int32, said: String) {
        let result = try await ChildProcess.run([path] + arguments)
        return (Int32(result.status), String(decoding: result.stdout + result.stderr, as: UTF8.self))
    }
}

/// The program in a process of its own that can be killed.
final class KillableProgram: Sendable {
    private let program: ServerProgram
    private let pidPath: String

    /// Starts `sovereign` with these arguments.
    init(_ arguments: [String], folder: String, name: String) throws {
        pidPath = "\(folder)/\(name).pid"
        // The shell becomes the program, so its number is the program's.
        let shell = [
            "/bin/sh", "-c", "echo $$ >\"$0.new\"; mv \"$0.new\" \"$0\"; exec \"$@\"", pidPath, Sovereign.path,
        ]
        program = try ServerProgram(shell + arguments, log: "\(folder)/\(name).log")
    }

    private var pid: pid_t? {
        guard let bytes = try? FileSystem.read(pidPath, limit: 64) else { return nil }
        return pid_t(String(decoding: bytes, as: UTF8.self).filter(\.isNumber))
    }

    /// Sends a signal; false when nothing runs any more.
    @discardableResult func signal(_ signal: Int32) -> Bool {
        guard let pid else { return false }
        return kill(pid, signal) == 0
    }

    /// Whether the process has ended; the shell that started it may not have asked for its end yet.
    var isOver: Bool {
        guard let pid, let stat = try? FileSystem.read("/proc/\(pid)/stat", limit: 4096) else { return true }
        let text = String(decoding: stat, as: UTF8.self)
        return text.split(separator: ")").last?.split(separator: " ").first == "Z"
    }

    /// Waits until somebody listens on a port.
    func waitUntilListening(on port: Int) async throws { try await program.waitUntilListening(on: port) }

    /// What it wrote.
    var log: String { String(decoding: (try? FileSystem.read(program.logPath, limit: 1 << 22)) ?? [], as: UTF8.self) }
}

/// `sovereign apiserver` on a folder and a port that stay the same.
struct APIServerProgram {
    let folder: String
    let port: Int
    private let options: [String]
    private var program: KillableProgram?

    init(folder: String, options: [String] = []) throws {
        (self.folder, port, self.options) = (folder, try ServerProgram.freePort(), options)
    }

    var data: String { "\(folder)/api" }
    var kubeconfig: String { "\(data)/admin.kubeconfig" }
    var log: String { program?.log ?? "" }

    /// A client that may do everything and sends nothing twice.
    func client() throws -> KubernetesClient {
        var settings = KubernetesClientSettings()
        settings.attempts = 1
        return try KubernetesClient(ClusterConfiguration(try Kubeconfig(path: kubeconfig)), settings)
    }

    /// Starts it; returns how long it took until it listened.
    @discardableResult mutating func start() async throws -> Duration {
        let start = ContinuousClock.now
        let started = try KillableProgram(
            ["apiserver", "--data", data, "--listen", "127.0.0.1:\(port)"] + options, folder: folder,
            name: "apiserver")
        try await started.waitUntilListening(on: port)
        program = started
        return .now - start
    }

    /// Kills it in the middle of what it does.
    mutating func kill() async throws {
        program?.signal(SIGKILL)
        try await gone()
    }

    /// Ends it as an operator does.
    mutating func stop() async throws {
        program?.signal(SIGTERM)
        try await gone()
    }

    /// A server that ends refuses connections long before it is over; a second signal would kill it.
    private mutating func gone() async throws {
        for _ in 0..<3000 where program?.isOver == false { try await Task.sleep(for: .milliseconds(10)) }
        guard program?.isOver != false else { throw Fault(.unavailable, "the server did not end: \(log.suffix(2000))") }
        program = nil
    }
}
