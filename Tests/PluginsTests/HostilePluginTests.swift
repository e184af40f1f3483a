// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Repositories
import Testing

@testable import Plugins

/// What a plug-in does wrong is the failure of its operation, says what it was, and leaves nothing behind.
@Suite("Hostile plug-ins") struct HostilePluginTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String, script: String, code: Fault.Code, says: String
        var content = #"{"input":"data","output":"data"}"#
        var testDescription: String { name }
        /// Whether only its deadline ends it; the others have time enough on any machine.
        var isSlow: Bool { says.contains("did not end") }
    }
    private static let fine = "cat; printf '{\"count\":1}' >&3"

    static let cases: [Case] = [
        Case(
            name: "fails", script: "cat >/dev/null; echo broken >&2; exit 3", code: .invalid, says: "status 3: broken"),
        Case(name: "fails for now", script: "cat >/dev/null; exit 75", code: .unavailable, says: "could not do it now"),
        Case(name: "crashes", script: "cat; kill -SEGV $$", code: .invalid, says: "signal 11 (SIGSEGV)"),
        Case(name: "is killed", script: "cat; kill -KILL $$", code: .invalid, says: "signal 9 (SIGKILL)"),
        Case(name: "gives no answer", script: "cat", code: .invalid, says: "gave no answer"),
        Case(
            name: "answers garbage", script: "cat; echo '\u{1B}[31m{' >&3", code: .invalid,
            says: "answer on descriptor 3"),
        Case(name: "answers twice", script: "\(fine); printf '{}' >&3", code: .invalid, says: "answer on descriptor 3"),
        Case(name: "answers a list", script: "cat; echo '[]' >&3", code: .invalid, says: "is array, not object"),
        Case(name: "answers bytes", script: "cat; printf '\\377\\376' >&3", code: .invalid, says: "descriptor 3"),
        Case(
            name: "answers too much", script: "cat; head -c 1100000 /dev/zero >&3", code: .limitExceeded,
            says: "answer of"),
        Case(
            name: "answers without end", script: "cat; yes >&3", code: .limitExceeded, says: "answer of"),
        Case(
            name: "yields what was not described", script: "cat; echo '{\"count\":1,\"more\":2}' >&3", code: .invalid,
            says: "has 'more', which is not described"),
        Case(name: "yields too little", script: "cat; echo '{}' >&3", code: .invalid, says: "outputs has no 'count'"),
        Case(
            name: "yields another type", script: "cat; echo '{\"count\":\"1\"}' >&3", code: .invalid,
            says: "outputs.count is string, not integer"),
        Case(
            name: "yields what its schema forbids", script: "cat; echo '{\"count\":-1}' >&3", code: .invalid,
            says: "outputs.count is less than"),
        Case(
            name: "claims a digest", script: "cat; echo '{\"count\":1,\"data\":{\"digest\":\"sha256:0\"}}' >&3",
            code: .invalid, says: "says more of its content 'data'"),
        Case(
            name: "claims a media type that is none",
            script: "cat; printf '{\"count\":1,\"data\":{\"mediaType\":\"a/b\\\\nc\"}}' >&3", code: .invalid,
            says: "'mediaType' that is none"),
        Case(name: "writes without end", script: "yes", code: .limitExceeded, says: "output of"),
        Case(name: "sleeps", script: "sleep 1000", code: .limitExceeded, says: "did not end within"),
        Case(
            name: "sleeps and ignores signals", script: "trap '' TERM; while :; do sleep 1; done", code: .limitExceeded,
            says: "did not end within"),
        Case(
            name: "floods its log", script: "yes warning: no >&2", code: .limitExceeded, says: "did not end within"),
        Case(
            name: "closes its input early", script: "exec <&-; sleep 0.1; echo '{\"count\":1}' >&3", code: .invalid,
            says: "did not read its input to the end"),
        Case(
            name: "reads a part of its input", script: "head -c 1 >/dev/null; echo '{\"count\":1}' >&3", code: .invalid,
            says: "did not read its input to the end"),
        Case(
            name: "never reads", script: "echo '{\"count\":1}' >&3", code: .invalid,
            says: "did not read its input to the end"),
        Case(
            name: "closes everything and stays", script: "exec <&- >&- 2>&- 3>&-; sleep 1000", code: .limitExceeded,
            says: "did not end within"),
        Case(
            name: "leaves a process in another session",
            script: "\(fine); setsid sh -c 'sleep 1000' </dev/null & sleep 0.2", code: .invalid,
            says: "left processes that held its outputs"),
        Case(
            name: "writes to an output it does not have", script: "echo hello; echo '{\"count\":1}' >&3",
            code: .invalid,
            says: "has no content as an output", content: "{}"),
        Case(
            name: "leaves no file", script: "echo '{\"count\":1}' >&3", code: .invalid, says: "left no file 'result'",
            content: #"{"outputFiles":["result"]}"#),
        Case(
            name: "leaves a link to another's file",
            script: "ln -s /etc/passwd \"$OCM_PLUGIN_OUTPUTS/result\"; echo '{\"count\":1}' >&3", code: .invalid,
            says: "left no regular file 'result'", content: #"{"outputFiles":["result"]}"#),
        Case(
            name: "leaves a pipe", script: "mkfifo \"$OCM_PLUGIN_OUTPUTS/result\"; echo '{\"count\":1}' >&3",
            code: .invalid, says: "left no regular file 'result'", content: #"{"outputFiles":["result"]}"#),
        Case(
            name: "leaves too large a file",
            script: "exec 2>/dev/null; head -c 5000000 /dev/zero >\"$OCM_PLUGIN_OUTPUTS/result\" || exit 9; "
                + "echo '{\"count\":1}' >&3", code: .invalid, says: "failed with status 9",
            content: #"{"outputFiles":["result"]}"#),
        Case(
            name: "changes itself", script: "\(fine); echo >> \"$0\"; exit 1", code: .invalid,
            says: "failed with status 1"),
    ]

    @Test("a failure of its operation, with a reason, and nothing left", arguments: cases)
    func fails(_ test: Case) async throws {
        let workshop = try PluginWorkshop()
        try workshop.addOperation(test.script, content: test.content, deadlineSeconds: test.isSlow ? 2 : 60)
        let takesInput = test.content.contains("input\"")
        let fault = try #require(
            await #expect(throws: Fault.self) {
                try await workshop.run(data: takesInput ? Array("some text\n".utf8) : nil) {
                    $0.contentLimit = 4 << 20
                }
            })
        #expect(fault.code == test.code, "\(fault)")
        #expect(fault.message.contains(test.says), "\(fault)")
        #expect(fault.message.contains("plug-in test") || fault.message.contains("plugins/test"), "\(fault)")
        #expect(!fault.message.unicodeScalars.contains { $0.value < 0x20 }, "\(fault)")
        #expect(workshop.leftovers.isEmpty)
        #expect(try Self.processes(in: workshop.folder.path).isEmpty)
    }

    @Test("a large input that is not read to its end is a failure too, and does not hang")
    func largeInput() async throws {
        let workshop = try PluginWorkshop()
        try workshop.addOperation("head -c 100; echo '{\"count\":1}' >&3")
        let fault = try #require(
            await #expect(throws: Fault.self) {
                try await workshop.run(data: [UInt8](repeating: 7, count: 3 << 20))
            })
        #expect(fault.message.contains("did not read its input"), "\(fault)")
    }

    @Test("a content that is not that of its digest fails before the answer counts")
    func corruptInput() async throws {
        let workshop = try PluginWorkshop()
        try workshop.addOperation(Self.fine)
        let good = BlobContent(mediaType: "text/plain", bytes: Array("good\n".utf8))
        let bad = BlobContent(mediaType: "text/plain", digest: good.digest, size: 5) {
            ByteStream(Array("evil\n".utf8))
        }
        let fault = try #require(
            await #expect(throws: Fault.self) { try await workshop.run([:], content: .blob(bad)) })
        #expect(fault.code == .mismatch, "\(fault)")
        #expect(workshop.leftovers.isEmpty)
    }

    @Test("what it started is gone with it, also when it ends well")
    func children() async throws {
        let workshop = try PluginWorkshop()
        // One in its group, and one that left it, without holding any pipe.
        try workshop.addOperation(
            """
            sleep 1000 >/dev/null 2>&1 3>&- &
            setsid sleep 1001 </dev/null >/dev/null 2>&1 3>&- &
            sleep 0.1; \(Self.fine)
            """)
        #expect(try await workshop.run()["count"] == 1)
        #expect(try Self.processes(in: workshop.folder.path).isEmpty)
    }

    @Test("cancelled, it ends with all it started")
    func cancellation() async throws {
        let workshop = try PluginWorkshop()
        try workshop.addOperation("(sleep 1000; echo >&3) & echo started >&2; cat >/dev/null; sleep 1000")
        let task = Task { try await workshop.run() }
        while workshop.messages.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        await #expect { try await task.value } throws: { Fault(wrapping: $0).code == .cancelled }
        #expect(try Self.processes(in: workshop.folder.path).isEmpty)
        #expect(workshop.leftovers.isEmpty)
    }

    @Test("a flood of lines is cut, and controls in it are taken out")
    func log() async throws {
        let workshop = try PluginWorkshop()
        try workshop.addOperation(
            """
            printf 'warning: \\033[31mred\\007\\342\\200\\256 text\\n' >&2
            head -c 5000 /dev/zero | tr '\\0' x >&2; echo >&2
            seq 10000 >&2
            \(Self.fine)
            """)
        _ = try await workshop.run()
        let messages = workshop.messages.withLock { $0 }
        #expect(messages.first?.text == "[31mred text" && messages.first?.isWarning == true)
        #expect(messages.dropFirst().first?.text == String(repeating: "x", count: 1024) + "…")
        #expect(messages.count < 600)
        #expect(messages.last?.text.hasSuffix("more lines were not shown") == true)
    }

    /// Processes whose variables name a folder: those that a plug-in of it has started, whatever they are now.
    static func processes(in folder: String) throws -> [String] {
        try FileSystem.names(in: "/proc").filter { name in
            guard Int(name) != nil, let bytes = try? FileSystem.read("/proc/\(name)/environ", limit: 1 << 20)
            else { return false }
            return bytes.split(separator: 0).contains {
                $0.starts(with: "TMPDIR=\(folder)/".utf8)
            }
        }
    }
}
