// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What the first words of a command line choose, and the words that are left.
enum Choice<Context: Sendable> {
    /// No command was named.
    case root(rest: [String])
    /// A verb without its thing.
    case group(CommandNode<Context>, rest: [String])
    /// A thing without its verb.
    case thing(String, [CommandNode<Context>], rest: [String])
    /// One command; `path` has the names of verb and thing, without aliases.
    case command(CommandEntry<Context>, path: [String], rest: [String])
    /// `help` or `completion`, with its words.
    case builtin(String, rest: [String])
}

/// Finds the command; makes none.
struct CommandResolver<Context: Sendable> {
    let nodes: [CommandNode<Context>]
    /// The options that may stand before the command.
    let globals: [Parameter]

    static var builtins: [String] { ["help", "completion"] }

    /// Chooses a command by the words that are no options: verb first, or thing first where no verb has that name.
    func resolve(_ words: [String]) throws(UsageError) -> Choice<Context> {
        var rest: [String] = []
        var verb: CommandNode<Context>?
        var thing: String?
        var hasOwnOption = false
        var queue = words[...]
        while let word = queue.popFirst() {
            if word == "--" {
                rest.append(word)
                break
            }
            if word.hasPrefix("-"), word.count > 1 {
                rest.append(word)
                let own = verb?.own?.parameters ?? []
                if try takesValue(word, own), let value = queue.popFirst() { rest.append(value) }
                hasOwnOption = hasOwnOption || parameter(word, own) != nil
                continue
            }
            if let verb {
                guard let child = verb.children.first(where: { $0.isNamed(word) }), let entry = child.entry else {
                    throw unknown(word, after: verb.name, among: verb.children.map(\.name))
                }
                return .command(entry, path: [verb.name, child.name], rest: rest + queue)
            }
            if let noun = thing {
                let verbs = verbs(of: noun)
                guard let verb = verbs.first(where: { $0.isNamed(word) }),
                    let child = verb.children.first(where: { $0.isNamed(noun) }), let entry = child.entry
                else { throw unknown(word, after: noun, among: verbs.map(\.name)) }
                return .command(entry, path: [verb.name, child.name], rest: rest + queue)
            }
            if let node = nodes.first(where: { $0.isNamed(word) }) {
                if let entry = node.entry { return .command(entry, path: [node.name], rest: rest + queue) }
                verb = node
            } else if Self.builtins.contains(word) {
                return .builtin(word, rest: rest + queue)
            } else if !verbs(of: word).isEmpty {
                thing = word
            } else {
                throw unknown(word, after: nil, among: nodes.map(\.name) + things + Self.builtins)
            }
        }
        if let verb, let own = verb.own, hasOwnOption {
            return .command(own, path: [verb.name], rest: rest + queue)
        }
        if let verb { return .group(verb, rest: rest + queue) }
        if let thing { return .thing(thing, verbs(of: thing), rest: rest + queue) }
        return .root(rest: rest + queue)
    }

    /// The verbs that a thing has.
    func verbs(of thing: String) -> [CommandNode<Context>] {
        nodes.filter { $0.children.contains { $0.isNamed(thing) } }
    }

    private var things: [String] { nodes.flatMap { $0.children.map(\.name) } }

    /// The option that a word names.
    private func parameter(_ word: String, _ parameters: [Parameter]) -> Parameter? {
        let parser = ArgumentParser(parameters: parameters)
        guard word.hasPrefix("--") else { return word.dropFirst().first.flatMap { parser.named($0) } }
        return parser.named(word.dropFirst(2).prefix { $0 != "=" })
    }

    /// Whether the word after an option belongs to it; the option is a global one, or one of `own`.
    private func takesValue(_ word: String, _ own: [Parameter]) throws(UsageError) -> Bool {
        if ["--help", "-h", "--version"].contains(word) { return false }
        if let parameter = parameter(word, own + globals) {
            guard parameter.role == .option else { return false }
            return word.hasPrefix("--") ? !word.contains("=") : word.count == 2
        }
        let near = Spelling.nearest(to: word, among: (own + globals).map(\.label) + ["--help", "--version"])
        throw UsageError(
            own.isEmpty ? "\(word) is no global option" : "\(word) is neither a global option nor one of this command",
            fix: near.map { "did you mean \($0)?" } ?? "write it after the command")
    }

    private func unknown(_ word: String, after: String?, among names: [String]) -> UsageError {
        let place = after.map { " after “\($0)”" } ?? ""
        let hint = Spelling.nearest(to: word, among: names).map { "did you mean \($0)?" }
        let all = after == nil ? "--help lists the commands" : "use one of \(names.joined(separator: ", "))"
        return UsageError("there is no command “\(word)”\(place)", fix: hint ?? all)
    }
}
