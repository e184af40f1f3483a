// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Gives the words of a command line to the parameters they are for.
struct CommandLineParser {
    let parameters: [ParameterBox]

    /// Takes all words. Options and arguments may be mixed; behind `--` everything is an argument.
    func parse(_ words: [String]) throws {
        var positional: [String] = []
        var index = 0
        var onlyArguments = false
        func next(for box: ParameterBox) throws -> String {
            index += 1
            guard index < words.count else { throw UsageError("\(box.label) needs a value") }
            return words[index]
        }
        while index < words.count {
            let word = words[index]
            if onlyArguments || word == "-" || !word.hasPrefix("-") {
                positional.append(word)
            } else if word == "--" {
                onlyArguments = true
            } else if word.hasPrefix("--") {
                try long(word, next)
            } else {
                try short(word, next)
            }
            index += 1
        }
        try place(positional)
    }

    private func long(_ word: String, _ next: (ParameterBox) throws -> String) throws {
        let body = word.dropFirst(2)
        let equals = body.firstIndex(of: "=")
        let name = String(equals.map { body[..<$0] } ?? body)
        guard let box = parameters.first(where: { $0.kind != .argument && $0.longName == name }) else {
            let names = parameters.filter { $0.kind != .argument }.map(\.longName)
            let nearest = Spelling.nearest(to: name, among: names).map { "; did you mean --\($0)?" } ?? ""
            throw UsageError("there is no option --\(name)\(nearest)")
        }
        let value = equals.map { String(body[body.index(after: $0)...]) }
        if box.kind == .flag {
            guard value == nil || value == "true" || value == "false" else { throw UsageError("--\(name) takes no value") }
            if value != "false" { try box.take("") }
            return
        }
        try give(value ?? next(box), to: box)
    }

    private func short(_ word: String, _ next: (ParameterBox) throws -> String) throws {
        var rest = word.dropFirst()
        while let letter = rest.first {
            rest = rest.dropFirst()
            guard let box = parameters.first(where: { $0.names.short == letter }) else {
                throw UsageError("there is no option -\(letter)")
            }
            if box.kind == .flag {
                try box.take("")
                continue
            }
            let attached = rest.hasPrefix("=") ? rest.dropFirst() : rest
            return try give(attached.isEmpty ? next(box) : String(attached), to: box)
        }
    }

    private func give(_ word: String, to box: ParameterBox) throws {
        do { try box.take(word) } catch let error as UsageError { throw UsageError("\(box.label): \(error.message)") } catch let fault as Fault {
            throw UsageError("\(box.label): \(fault.message)\(fault.fix.map { " (\($0))" } ?? "")")
        }
    }

    /// Arguments take words in their order; the one that is repeated takes what the others leave.
    private func place(_ words: [String]) throws {
        let boxes = parameters.filter { $0.kind == .argument }
        var rest = words[...]
        for (index, box) in boxes.enumerated() {
            if box.isRepeated {
                let needed = boxes[(index + 1)...].count { !$0.isOptional }
                while rest.count > needed, let word = rest.popFirst() { try give(word, to: box) }
            } else if let word = rest.popFirst() {
                try give(word, to: box)
            }
        }
        if let extra = rest.first { throw UsageError("there is one argument too many: “\(extra)”") }
    }

    /// Fills what was not given from the environment, and refuses what is still missing.
    func complete(from environment: Environment) throws {
        for box in parameters where !box.isGiven {
            if let name = box.environment, let value = environment[name], !value.isEmpty { try give(value, to: box) }
            if !box.isGiven && !box.isOptional { throw UsageError("\(box.label) is missing") }
        }
    }
}
