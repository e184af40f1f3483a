// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import CEL
internal import CELLibraries
internal import Documents

/// What is said between a person and a session: expressions, commands, and answers. Knows no terminal.
public struct Conversation: Sendable {
    /// What follows from a line.
    public enum Answer: Sendable, Equatable {
        /// A text to show; nothing when it is empty.
        case text(String)
        /// The conversation is over.
        case end
    }

    /// What the lines work on.
    public private(set) var session: Session

    /// A conversation about a session.
    public init(_ session: Session = Session()) { self.session = session }

    /// Answers a line: an expression, or a command that begins with a colon.
    ///
    /// - Throws: what is wrong with the line; the conversation can go on.
    public mutating func answer(_ line: String) throws(Fault) -> Answer {
        let line = line.trimmed
        guard !line.isEmpty, !line.hasPrefix("//") else { return .text("") }
        guard line.hasPrefix(":") else { return .text(try evaluate(line).shown) }
        let word = line.dropFirst().prefix { !$0.isWhitespace }
        let rest = line.dropFirst(1 + word.count).trimmed
        switch try ConversationCommand.named(String(word)) {
        case .let: try define(rest)
        case .type: return .text(try checked(rest).resultType.description)
        case .refs:
            return .text(
                Self.lines(
                    session.environment(isExact: false).references(of: try parsed(rest)).sorted().map(\.description)))
        case .vars: return .text(variables)
        case .unset: try unset(rest)
        case .unknown: try markUnknown(rest)
        case .load: return .text(try load(rest))
        case .profile: return .text(try choose(rest))
        case .functions: return .text(functions(rest))
        case .help: return .text(ConversationCommand.explanation)
        case .quit: return .end
        }
        return .text("")
    }

    /// What may stand at the end of a line.
    public func suggestions(for line: String) -> Suggestions {
        guard line.hasPrefix(":") else { return session.suggestions(for: line) }
        guard let blank = line.firstIndex(of: " ") else {
            return Suggestions(start: 0, after: line, ConversationCommand.allCases.map { ":\($0.rawValue)" })
        }
        let start = line.distance(from: line.startIndex, to: blank) + 1
        let rest = String(line[blank...].dropFirst())
        switch try? ConversationCommand.named(String(line[..<blank].dropFirst())) {
        case .profile: return Suggestions(start: start, after: rest, Profile.all.map(\.name))
        case .unset: return Suggestions(start: start, after: rest, session.names)
        case .load: return Suggestions(start: start, after: rest, Self.files(rest))
        case .let, .type, .refs, .unknown: return session.suggestions(for: line)
        default: return .none
        }
    }

    private func evaluate(_ text: String) throws(Fault) -> Program.PartialResult {
        try session.evaluate(session.compile(text))
    }

    private func parsed(_ text: String) throws(Fault) -> Expression {
        do throws(CompileError) { return try session.environment(isExact: false).parse(text) } catch {
            throw error.fault
        }
    }

    private func checked(_ text: String) throws(Fault) -> CheckedExpression {
        do throws(CompileError) { return try session.check(text) } catch { throw error.fault }
    }

    private mutating func define(_ text: String) throws(Fault) {
        guard let equals = text.firstIndex(of: "="), case let name = text[..<equals].trimmed, name.isVariableName else {
            throw Fault(.invalid, "a name and an expression are missing", fix: "write :let x = 1 + 2")
        }
        guard case .value(let value) = try evaluate(text[equals...].dropFirst().trimmed) else {
            throw Fault(.invalid, "the value of “\(name)” is not known", fix: "clear what is unknown with :unknown")
        }
        try session.set(name, to: value)
    }

    private mutating func unset(_ name: String) throws(Fault) {
        guard session.names.contains(name) else { throw Fault(.notFound, "there is no variable “\(name)”") }
        session.remove(name)
    }

    private mutating func markUnknown(_ path: String) throws(Fault) {
        if path.isEmpty { session.unknown = [] } else { session.unknown.append(try AttributePath(notation: path)) }
    }

    private mutating func load(_ text: String) throws(Fault) -> String {
        let words = text.split(separator: " ").map(String.init)
        let isNamed = words.count == 3 && words[1] == "as" && words[2].isVariableName
        guard words.count == 1 || isNamed else {
            throw Fault(.invalid, "a file is missing", fix: "write :load values.yaml, or :load values.yaml as values")
        }
        let document = try VariableNotation.document(words[0])
        if isNamed {
            try session.set(words[2], toDocument: document)
            return "\(words[2]) is a \(session.values[words[2]]?.typeName ?? "value")"
        }
        try session.setMembers(of: document, source: words[0])
        return "variables: \((document.object?.keys ?? []).joined(separator: ", "))"
    }

    private mutating func choose(_ name: String) throws(Fault) -> String {
        guard name.isEmpty else {
            session.profile = try Profile.named(name)
            return ""
        }
        return Self.lines(
            Profile.all.map { "\($0.name == session.profile.name ? "*" : " ") \($0.name): \($0.summary)" })
    }

    private var variables: String {
        Self.lines(
            session.names.map { name in
                guard let value = session.values[name] else {
                    return "\(name): \(session.types[name]?.description ?? "unknown")"
                }
                let text = value.literalText
                let shown = text.count > 100 ? "\(text.prefix(100))…" : text
                return "\(name): \(session.types[name]?.description ?? value.typeName) = \(shown)"
            })
    }

    private func functions(_ part: String) -> String {
        let forms = FunctionForm.all(in: session.profile.libraries)
        return Self.lines(forms.filter { part.isEmpty || $0.signature.contains(part) }.map(\.signature))
    }

    private static func files(_ path: String) -> [String] {
        let folder = path.contains("/") ? String(path[...(path.lastIndex(of: "/") ?? path.startIndex)]) : ""
        let names = (try? FileSystem.names(in: folder.isEmpty ? "." : folder)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted().map { name in
            folder + name + (FileSystem.isFolder(folder + name) ? "/" : "")
        }
    }

    private static func lines(_ lines: [String]) -> String { lines.joined(separator: "\n") }
}

extension Program.PartialResult {
    /// The value as an expression would write it, or what has to be known.
    fileprivate var shown: String {
        switch self {
        case .value(let value): value.literalText
        case .unknown(let paths): "unknown until \(paths.sorted().map(\.description).joined(separator: ", ")) is known"
        }
    }
}
