// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A program made of commands.
public struct CommandLineProgram<Context: Sendable>: Sendable {
    let name: String, abstract: String, version: String
    let nodes: [CommandNode<Context>]
    let topics: [HelpTopic]
    let globals: any ParsableOptions.Type

    /// Declares a program.
    ///
    /// - Parameter globals: the options that every command takes.
    public init<Globals: ParsableOptions>(
        name: String, abstract: String, version: String, globals: Globals.Type, nodes: [CommandNode<Context>],
        topics: [HelpTopic] = []
    ) {
        (self.name, self.abstract, self.version) = (name, abstract, version)
        (self.globals, self.nodes, self.topics) = (globals, nodes, topics)
    }

    /// Runs the command that the arguments name; errors are printed here and nowhere else.
    public func run<Globals: ParsableOptions>(
        arguments: [String], environment: Environment, terminal: Terminal? = nil,
        makeContext: @escaping @Sendable (Globals) throws -> Context
    ) async -> ExitCode {
        let terminal = terminal ?? Terminal.standard(environment: environment)
        var usage: String?
        do {
            switch try CommandResolver(self).resolve(arguments) {
            case .text(let text): terminal.output(text)
            case .help(let path): terminal.output(HelpText(self).text(for: path))
            case .command(let path, let words):
                usage = HelpText(self).usage(path)
                guard let command = path.last?.make?() else { throw UsageError("this is no command") }
                let globals = Globals()
                let parser = CommandLineParser(parameters: command.parameters + ParameterFinder.parameters(of: globals))
                try parser.parse(words)
                try parser.complete(from: environment)
                try command.validate()
                let context = try makeContext(globals)
                try await Signals.cancelling { try await command.validateAndRun(context) }
            }
            return .done
        } catch let error as UsageError {
            terminal.raw("Error: \(error.message)\n")
            if let usage { terminal.raw("usage: \(usage)\n") }
            terminal.raw("  fix:   run `\(name) help` or add --help\n")
            return .usage
        } catch {
            terminal.raw(ErrorReport(error: error, isVerbose: arguments.contains("--debug")).text)
            return ExitCode(error)
        }
    }
}

/// Finds out what the words ask for.
struct CommandResolver<Context: Sendable> {
    enum Request {
        case text(String)
        case help([CommandNode<Context>])
        case command([CommandNode<Context>], [String])
    }

    let program: CommandLineProgram<Context>
    init(_ program: CommandLineProgram<Context>) { self.program = program }

    func resolve(_ words: [String]) throws -> Request {
        if words.first == "completion" { return .text(try CompletionScript(program).text(for: words.dropFirst().first)) }
        if words.first == "--version" { return .text("\(program.name) \(program.version)\n") }
        if words.first == "help" { return try help(Array(words.dropFirst())) }
        var path: [CommandNode<Context>] = []
        var rest: [String] = []
        var level = program.nodes
        // Global options may stand in front of the command; their values are not command names.
        let valued = ParameterFinder.parameters(of: program.globals.init()).filter { $0.kind == .option }
        var index = 0
        while index < words.count {
            let word = words[index]
            if path.last?.make != nil || word == "--" { break }
            if word.hasPrefix("-") {
                rest.append(word)
                if valued.contains(where: { "--\($0.longName)" == word }), index + 1 < words.count {
                    index += 1
                    rest.append(words[index])
                }
            } else if let node = level.first(where: { $0.isNamed(word) }) {
                path.append(node)
                level = node.children
            } else if path.isEmpty, index + 1 < words.count, let swapped = nounFirst(word, words[index + 1]) {
                // `ocm cv add` is `ocm add cv`.
                path = swapped
                index += 1
            } else {
                throw unknown(word, level, path)
            }
            index += 1
        }
        rest += words[index...]
        if rest.contains("--help") || rest.contains("-h") || path.isEmpty { return .help(path) }
        guard path.last?.make != nil else {
            if rest.isEmpty { return .help(path) }
            throw UsageError("\(program.name) \(path.map(\.configuration.name).joined(separator: " ")) needs one of \(level.map(\.configuration.name).joined(separator: ", "))")
        }
        return .command(path, rest)
    }

    private func nounFirst(_ noun: String, _ verb: String) -> [CommandNode<Context>]? {
        guard let group = program.nodes.first(where: { $0.isNamed(verb) && $0.make == nil }),
            let command = group.children.first(where: { $0.isNamed(noun) })
        else { return nil }
        return [group, command]
    }

    private func help(_ words: [String]) throws -> Request {
        if let word = words.first, words.count == 1 {
            if word == "exit-codes" { return .text(HelpText(program).exitCodes) }
            if let topic = program.topics.first(where: { $0.name == word }) { return .text(topic.text + "\n") }
        }
        var path: [CommandNode<Context>] = []
        var level = program.nodes
        for word in words {
            guard let node = level.first(where: { $0.isNamed(word) }) else { throw unknown(word, level, path) }
            path.append(node)
            level = node.children
        }
        return .help(path)
    }

    private func unknown(_ word: String, _ level: [CommandNode<Context>], _ path: [CommandNode<Context>]) -> UsageError {
        let names = level.flatMap { [$0.configuration.name] + $0.configuration.aliases }
        let nearest = Spelling.nearest(to: word, among: names).map { "; did you mean “\($0)”?" } ?? ""
        let place = ([program.name] + path.map(\.configuration.name)).joined(separator: " ")
        return UsageError("\(place) has no command “\(word)”\(nearest)")
    }
}
