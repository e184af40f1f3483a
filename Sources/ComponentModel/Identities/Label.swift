// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// A label of a component, provider, resource, source or reference; fields we do not know are kept.
public struct Label: Hashable, Sendable {
    /// The whole object.
    public let json: JSON

    /// Its name, unique in its list.
    public var name: String { json["name"]?.string ?? "" }
    /// Its value, any JSON.
    public var value: JSON { json["value"] ?? .null }
    /// The version of the value's form, `v1`.
    public var version: String? { json["version"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
    /// Whether signatures cover it.
    public var isSigned: Bool { json["signing"] == .bool(true) || json["signing"] == .string("true") }

    /// A new label.
    public init(name: String, value: JSON, version: String? = nil, isSigned: Bool = false) throws(Fault) {
        var json: JSON = ["name": .string(name), "value": value]
        if let version { json["version"] = .string(version) }
        if isSigned { json["signing"] = true }
        try self.init(json, of: "a new label")
    }

    /// Reads a label of `thing`.
    ///
    /// Throws `.invalid` without a name or a value, for a version that is not `v` and a number, and for a `signing`
    /// that is not true or false.
    public init(_ json: JSON, of thing: String) throws(Fault) {
        guard json.object != nil else {
            throw Fault(.invalid, "a label of \(thing) is a \(json.kindName), not an object")
        }
        guard let name = json["name"]?.string, !name.isEmpty else {
            throw Fault(.invalid, "a label of \(thing) has no name", fix: "add “name”")
        }
        guard json["value"] != nil else {
            throw Fault(.invalid, "the label “\(name)” of \(thing) has no value", fix: "add “value”")
        }
        switch json["version"] {
        case nil, .null, .string(""): break
        case .string(let version) where Self.isVersion(version): break
        default:
            throw Fault(.invalid, "the version of the label “\(name)” of \(thing) is not one", fix: "write it as v1")
        }
        switch json["signing"] {
        case nil, .null, .bool, .string("true"), .string("false"): break
        default: throw Fault(.invalid, "“signing” of the label “\(name)” of \(thing) is not true or false")
        }
        self.json = json
    }

    /// Wraps an object that was checked before.
    init(checked json: JSON) { self.json = json }

    /// All labels of a list, `null` or absent being none; throws `.invalid` when a name occurs twice.
    public static func list(_ json: JSON?, of thing: String) throws(Fault) -> [Label] {
        guard let json, json != .null else { return [] }
        guard let items = json.array else {
            throw Fault(.invalid, "the labels of \(thing) are a \(json.kindName), not a list")
        }
        var labels: [Label] = []
        var names: Set<String> = []
        for item in items {
            let label = try Label(item, of: thing)
            guard names.insert(label.name).inserted else {
                throw Fault(.invalid, "\(thing) has two labels “\(label.name)”", fix: "keep one of them")
            }
            labels.append(label)
        }
        return labels
    }

    static func checkedList(_ json: JSON?) -> [Label] { json?.array?.map(Label.init(checked:)) ?? [] }

    private static func isVersion(_ text: String) -> Bool {
        text.utf8.count >= 2 && text.hasPrefix("v") && text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }
}

extension [Label] {
    /// The label of that name.
    public subscript(name: String) -> Label? { first { $0.name == name } }

    var json: JSON { .array(map(\.json)) }

    /// The list as an optional field. Not `isEmpty ? nil : …`: `nil` is a literal of `JSON` too, and would be `null`.
    var field: JSON? {
        guard !isEmpty else { return nil }
        return json
    }
}
