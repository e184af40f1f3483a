// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import Testing

@Suite("Error report") struct ErrorReportTests {
    static let reports: [(line: String, report: String)] = [
        ("add thing mismatch", "Error: the blob is damaged\n  fix:   fetch it again\n"),
        (
            "add thing chain",
            "Error: cannot reach the registry\n  cause: connection refused\n  cause: errno 111\n  fix:   check the name\n"
        ),
        (
            "add thing chain --debug",
            "Error: cannot reach the registry [unavailable]\n  cause: connection refused [system]\n"
                + "  cause: errno 111 [internal]\n  fix:   check the name\n"
        ),
        (
            "add thing chain -o json",
            #"{"error":{"code":"unavailable","message":"cannot reach the registry: connection refused: errno 111","#
                + #""fix":"check the name"}}"# + "\n"
        ),
        (
            "add thing unverified -ojson",
            #"{"error":{"code":"verification_failed","message":"the signature is wrong"}}"# + "\n"
        ),
        (
            "add thing --output=json",
            #"{"error":{"code":"usage","message":"PLACE is missing","fix":"the place"}}"# + "\n"
        ),
        ("add thing unverified -o json -o text", "Error: the signature is wrong\n"),
    ]
    @Test("text and data", arguments: reports) func report(_ line: String, _ report: String) async {
        let outcome = await Sample.run(line: line)
        #expect(outcome.error == report)
        #expect(outcome.output == "")
    }

    static let codes: [(name: String, code: Int32)] = [
        ("mismatch", 3), ("unverified", 3), ("unauthorized", 4), ("forbidden", 4), ("partial", 5), ("cancelled", 130),
        ("chain", 1),
    ]
    @Test("exit codes", arguments: codes) func exitCodes(_ name: String, _ code: Int32) async {
        #expect(await Sample.run(line: "add thing \(name)").code.rawValue == code)
    }

    @Test("an answer that could not be written is a failure, a reader that had enough is none") func output() async {
        let full = await Sample.run(["add", "thing", "x"], recorder: Recorder(failure: 28))
        #expect(full.code == .failed)
        #expect(full.error.contains("write to standard output"))
        let closed = await Sample.run(["add", "thing", "x"], recorder: Recorder(failure: 32))
        #expect(closed.code == .done)
        #expect(closed.error == "")
    }

    @Test("colour only when it is asked for") func colour() async {
        #expect(
            await Sample.run(line: "add thing chain --color always").error.hasPrefix("\u{1B}[1;31mError:\u{1B}[0m "))
        #expect(await !Sample.run(line: "add thing chain").error.contains("\u{1B}"))
    }
}
