// SPDX-License-Identifier: Apache-2.0

public import Documents

/// A kind of operation: what it is given, what it yields, and how it stands among others.
public struct OperationType: Sendable {
    /// What specifications call it, with its version: `downloader.component.ctf/v1alpha1`.
    public let name: String
    /// Its other names.
    public let aliases: [String]
    /// What it does, in one sentence.
    public let summary: String
    /// The JSON schema of its properties.
    public let properties: JSON
    /// The JSON schema of what it yields.
    public let outputs: JSON
    /// A part of a specification, YAML, in which the operation stands; empty when there is none.
    public let example: String
    /// What it does to the component version that its content comes from.
    public let role: Role

    /// How an operation stands to a component version beyond what its expressions say.
    public enum Role: Sendable {
        /// It reads or changes contents.
        case ordinary
        /// It reads the component version that contents come from.
        case readsVersion
        /// It gives a content a new place, which the descriptor written later is to name.
        case placesContent
        /// It writes or completes a descriptor; it waits for the operations listed before it that place contents of that component.
        case writesDescriptor
    }

    /// Describes a kind of operation by schemas.
    public init(
        _ name: String, aliases: [String] = [], summary: String, properties: JSON, outputs: JSON,
        role: Role = .ordinary, example: String = ""
    ) {
        (self.name, self.aliases, self.summary) = (name, aliases, summary)
        (self.properties, self.outputs) = (properties, outputs)
        (self.role, self.example) = (role, example)
    }

    /// Describes a kind of operation by the names of what it is given and what it yields.
    public init(
        _ name: String, aliases: [String] = [], summary: String, properties: [Property], outputs: [Property],
        role: Role = .ordinary, example: String = ""
    ) {
        self.init(
            name, aliases: aliases, summary: summary, properties: Property.schema(properties),
            outputs: Property.schema(outputs),
            role: role, example: example)
    }
}

/// One named value that an operation is given or yields.
public struct Property: Sendable {
    /// Its name.
    public let name: String
    /// Its JSON schema, with its description.
    public let schema: JSON
    /// Whether it must be there.
    public let isRequired: Bool

    /// A value that must be there.
    public static func required(_ name: String, _ schema: JSON, _ description: String) -> Property {
        Property(name: name, schema: schema.described(description), isRequired: true)
    }

    /// A value that may be missing.
    public static func optional(_ name: String, _ schema: JSON, _ description: String) -> Property {
        Property(name: name, schema: schema.described(description), isRequired: false)
    }

    static func schema(_ properties: [Property]) -> JSON {
        var members = JSONObject()
        for property in properties { members[property.name] = property.schema }
        return [
            "type": "object", "properties": .object(members),
            "required": .array(properties.filter(\.isRequired).map { .string($0.name) }),
        ]
    }
}

extension JSON {
    fileprivate func described(_ text: String) -> JSON {
        var schema = self
        schema["description"] = .string(text)
        return schema
    }
}

extension JSON {
    /// The schema of anything; what a specification writes there is the type that expressions see.
    public static let anySchema: JSON = [:]
    /// The schema of a text.
    public static let textSchema: JSON = ["type": "string"]
    /// The schema of a whole number.
    public static let integerSchema: JSON = ["type": "integer"]
    /// The schema of true or false.
    public static let booleanSchema: JSON = ["type": "boolean"]
    /// The schema of an object whose members are not prescribed: a repository, a descriptor, a resource.
    public static let objectSchema: JSON = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
    /// The schema of a content on its way, as `OperationContext.file(for:)` makes it.
    public static let fileSchema: JSON = objectSchema
    /// The schema of a list.
    public static func listSchema(of items: JSON) -> JSON { ["type": "array", "items": items] }
    /// The schema of one of some texts.
    public static func choiceSchema(_ choices: [String]) -> JSON {
        ["type": "string", "enum": .array(choices.map { .string($0) })]
    }
    /// The schema of an object with these members and no others.
    public static func objectSchema(_ members: [Property]) -> JSON { Property.schema(members) }
}
