// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Thrown while parsing when help is asked for instead.
struct HelpRequest: Error {}

/// Reads the words after the command into declared properties.
struct ArgumentParser {
    /// Those of the command first: of two with the same name the first counts.
    let parameters: [Parameter]

    func named(_ name: some StringProtocol) -> Parameter? {
        parameters.first { $0.role != .argument && $0.name == name }
    }
    func named(_ short: Character) -> Parameter? {
        parameters.first { $0.role != .argument && $0.declaration.short == short }
    }

    /// Stores every word, then what the environment adds, and checks that nothing is missing.
    func parse(_ words: [String], _ environment: Environment) throws {
        var rest = words[...]
        var places: [String] = []
        while let word = rest.popFirst() {
            if word == "--" {
                places += rest
                break
            } else if word.hasPrefix("--") {
                try parseLong(word.dropFirst(2), &rest)
            } else if word.hasPrefix("-"), word.count > 1 {
                try parseShort(word.dropFirst(), &rest)
            } else {
                places.append(word)
            }
        }
        try place(places)
        for parameter in parameters where parameter.role == .option {
            try complete(parameter, environment)
        }
    }

    private func parseLong(_ word: Substring, _ rest: inout ArraySlice<String>) throws {
        let name = word.prefix { $0 != "=" }
        let value = name.endIndex == word.endIndex ? nil : String(word[word.index(after: name.endIndex)...])
        guard let parameter = named(name) else {
            if name == "help" { throw HelpRequest() }
            throw unknown("--\(name)")
        }
        guard parameter.role == .option else { return try store(value ?? "", in: parameter, as: "--\(name)") }
        try store(try value ?? next(&rest, for: parameter, as: "--\(name)"), in: parameter, as: "--\(name)")
    }

    private func parseShort(_ word: Substring, _ rest: inout ArraySlice<String>) throws {
        var letters = word
        while let letter = letters.popFirst() {
            guard let parameter = named(letter) else {
                if letter == "h" { throw HelpRequest() }
                throw unknown("-\(letter)")
            }
            if parameter.role == .flag {
                try store("", in: parameter, as: "-\(letter)")
            } else {
                let attached = letters.first == "=" ? letters.dropFirst() : letters
                let value = letters.isEmpty ? try next(&rest, for: parameter, as: "-\(letter)") : String(attached)
                return try store(value, in: parameter, as: "-\(letter)")
            }
        }
    }

    /// The next word as a value, unless it is an option that we know.
    private func next(
        _ rest: inout ArraySlice<String>, for parameter: Parameter, as spelling: String
    ) throws(UsageError) -> String {
        guard let word = rest.first, word != "--", !isKnownOption(word) else {
            throw UsageError(
                "\(spelling) needs a value", fix: "write \(spelling) \(parameter.valueName)")
        }
        rest.removeFirst()
        return word
    }

    private func isKnownOption(_ word: String) -> Bool {
        if word.hasPrefix("--") { return named(word.dropFirst(2).prefix { $0 != "=" }) != nil || word == "--help" }
        guard word.hasPrefix("-"), word.count == 2, let letter = word.last else { return false }
        return named(letter) != nil || letter == "h"
    }

    /// Hands out the words that are no options, in the order of the declarations.
    private func place(_ words: [String]) throws {
        let arguments = parameters.filter { $0.role == .argument }
        var rest = words[...]
        for (index, argument) in arguments.enumerated() {
            let kept = arguments[(index + 1)...].filter(\.declaration.isRequired).count
            let most = argument.declaration.isRepeatable ? max(1, rest.count - kept) : 1
            let mayTake = argument.declaration.isRequired || rest.count > kept
            for word in rest.prefix(mayTake ? most : 0) { try store(word, in: argument, as: argument.valueName) }
            rest = rest.dropFirst(mayTake ? most : 0)
            if argument.declaration.isRequired, !argument.storage.isGiven {
                throw UsageError("\(argument.valueName) is missing", fix: argument.declaration.help)
            }
        }
        if let extra = rest.first {
            throw UsageError(
                "the argument “\(extra)” is one too many", fix: "leave it out, or quote it with its neighbour")
        }
    }

    private func complete(_ parameter: Parameter, _ environment: Environment) throws {
        guard !parameter.storage.isGiven else { return }
        if let name = parameter.declaration.environment, let value = environment[name], !value.isEmpty {
            return try store(value, in: parameter, as: "the environment variable \(name)")
        }
        guard parameter.declaration.isRequired else { return }
        throw UsageError("\(parameter.label) is missing", fix: "add \(parameter.label) \(parameter.valueName)")
    }

    private func store(_ word: String, in parameter: Parameter, as spelling: String) throws(UsageError) {
        do {
            try parameter.storage.store(word)
        } catch let error as UsageError {
            throw UsageError("\(spelling): \(error.message)", fix: error.fix)
        } catch {
            let fault = Fault(wrapping: error)
            throw UsageError("\(spelling): \(fault)", fix: fault.fix)
        }
    }

    private func unknown(_ spelling: String) -> UsageError {
        let names = parameters.filter { $0.role != .argument }.map { "--\($0.name)" } + ["--help"]
        let near = spelling.hasPrefix("--") ? Spelling.nearest(to: spelling, among: names) : nil
        let otherCase = spelling.count == 2 ? spelling.last.flatMap { named(swapCase($0)) } : nil
        let hint =
            near.map { "did you mean \($0)?" } ?? otherCase.map { "-\(swapCase(spelling.last ?? " ")) is --\($0.name)" }
        return UsageError("there is no option \(spelling) here", fix: hint ?? "--help lists the options")
    }

    private func swapCase(_ letter: Character) -> Character {
        Character(letter.isLowercase ? letter.uppercased() : letter.lowercased())
    }
}
