// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import Testing

@Suite("Progress") struct ProgressTests {
    static func record(_ mode: ProgressMode, isTTY: Bool, width: Int = 40, fails: Bool = false) async throws -> Recorder
    {
        let recorder = Recorder(width: width, isTTY: isTTY)
        do {
            try await ProgressDisplay.run(
                mode: mode, terminal: recorder.terminal, environment: Environment([:])
            ) { observe in
                observe(.planned(items: 2, bytes: 2048, text: "two"))
                observe(.started(id: "1", name: "a rather long name of an item", bytes: 1024))
                for _ in 0..<4 { observe(.moved(id: "1", bytes: 256)) }
                try await Task.sleep(for: .milliseconds(350))
                // A busy machine draws later; the test waits for the line, not for a time.
                for _ in 0..<200 where isTTY && mode == .auto && !recorder.error.contains("50%") {
                    try await Task.sleep(for: .milliseconds(50))
                }
                observe(.finished(id: "1"))
                observe(.skipped(id: "2", name: "b", reason: "there already"))
                observe(.warning("look \u{1B}[2J"))
                if fails { throw Fault(.unavailable, "gone") }
            }
        } catch let fault as Fault where fails && fault.code == .unavailable {}
        return recorder
    }

    @Test("a pipe gets no escape codes", arguments: [ProgressMode.auto, .plain, .json, .none])
    func piped(_ mode: ProgressMode) async throws {
        let recorder = try await Self.record(mode, isTTY: false)
        #expect(!recorder.error.contains("\u{1B}"))
        #expect(!recorder.error.contains("\r"))
        #expect(recorder.output == "")
    }

    @Test("a terminal gets lines that fit and are erased at the end", arguments: [false, true])
    func terminal(_ fails: Bool) async throws {
        let text = try await Self.record(.auto, isTTY: true, fails: fails).error
        let drawn = text.split(separator: "\u{1B}[J").flatMap { $0.split(separator: "\n") }
            .map { $0.replacing("\r\u{1B}[K", with: "").replacing("\r\u{1B}[1A", with: "") }
        #expect(drawn.contains { $0.hasPrefix("1.00 KiB / 2.00 KiB  50%") })
        #expect(drawn.contains { $0 == "  100%  a rather long name of an item" })
        #expect(drawn.allSatisfy { $0.count <= 39 })
        #expect(text.hasSuffix("warning: look \u{FFFD}[2J\n"))
    }

    @Test("events as JSON, one a line") func json() async throws {
        let lines = try await Self.record(.json, isTTY: true).error.split(separator: "\n")
        #expect(
            lines == [
                #"{"event":"planned","items":2,"bytes":2048,"text":"two"}"#,
                #"{"event":"started","id":"1","name":"a rather long name of an item","bytes":1024}"#,
                #"{"event":"moved","id":"1","bytes":1024}"#, #"{"event":"finished","id":"1"}"#,
                #"{"event":"skipped","id":"2","name":"b","reason":"there already"}"#,
                #"{"event":"warning","message":"look \u001b[2J"}"#,
            ])
    }

    @Test("none shows warnings only") func none() async throws {
        #expect(try await Self.record(.none, isTTY: true).error == "warning: look \u{FFFD}[2J\n")
    }

    @Test("plain writes at most a line a second") func plain() async throws {
        let recorder = Recorder()
        let start = ContinuousClock.now
        try await ProgressDisplay.run(
            mode: .plain, terminal: recorder.terminal, environment: Environment([:])
        ) { observe in
            observe(.planned(items: 1, bytes: 1 << 20, text: ""))
            observe(.started(id: "1", name: "item", bytes: 1 << 20))
            for _ in 0..<24 {
                observe(.moved(id: "1", bytes: 1024))
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        let lines = recorder.error.split(separator: "\n")
        // On a busy machine the loop above takes longer.
        let seconds = Int((ContinuousClock.now - start) / .seconds(1))
        #expect((1...seconds + 1).contains(lines.count))
        #expect(lines.allSatisfy { $0.contains(" / 1.00 MiB") && $0.hasSuffix("  item") })
    }
}
