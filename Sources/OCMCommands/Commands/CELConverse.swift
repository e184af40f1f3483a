// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CELLibraries
internal import CELWorkbench
internal import CommandLineKit

/// `ocm cel repl`, and `ocm cel` on a terminal.
struct CELConverse: Command {
    static let configuration = CommandConfiguration(
        "repl", abstract: "Evaluate expressions as they are typed",
        discussion: """
            On a terminal lines can be edited, the arrow keys bring back former ones, and Tab completes variables, \
            fields, functions and commands. From a pipe the lines are answered one after the other; when one of them \
            fails the rest is still answered, and the exit code is 1. What leaves a bracket open goes on in the next line. \
            :help lists the commands.
            """,
        examples: [
            "ocm cel repl --profile kro --var schema=@instance.yaml",
            "echo ':refs a.b + c' | ocm cel repl",
        ])

    @OptionGroup var inputs: SessionOptions

    mutating func validate() throws {
        try inputs.validate()
        if inputs.input == "-" {
            throw UsageError("--input - and the lines cannot both be standard input", fix: "write --input FILE")
        }
    }

    func run(in context: OCMContext) async throws {
        let session = try inputs.session()
        var conversation = Conversation(session)
        var reader = LineReader(terminal: context.terminal, environment: context.environment)
        if reader.isInteractive {
            context.terminal.note("CEL as \(session.profile.summary); :help explains, Ctrl-D ends")
        }
        var failed = 0
        loop: while true {
            let suggest = { [conversation] text in
                let suggestions = conversation.suggestions(for: text)
                return LineCompletion(start: suggestions.start, words: suggestions.words)
            }
            guard var line = try reader.line(prompt: "cel> ", completing: suggest) else { break }
            // An empty line ends what would otherwise go on for ever.
            while Conversation.isOpen(line), let more = try reader.line(prompt: "   > ", completing: suggest),
                !more.isEmpty
            { line += "\n" + more }
            do {
                switch try conversation.answer(line) {
                case .text(let text): if !text.isEmpty { context.terminal.show(text) }
                case .end: break loop
                }
            } catch {
                guard error.code != .cancelled else { throw error }
                failed += 1
                context.terminal.report(error)
            }
        }
        if failed > 0, !reader.isInteractive {
            throw Fault(.invalid, "\(failed) of the lines failed", fix: "see the errors above")
        }
    }
}
