// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes

/// Reads the compact notation in which the types of the built-in kinds are written.
///
///     package apps                          the types that follow are at home here
///     enum PathType Exact Prefix -          strings that a field may hold; - is the empty one
///     kind Deployment                       an object with apiVersion and kind; DeploymentList follows from it
///     single Scale                          the same without a list
///     type DeploymentSpec map=atomic        a part of objects
///       # Says what the type or the field above is for.
///       2 selector! meta.LabelSelector      number in protobuf, name, presence, type of another package
///       3 + core.ProbeHandler               its fields stand in place of it in JSON
///     union JSONSchemaPropsOrBool           one of its fields is its JSON
///
/// Behind names `!` means required, `?` that zero is kept when it is given, `=` that the field is written even when it
/// is zero. Types are the names of `ScalarType`, of enumerations and types, `[T]` for lists, `{T}` for maps. Behind them
/// stand `list=atomic|set|map:KEY,KEY`, `map=atomic|granular`, `patch=STRATEGY:KEY` and `default=JSON`.
///
/// What the notation says (names, numbers, types, merge keys, defaults) is the interface of Kubernetes 1.32; the source
/// is the Go types of its module `k8s.io/api`.
struct TypeNotation {
    private(set) var types: [String: ObjectType] = [:]
    /// The names in the order of the text.
    private(set) var names: [String] = []
    private var enumerations: [String: [String]] = [:]
    private var package = TypePackage.all[0]
    private var open: OpenType?

    /// All types of all texts; a text that is no notation stops the program, since the texts are part of it.
    static func read(_ texts: [String]) -> TypeNotation {
        var notation = TypeNotation()
        // Enumerations first: a text may name those of another.
        for text in texts { notation.readEnumerations(text) }
        for text in texts { for line in text.split(separator: "\n") { notation.read(line) } }
        notation.close()
        return notation
    }

    private mutating func readEnumerations(_ text: String) {
        var alias = ""
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            if words[0] == "package" { alias = words[1] }
            if words[0] == "enum" {
                enumerations["\(alias).\(words[1])"] = words.dropFirst(2).map { $0 == "-" ? "" : $0 }
            }
        }
    }

    private mutating func read(_ line: Substring) {
        let text = line.drop { $0 == " " }
        if text.hasPrefix("# ") { return describe(String(text.dropFirst(2))) }
        let words = text.split(separator: " ").map(String.init)
        switch words[0] {
        case "enum": break
        case "package":
            close()
            guard let known = TypePackage.all.first(where: { $0.alias == words[1] }) else {
                preconditionFailure("no package \(words[1])")
            }
            package = known
        case "kind", "single", "type", "union":
            close()
            open = OpenType(form: words[0], name: words[1], isAtomic: words.dropFirst(2).contains("map=atomic"))
        default:
            let next = field(words)
            open?.fields.append(next)
        }
    }

    private mutating func describe(_ text: String) {
        guard var type = open else { return }
        if type.fields.isEmpty {
            type.summary = text
        } else {
            type.fields[type.fields.count - 1].summary = text
        }
        open = type
    }

    private mutating func close() {
        guard let type = open else { return }
        open = nil
        let isKind = type.form == "kind" || type.form == "single"
        let kind = isKind ? GroupVersionKind(package.group, package.version, type.name) : nil
        add(
            ObjectType(
                name: "\(package.prefix).\(type.name)", kind: kind, isUnion: type.form == "union",
                isAtomic: type.isAtomic, summary: type.summary, fields: type.fields.map(\.field)))
        guard type.form == "kind" else { return }
        add(
            ObjectType(
                name: "\(package.prefix).\(type.name)List",
                kind: GroupVersionKind(package.group, package.version, "\(type.name)List"),
                isUnion: false, isAtomic: false, summary: nil,
                fields: [
                    field(["1", "metadata", "meta.ListMeta"]).field, field(["2", "items!", "[\(type.name)]"]).field,
                ]))
    }

    private mutating func add(_ type: ObjectType) {
        let isNew = types.updateValue(type, forKey: type.name) == nil
        precondition(isNew, "\(type.name) is given twice")
        names.append(type.name)
    }

    private func field(_ words: [String]) -> OpenField {
        guard words.count >= 3, let number = Int(words[0]) else { preconditionFailure("no field: \(words)") }
        var field = OpenField(number: number, name: words[1], type: type(words[2]))
        switch words[1].last {
        case "!": field.presence = .required
        case "?": field.presence = .given
        case "=": field.presence = .always
        default: break
        }
        if field.presence != .nonzero { field.name.removeLast() }
        if field.name == "+" { field.name = "" }
        for word in words.dropFirst(3) { field.read(word) }
        return field
    }

    private func type(_ text: String) -> FieldType {
        if text.hasPrefix("[") { return .list(type(String(text.dropFirst().dropLast()))) }
        if text.hasPrefix("{") { return .map(type(String(text.dropFirst().dropLast()))) }
        if let scalar = ScalarType(rawValue: text) { return .scalar(scalar) }
        let parts = text.split(separator: ".").map(String.init)
        let alias = parts.count == 2 ? parts[0] : package.alias
        let name = parts[parts.count - 1]
        if let values = enumerations["\(alias).\(name)"] { return .enumeration(values) }
        guard let home = TypePackage.all.first(where: { $0.alias == alias }) else {
            preconditionFailure("no package of \(text)")
        }
        return .object("\(home.prefix).\(name)")
    }
}

/// A type whose lines are being read.
private struct OpenType {
    let form: String
    let name: String
    let isAtomic: Bool
    var summary: String?
    var fields: [OpenField] = []
}

/// A field whose line is being read.
private struct OpenField {
    let number: Int
    var name: String
    let type: FieldType
    var presence = ObjectField.Presence.nonzero
    var topology: MergeTopology?
    var patchStrategy: String?
    var patchMergeKey: String?
    var defaultValue: JSON?
    var summary: String?

    init(number: Int, name: String, type: FieldType) { (self.number, self.name, self.type) = (number, name, type) }

    mutating func read(_ word: String) {
        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 else { preconditionFailure("no attribute: \(word)") }
        let values = parts[1].split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts[0], values[0]) {
        case ("list", "set"): topology = .set
        case ("list", "map"): topology = .map(keys: values[1].split(separator: ",").map(String.init))
        case ("list", "atomic"), ("map", "atomic"): topology = .atomic
        case ("map", "granular"): topology = .granular
        case ("patch", let strategy): (patchStrategy, patchMergeKey) = (strategy, values.count > 1 ? values[1] : nil)
        case ("default", _):
            guard let value = try? JSON(parsing: Array(parts[1].utf8), source: "a default") else {
                preconditionFailure("no JSON: \(word)")
            }
            defaultValue = value
        default: preconditionFailure("no attribute: \(word)")
        }
    }

    var field: ObjectField {
        ObjectField(
            number: number, name: name, presence: presence, type: type, topology: topology,
            patchStrategy: patchStrategy, patchMergeKey: patchMergeKey, defaultValue: defaultValue, summary: summary)
    }
}
