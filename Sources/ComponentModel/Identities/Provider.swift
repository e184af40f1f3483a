// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// Who provides a component.
public struct Provider: Hashable, Sendable {
    /// The provider's name.
    public let name: String
    /// The provider's labels.
    public let labels: [Label]

    /// Names a provider; the name must not be empty.
    public init(name: String, labels: [Label] = []) throws(Fault) {
        guard !name.isEmpty else {
            throw Fault(.invalid, "the provider has no name", fix: "name who provides the component")
        }
        (self.name, self.labels) = (name, labels)
    }

    /// Reads a provider in any of its forms: an object, its text as JSON, or a plain name.
    public init(_ json: JSON?, of thing: String) throws(Fault) {
        guard let object = json.flatMap(Self.object) else {
            throw Fault(
                .invalid, "the provider of \(thing) is \(json.map { "a \($0.kindName)" } ?? "missing")",
                fix: "write provider: {name: acme.org}")
        }
        guard let name = object["name"]?.string, !name.isEmpty else {
            throw Fault(.invalid, "the provider of \(thing) has no name", fix: "write provider: {name: acme.org}")
        }
        self.name = name
        labels = try Label.list(object["labels"], of: "the provider of \(thing)")
    }

    /// The object behind a provider: schema v2 has a string there, which with labels is the text of an object.
    static func object(_ json: JSON) -> JSON? {
        guard let text = json.string else {
            guard json.object != nil else { return nil }
            return json
        }
        if text.trimmed.utf8.first == UInt8(ascii: "{"),
            let parsed = try? JSON(parsing: Array(text.utf8), source: "the provider"),
            parsed.object != nil
        {
            return parsed
        }
        return ["name": json]
    }

    /// The form of schema v2: the name, or with labels the text of an object.
    var textForm: JSON { .string(labels.isEmpty ? name : objectForm.text()) }

    /// The form of schema v3alpha1.
    var objectForm: JSON {
        labels.isEmpty ? ["name": .string(name)] : ["name": .string(name), "labels": labels.json]
    }
}
