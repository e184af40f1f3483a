// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A program of several commands: declared once, run with the words of one command line.
public struct CommandLineProgram<Context: Sendable>: Sendable {
    let name: String
    let abstract: String
    let version: String
    let globals: any ParsableOptions.Type
    let nodes: [CommandNode<Context>]
    let topics: [HelpTopic]

    /// Declares a program. Options of `globals` are taken anywhere on the command line.
    public init(
        name: String, abstract: String, version: String, globals: any ParsableOptions.Type,
        nodes: [CommandNode<Context>], topics: [HelpTopic] = []
    ) {
        (self.name, self.abstract, self.version) = (name, abstract, version)
        (self.globals, self.nodes, self.topics) = (globals, nodes, topics)
    }

    /// Runs one command line, reports what went wrong on stderr, and returns how the process should end.
    ///
    /// SIGINT and SIGTERM cancel the command, which cleans up; a second SIGINT ends the process at once. SIGPIPE is
    /// ignored. Only the chosen command is made and parsed.
    ///
    /// - Parameters:
    ///   - arguments: the words after the program's name.
    ///   - terminal: where help and errors go; by default the terminal of the process.
    ///   - makeContext: makes what the command gets from the global options, which must be of the declared type.
    public func run<Globals: ParsableOptions>(
        arguments: [String], environment: Environment, terminal: Terminal? = nil,
        makeContext: (Globals) throws -> Context
    ) async -> ExitCode {
        Interrupts.ignoreBrokenPipes()
        let terminal = terminal ?? .standard(environment: environment, color: .auto)
        if arguments.first == Self.completionWord {
            terminal.output(completions(for: Array(arguments.dropFirst())).map { $0 + "\n" }.joined())
            return .done
        }
        var reporter = Reporter(terminal: terminal)
        do {
            guard let options = globals.init() as? Globals else {
                throw Fault(.internal, "the context of \(name) is made from other options than \(globals)")
            }
            let parameters = Parameter.all(of: options)
            reporter.look(at: arguments, parameters)
            var choice = try CommandResolver(nodes: nodes, globals: parameters).resolve(arguments)
            if case .group(let verb, let rest) = choice, let entry = verb.conversation, !Self.hasHelpWord(rest),
                RawInput.isTerminal, terminal.isTTY
            {
                choice = .command(entry, path: [verb.name, entry.configuration.name], rest: rest)
            }
            switch choice {
            case .root(let rest) where rest.contains("--version"): terminal.output("\(name) \(version)\n")
            case .root: terminal.output(help(parameters, terminal.width))
            case .builtin(let builtin, let rest): try terminal.output(answer(builtin, rest, parameters, terminal.width))
            case .group(let verb, let rest):
                guard Self.hasHelpWord(rest) else { throw incomplete(verb) }
                terminal.output(help(verb, terminal.width))
            case .thing(let thing, let verbs, let rest):
                guard Self.hasHelpWord(rest) else { throw incomplete(thing, verbs) }
                terminal.output(help(thing, verbs, terminal.width))
            case .command(let entry, let path, let rest):
                var command = entry.make()
                let own = Parameter.all(of: command)
                reporter.look(at: rest, own)
                reporter.usage = usage(path, own)
                let parser = ArgumentParser(parameters: own + parameters)
                do {
                    try parser.parse(rest, environment)
                } catch  where error is HelpRequest || Self.asksForHelp(rest, parser) {
                    terminal.output(help(entry.configuration, path, own, parameters, terminal.width))
                    break
                }
                reporter.settle(parser)
                try command.validate()
                try await Interrupts.run(command, in: makeContext(options), terminal)
            }
            return reporter.finish()
        } catch {
            return reporter.report(error)
        }
    }

    /// A wrong command line that asks for help gets it; a word after `--` does not ask.
    private static func asksForHelp(_ words: [String], _ parser: ArgumentParser) -> Bool {
        let words = words.prefix { $0 != "--" }
        return words.contains("--help") || words.contains("-h") && parser.named("h" as Character) == nil
    }

    private static func hasHelpWord(_ words: [String]) -> Bool { words.contains("--help") || words.contains("-h") }

    private func incomplete(_ verb: CommandNode<Context>) -> UsageError {
        let required = verb.own?.parameters.first { $0.role == .option && $0.declaration.isRequired }
        let alone = required.map { ", or \($0.label) \($0.valueName)" } ?? ""
        return UsageError(
            "say what to \(verb.name)", fix: "use one of \(verb.children.map(\.name).joined(separator: ", "))\(alone)")
    }

    private func incomplete(_ thing: String, _ verbs: [CommandNode<Context>]) -> UsageError {
        UsageError("say what to do with “\(thing)”", fix: "use one of \(verbs.map(\.name).joined(separator: ", "))")
    }
}
