// SPDX-License-Identifier: Apache-2.0

extension CommandLineProgram {
    /// The word before the words that a shell wants completed.
    static var completionWord: String { "__complete" }

    /// The usage line of a command.
    func usage(_ path: [String], _ parameters: [Parameter]) -> String {
        let required = parameters.filter { $0.role == .option && $0.declaration.isRequired }
        let words = ["Usage:", name] + path + ["[OPTIONS]"] + required.map { "\($0.label) \($0.valueName)" }
        return (words + parameters.filter { $0.role == .argument }.map(\.place)).joined(separator: " ")
    }

    /// The overview.
    func help(_ globals: [Parameter], _ width: Int) -> String {
        var text = HelpText(width: width)
        text.line("\(name): \(abstract)")
        text.line()
        text.line("Usage: \(name) COMMAND [OPTIONS] [ARGUMENTS]")
        text.list("Commands", nodes.flatMap { $0.entry == nil ? Self.lines($0) : [($0.name, $0.abstract)] })
        text.list(
            "More",
            [
                ("help COMMAND|TOPIC", "Explain a command or a topic"),
                ("completion SHELL", "Print a completion script for bash, zsh or fish"),
            ])
        text.list("Topics", topics.map { ($0.name, $0.abstract) })
        text.list(
            "Global options, taken by every command",
            Self.lines(globals) + Self.common + [
                ("    --version", "print the version")
            ])
        return text.text
    }

    /// A verb and what it applies to.
    func help(_ verb: CommandNode<Context>, _ width: Int) -> String {
        var text = HelpText(width: width)
        text.line(verb.abstract)
        text.line()
        text.line("Usage: \(name) \(verb.name) COMMAND [OPTIONS] [ARGUMENTS]")
        if let own = verb.own {
            let parameters = own.parameters
            text.line("       \(usage([verb.name], parameters).dropFirst("Usage: ".count))")
            text.list("Commands", Self.lines(verb))
            text.list("Options without a command", Self.lines(parameters))
        } else {
            text.list("Commands", Self.lines(verb))
        }
        return text.text
    }

    /// A thing and its verbs.
    func help(_ thing: String, _ verbs: [CommandNode<Context>], _ width: Int) -> String {
        var text = HelpText(width: width)
        text.line("Usage: \(name) VERB \(thing) [OPTIONS] [ARGUMENTS]")
        text.list("Commands", verbs.flatMap { Self.lines($0, only: thing) })
        return text.text
    }

    /// A command in full.
    func help(
        _ configuration: CommandConfiguration, _ path: [String], _ own: [Parameter], _ globals: [Parameter],
        _ width: Int
    ) -> String {
        var text = HelpText(width: width)
        text.line(configuration.abstract)
        text.line()
        text.line(usage(path, own))
        if !configuration.aliases.isEmpty { text.line("Aliases: \(configuration.aliases.joined(separator: ", "))") }
        if !configuration.discussion.isEmpty {
            text.line()
            text.paragraph(configuration.discussion)
        }
        text.list("Arguments", Self.lines(own.filter { $0.role == .argument }))
        text.list("Options", Self.lines(own.filter { $0.role != .argument }))
        text.list("Global options", Self.lines(globals) + Self.common)
        if !configuration.examples.isEmpty {
            text.line()
            text.line("Examples:")
            for example in configuration.examples { text.line("  \(example)") }
        }
        return text.text
    }

    /// `help …` and `completion …`.
    func answer(_ builtin: String, _ rest: [String], _ globals: [Parameter], _ width: Int) throws -> String {
        let words = rest.filter { !$0.hasPrefix("-") }
        if builtin == "completion" {
            guard let shell = words.first, words.count == 1 else {
                throw UsageError("name one shell", fix: "write \(name) completion bash, zsh or fish")
            }
            return try CompletionScript(program: name).text(for: shell)
        }
        if words.count == 1, let topic = topics.first(where: { $0.name == words[0] }) {
            return topic.text.hasSuffix("\n") ? topic.text : topic.text + "\n"
        }
        switch try CommandResolver(nodes: nodes, globals: globals).resolve(words) {
        case .root, .builtin: return help(globals, width)
        case .group(let verb, _): return help(verb, width)
        case .thing(let thing, let verbs, _): return help(thing, verbs, width)
        case .command(let entry, let path, _):
            return help(entry.configuration, path, Parameter.all(of: entry.make()), globals, width)
        }
    }

    private static var common: [(name: String, meaning: String)] { [("-h, --help", "explain the command")] }

    private static func lines(_ parameters: [Parameter]) -> [(name: String, meaning: String)] {
        parameters.map { ($0.synopsis, $0.meaning) }
    }

    private static func lines(
        _ verb: CommandNode<Context>, only thing: String? = nil
    ) -> [(name: String, meaning: String)] {
        let children = verb.children.filter { child in thing.map { child.isNamed($0) } ?? true }
        return children.map { child in
            ("\(verb.name) \(child.name)\(child.aliases.first.map { ", \($0)" } ?? "")", child.abstract)
        }
    }
}
