// SPDX-License-Identifier: Apache-2.0

public import Documents
public import Kubernetes

/// The type of an object within the built-in kinds: its fields in JSON and in protobuf.
public struct ObjectType: Sendable {
    /// What OpenAPI calls it: `io.k8s.api.apps.v1.DeploymentSpec`.
    public let name: String
    /// The kind whose objects have this type; nil for parts of objects.
    public let kind: GroupVersionKind?
    /// Whether its JSON is one of its fields instead of an object of them; only types of JSON schemas are.
    public let isUnion: Bool
    /// Whether it merges as a whole.
    public let isAtomic: Bool
    /// What it is for; nil for most.
    public let summary: String?
    /// The fields as the protobuf form has them.
    public let fields: [ObjectField]

    /// The last part of the name.
    public var shortName: String { name.split(separator: ".").last.map(String.init) ?? name }

    /// The field with a number of the protobuf form.
    public func field(numbered number: Int) -> ObjectField? {
        // Numbers nearly always stand in order and without gaps.
        if fields.indices.contains(number - 1), fields[number - 1].number == number { return fields[number - 1] }
        return fields.first { $0.number == number }
    }
}

/// A field of a type.
public struct ObjectField: Sendable {
    /// When the JSON form has the field.
    public enum Presence: Sendable {
        /// Always; clients have to give it.
        case required
        /// Always, but clients need not give it.
        case always
        /// When it was given, be it zero.
        case given
        /// When it is not zero or empty.
        case nonzero
    }

    /// The number in the protobuf form.
    public let number: Int
    /// The name in JSON; empty when the fields of its type stand in place of it.
    public let name: String
    /// When the JSON form has it.
    public let presence: Presence
    /// What it holds.
    public let type: FieldType
    /// How its list or map merges; nil when nothing is said.
    public let topology: MergeTopology?
    /// How patches merge it: `merge`, `replace`, `retainKeys` or `merge,retainKeys`.
    public let patchStrategy: String?
    /// The member that tells apart the items of a list that is merged by patches.
    public let patchMergeKey: String?
    /// The value where none is given.
    public let defaultValue: JSON?
    /// What it means; nil for most.
    public let summary: String?

    /// Whether the fields of its type stand in place of it in JSON.
    public var isInline: Bool { name.isEmpty }
}
