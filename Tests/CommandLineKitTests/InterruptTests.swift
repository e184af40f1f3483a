// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import Glibc
import Testing

/// Sends its process a signal and waits for the effect.
struct WaitForSignal: Command {
    static let configuration = CommandConfiguration("wait", abstract: "Wait for a signal")
    @Flag(help: "use SIGINT, not SIGTERM") var interrupt = false
    @Flag(help: "end well in spite of it") var defiant = false
    @Flag(help: "do not end; send it again") var stubborn = false

    func run(in context: SampleContext) async throws {
        kill(getpid(), interrupt ? SIGINT : SIGTERM)
        do {
            try await Task.sleep(for: .seconds(30))
        } catch {
            context.terminal.output("cleaned up")
            if stubborn {
                kill(getpid(), SIGINT)
                sleep(30)
            }
            guard defiant else { throw error }
        }
    }
}

/// Signals concern a whole process, so each test has one of its own.
@Suite("Interrupts") struct InterruptTests {
    @Test("SIGTERM cancels the command, which cleans up") func terminate() async {
        await #expect(processExitsWith: .exitCode(130)) {
            let outcome = await Sample.run(line: "wait")
            precondition(outcome.output == "cleaned up" && outcome.error == "Error: interrupted\n")
            exit(outcome.code.rawValue)
        }
    }

    @Test("so does SIGINT") func interrupt() async {
        await #expect(processExitsWith: .exitCode(130)) {
            exit(await Sample.run(line: "wait --interrupt").code.rawValue)
        }
    }

    @Test("a command that finishes all the same is done") func defiance() async {
        await #expect(processExitsWith: .exitCode(0)) {
            exit(await Sample.run(line: "wait --interrupt --defiant").code.rawValue)
        }
    }

    @Test("a second SIGINT ends the process at once") func twice() async {
        await #expect(processExitsWith: .signal(SIGINT)) {
            exit(await Sample.run(line: "wait --interrupt --stubborn").code.rawValue)
        }
    }
}
