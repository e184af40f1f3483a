// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("Child process") struct ChildProcessTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String, arguments: [String], input: String, status: Int32, stdout: String, stderr: String
        var testDescription: String { name }
    }
    static let cases: [Case] = [
        Case(name: "input comes back", arguments: ["cat"], input: "abc", status: 0, stdout: "abc", stderr: ""),
        Case(
            name: "a failing status is a result", arguments: ["sh", "-c", "echo out; echo err >&2; exit 7"], input: "",
            status: 7, stdout: "out\n", stderr: "err\n"),
        Case(
            name: "a signal counts from 128", arguments: ["sh", "-c", "kill -TERM $$"], input: "", status: 143,
            stdout: "", stderr: ""),
        Case(
            name: "unread input is no failure", arguments: ["true"], input: String(repeating: "x", count: 1 << 20),
            status: 0, stdout: "", stderr: ""),
        Case(
            name: "variables arrive", arguments: ["sh", "-c", "printf %s \"$GREETING\""], input: "", status: 0,
            stdout: "hello", stderr: ""),
        Case(name: "the folder is set", arguments: ["pwd"], input: "", status: 0, stdout: "/\n", stderr: ""),
        Case(
            name: "closed outputs do not end it", arguments: ["sh", "-c", "exec >&- 2>&-; sleep 0.05; exit 3"],
            input: "", status: 3, stdout: "", stderr: ""),
    ]

    @Test("runs to the end", arguments: cases)
    func runs(_ test: Case) async throws {
        let result = try await ChildProcess.run(
            test.arguments, input: Array(test.input.utf8),
            environment: Environment(["GREETING": "hello", "PATH": "/usr/bin:/bin"]), workingFolder: "/")
        #expect(result.status == test.status)
        #expect(String(decoding: result.stdout, as: UTF8.self) == test.stdout)
        #expect(String(decoding: result.stderr, as: UTF8.self) == test.stderr)
    }

    @Test("moves several MiB both ways at once")
    func large() async throws {
        let bytes = [UInt8](repeating: 0x5A, count: 4 << 20)
        #expect(try await ChildProcess.run(["cat"], input: bytes).stdout == bytes)
    }

    @Test("kills at the deadline, with what it started")
    func deadline() async throws {
        // What it started would write a file later.
        let folder = try TemporaryFolder()
        let script = "(sleep 3; echo late > \(folder.path)/late) & sleep 1000"
        await #expect {
            try await ChildProcess.run(["sh", "-c", script], deadline: .milliseconds(100))
        } throws: { ($0 as? Fault)?.code == .unavailable }
        try await Task.sleep(for: .seconds(4))
        #expect(!FileSystem.exists("\(folder.path)/late"))
    }

    @Test("kills when the task is cancelled")
    func cancellation() async throws {
        let task = Task { try await ChildProcess.run(["sleep", "30"]) }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        await #expect { try await task.value } throws: { ($0 as? Fault)?.code == .cancelled }
    }

    @Test("has no descriptors of ours, not even those that a library left open")
    func descriptors() async throws {
        let folder = try TemporaryFolder()
        try FileSystem.write([1], to: "\(folder.path)/secret")
        // Without O_CLOEXEC.
        let handle = try FileHandle("\(folder.path)/secret", 0, "read")
        let result = try await ChildProcess.run(["ls", "/proc/self/fd"])
        #expect(String(decoding: result.stdout, as: UTF8.self) == "0\n1\n2\n3\n")
        _ = try handle.size()
    }

    @Test("refuses what it cannot run or hold")
    func refusals() async throws {
        await #expect {
            try await ChildProcess.run(["no-such-program-here"])
        } throws: { ($0 as? Fault)?.code == .notFound }
        await #expect {
            try await ChildProcess.run(["true"], workingFolder: "/no/such/folder")
        } throws: { ($0 as? Fault)?.code == .notFound }
        await #expect {
            try await ChildProcess.run(["yes"], outputLimit: 1000)
        } throws: { ($0 as? Fault)?.code == .limitExceeded }
        await #expect { try await ChildProcess.run([]) } throws: { ($0 as? Fault)?.code == .invalid }
    }
}
