// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

/// How a constructor's text is filled in before it is read.
public enum Templater: String, Sendable, CaseIterable {
    /// `${NAME}` and `$NAME`, with defaults; the dialect of envsubst.
    case subst
    /// Not at all.
    case none
}

/// The values for `${NAME}`: arguments win over settings, settings over the environment.
public struct SubstitutionValues: Sendable {
    /// How the text is filled in.
    public var templater = Templater.subst
    /// Values given as `NAME=VALUE`.
    public var arguments: [String: String] = [:]
    /// Values of settings files; those of nested maps have names with dots.
    public private(set) var settings: [String: String] = [:]
    /// Values of the environment.
    public var environment: [String: String] = [:]

    /// No values.
    public init() {}

    /// Adds a YAML settings file; later files win.
    public mutating func addSettings(_ bytes: [UInt8], source: String) throws(Fault) {
        let root = try YAML.document(bytes, source: source).root
        guard root == .null || root.object != nil else {
            throw Fault(.invalid, "\(source) is no map of settings", fix: "write it as NAME: value")
        }
        add(root, prefix: "")
    }

    private mutating func add(_ json: JSON, prefix: String) {
        switch json {
        case .object(let object):
            for (key, value) in object { add(value, prefix: prefix.isEmpty ? key : "\(prefix).\(key)") }
        case .string(let text): settings[prefix] = text
        case .number, .bool: settings[prefix] = json.text()
        case .null: settings[prefix] = ""
        case .array: break
        }
    }

    func value(_ name: String) -> String? { arguments[name] ?? settings[name] ?? environment[name] }
    var names: [String] { Set(arguments.keys).union(settings.keys).sorted() }
}

/// Fills in `${NAME}` in a text.
///
/// Forms: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:+other}`, and `$$` for a dollar sign. A
/// name without a value and without a default is an error. A value that would change the structure of the YAML around
/// it (a line end, or a quote of the kind it stands in) is refused: a version number must not become three fields.
struct Substitution {
    let values: SubstitutionValues
    let source: String

    func apply(_ text: String) throws(Fault) -> String {
        guard values.templater == .subst, text.contains("$") else { return text }
        var result = ""
        var line = 1
        var rest = Substring(text)
        while let character = rest.first {
            if character.isNewline { line += 1 }
            guard character == "$" else {
                result.append(character)
                rest = rest.dropFirst()
                continue
            }
            rest = rest.dropFirst()
            if rest.first == "$" {
                result.append("$")
                rest = rest.dropFirst()
            } else if rest.first == "{" {
                guard let end = rest.firstIndex(of: "}") else { throw fault("“${” does not end", line) }
                let inner = rest[rest.index(after: rest.startIndex)..<end]
                result += try checked(expand(inner, line), behind: result, line)
                rest = rest[rest.index(after: end)...]
            } else if let first = rest.first, first.isLetter || first == "_" {
                let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                guard let value = values.value(String(name)) else { throw undefined(String(name), line) }
                result += try checked(value, behind: result, line)
                rest = rest.dropFirst(name.count)
            } else {
                result.append("$")
            }
        }
        return result
    }

    private func expand(_ inner: Substring, _ line: Int) throws(Fault) -> String {
        let name = String(inner.prefix { $0.isLetter || $0.isNumber || "_.".contains($0) })
        let rest = inner.dropFirst(name.count)
        guard !name.isEmpty else { throw fault("“${\(inner)}” names nothing", line) }
        let value = values.value(name)
        if rest.isEmpty {
            guard let value else { throw undefined(name, line) }
            return value
        }
        if rest.hasPrefix(":-") || rest.hasPrefix(":=") { return value.flatMap { $0.isEmpty ? nil : $0 } ?? String(rest.dropFirst(2)) }
        if rest.hasPrefix(":+") { return value?.isEmpty == false ? String(rest.dropFirst(2)) : "" }
        if rest.hasPrefix("-") || rest.hasPrefix("=") { return value ?? String(rest.dropFirst()) }
        throw fault("“${\(inner)}” is of no known form; use ${NAME} or ${NAME:-default}", line)
    }

    private func checked(_ value: String, behind text: String, _ line: Int) throws(Fault) -> String {
        guard !value.contains(where: \.isNewline) else {
            throw fault("a value to fill in holds a line end, which would change the document", line)
        }
        let start = text.lastIndex(where: \.isNewline).map { text.index(after: $0) } ?? text.startIndex
        let before = text[start...]
        for quote in ["\"", "'"] as [Character] where before.count(where: { $0 == quote }) % 2 == 1 && value.contains(quote) {
            throw fault("a value to fill in holds the quote \(quote) it stands in, which would change the document", line)
        }
        return value
    }

    private func undefined(_ name: String, _ line: Int) -> Fault {
        let known = values.names.isEmpty ? "none are given" : "given are \(values.names.joined(separator: ", "))"
        return Fault(
            .invalid, "\(source):\(line): there is no value for ${\(name)}; \(known)",
            fix: "pass \(name)=VALUE, a --settings file that has it, or --addenv; write $$ for a dollar sign")
    }

    private func fault(_ what: String, _ line: Int) -> Fault { Fault(.invalid, "\(source):\(line): \(what)") }
}
