// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

/// How the variables of a constructor are filled in before it is read.
public enum Templater: String, Sendable, CaseIterable {
    /// `$NAME`, `${NAME}`, `${NAME:-default}`; `$$` is a dollar sign.
    case subst
    /// The text is taken as it is.
    case none
}

/// The values of variables. Arguments win over settings, settings over the environment.
public struct SubstitutionValues: Sendable {
    /// How variables are filled in.
    public var templater = Templater.subst
    /// The lowest rank: variables of the environment; empty unless the user asked for them.
    public var environment: [String: String] = [:]
    /// The highest rank: `NAME=VALUE` arguments.
    public var arguments: [String: String] = [:]
    /// Whether an undefined variable is an empty text, as for the newer tool, and not an error.
    public var allowUndefined = false
    /// Values of settings files; members of nested maps are named `outer.inner`.
    public private(set) var settings: [String: String] = [:]

    /// No values.
    public init() {}

    /// Adds the values of a settings file, a flat or nested YAML map; later files win over earlier ones.
    ///
    /// Lists are skipped, as settings are shared with other tools; using their names is an undefined variable.
    public mutating func addSettings(_ bytes: [UInt8], source: String) throws(Fault) {
        let document = try YAML.document(bytes, source: source)
        guard document.root != .null else { return }
        guard let object = document.root.object else {
            throw Fault(
                .invalid, "\(source) is a \(document.root.kindName), not a map of names to values",
                fix: "write NAME: value")
        }
        var added: [String: String] = [:]
        try Self.flatten(object, prefix: "", pointer: JSONPointer(), document, into: &added)
        settings.merge(added) { $1 }
    }

    private static func flatten(
        _ object: JSONObject, prefix: String, pointer: JSONPointer, _ document: LocatedDocument,
        into values: inout [String: String]
    ) throws(Fault) {
        for (key, value) in object {
            let (name, place) = (prefix + key, pointer.appending(key))
            let text: String
            switch value {
            case .object(let inner):
                try flatten(inner, prefix: "\(name).", pointer: place, document, into: &values)
                continue
            case .array: continue
            case .string(let string): text = string
            case .number(let number): text = number.text
            case .bool(let flag): text = flag ? "true" : "false"
            case .null: text = ""
            }
            guard values.updateValue(text, forKey: name) == nil else {
                throw Fault(
                    .invalid, "\(document.place(of: place)): “\(name)” is given twice", fix: "keep one of the two")
            }
        }
    }

    /// The value of a variable; nil when it is not defined.
    public func value(of name: String) -> String? { arguments[name] ?? settings[name] ?? environment[name] }

    /// All names, for suggestions.
    var names: [String] { Set(arguments.keys).union(settings.keys).union(environment.keys).sorted() }
}
