// SPDX-License-Identifier: Apache-2.0

extension CommandLineProgram {
    /// What a shell may offer for the last of these words: one answer a line, `word` or `word<TAB>meaning`; the lines
    /// `:file` and `:folder` stand for paths.
    func completions(for words: [String]) -> [String] {
        var words = Self.joined(words)
        let current = words.popLast() ?? ""
        let globals = Parameter.all(of: globals.init())
        guard let choice = try? CommandResolver(nodes: nodes, globals: globals).resolve(words) else { return [] }
        switch choice {
        case .command(let entry, _, let rest):
            return Self.completions(of: current, after: rest, Parameter.all(of: entry.make()), globals)
        case .root(let rest):
            let names = nodes.map { ($0.name, $0.abstract) } + [("help", "Explain"), ("completion", "Shell script")]
            return Self.completions(of: current, after: rest, [], globals, words: names)
        case .group(let verb, let rest):
            let names = verb.children.map { ($0.name, $0.abstract) }
            return Self.completions(of: current, after: rest, verb.own?.parameters ?? [], globals, words: names)
        case .thing(_, let verbs, let rest):
            return Self.completions(
                of: current, after: rest, [], globals, words: verbs.map { ($0.name, $0.abstract) })
        case .builtin("completion", let rest):
            return rest.isEmpty ? Self.matching(current, CompletionScript.shells.map { ($0, "") }) : []
        case .builtin(_, let rest):
            let verb = nodes.first { rest.count == 1 && $0.isNamed(rest[0]) }
            if let verb { return Self.matching(current, verb.children.map { ($0.name, $0.abstract) }) }
            let all = nodes.map { ($0.name, $0.abstract) } + topics.map { ($0.name, $0.abstract) }
            return rest.isEmpty ? Self.matching(current, all) : []
        }
    }

    /// bash takes `--name=value` apart; this puts it together again.
    private static func joined(_ words: [String]) -> [String] {
        var joined: [String] = []
        var isOpen = false
        for word in words {
            if word == "=", let last = joined.last, last.hasPrefix("--"), !last.contains("=") {
                joined[joined.count - 1] += "="
                isOpen = true
            } else if isOpen {
                joined[joined.count - 1] += word
                isOpen = false
            } else {
                joined.append(word)
            }
        }
        return joined
    }

    private static func completions(
        of current: String, after rest: [String], _ own: [Parameter], _ globals: [Parameter],
        words: [(String, String)] = []
    ) -> [String] {
        let parser = ArgumentParser(parameters: own + globals)
        if rest.contains("--") { return values(of: own.first { $0.role == .argument }, current) }
        if let last = rest.last, last.hasPrefix("-"), let parameter = waiting(last, parser) {
            return values(of: parameter, current)
        }
        if current.hasPrefix("--"), let equals = current.firstIndex(of: "=") {
            let parameter = parser.named(current[..<equals].dropFirst(2))
            let value = String(current[current.index(after: equals)...])
            return values(of: parameter, value).map { $0.hasPrefix(":") ? $0 : "\(current[...equals])\($0)" }
        }
        if current.hasPrefix("-") {
            let options = (own + globals).filter { $0.role != .argument }.map { ("--\($0.name)", $0.declaration.help) }
            return matching(current, options + [("--help", "explain the command")])
        }
        guard words.isEmpty else { return matching(current, words) }
        let arguments = own.filter { $0.role == .argument }
        let taken = placed(rest, parser)
        return values(of: taken < arguments.count ? arguments[taken] : arguments.last, current)
    }

    /// The option that ends with a word and waits for its value.
    private static func waiting(_ word: String, _ parser: ArgumentParser) -> Parameter? {
        if word.hasPrefix("--") { return parser.named(word.dropFirst(2)).flatMap { $0.role == .option ? $0 : nil } }
        for (index, letter) in word.dropFirst().enumerated() {
            guard let parameter = parser.named(letter) else { return nil }
            if parameter.role == .option { return index == word.count - 2 ? parameter : nil }
        }
        return nil
    }

    /// How many words are neither options nor their values.
    private static func placed(_ words: [String], _ parser: ArgumentParser) -> Int {
        var (count, isValue) = (0, false)
        for word in words {
            if isValue {
                isValue = false
            } else if word.hasPrefix("-"), word.count > 1 {
                isValue = waiting(word, parser) != nil
            } else {
                count += 1
            }
        }
        return count
    }

    private static func values(of parameter: Parameter?, _ current: String) -> [String] {
        guard let declaration = parameter?.declaration else { return [] }
        return switch declaration.completion {
        case .file: [":file"]
        case .folder: [":folder"]
        case .values where declaration.values.isEmpty && declaration.role == .argument: [":file"]
        case .values: matching(current, declaration.values.map { ($0, "") })
        }
    }

    private static func matching(_ current: String, _ words: [(String, String)]) -> [String] {
        words.filter { $0.0.hasPrefix(current) }.map { $0.1.isEmpty ? $0.0 : "\($0.0)\t\($0.1)" }
    }
}
