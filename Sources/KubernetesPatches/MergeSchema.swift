// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// How the values of a place merge, and who can own which part of them.
///
/// Built from a schema of OpenAPI v3 and made out only as far as objects reach into it, so that schemas that contain
/// themselves are fine. Shared, not copied.
public final class MergeSchema: Sendable {
    /// Finds the schema that a reference names by the part behind its last slash.
    public typealias Lookup = @Sendable (_ name: String) -> JSON?

    /// The forms a value of the place can have; several where the schema names no type.
    final class Shape: Sendable {
        let scalar: Scalar?
        let list: List?
        let map: Map?

        init(scalar: Scalar? = nil, list: List? = nil, map: Map? = nil) {
            (self.scalar, self.list, self.map) = (scalar, list, map)
        }

        /// The shape with objects as wholes or not.
        func withAtomicMap(_ isAtomic: Bool) -> Shape {
            Shape(
                scalar: scalar, list: list,
                map: map.map { Map(fields: $0.fields, rest: $0.rest, isAtomic: isAtomic) })
        }
    }

    /// Which scalars are accepted.
    enum Scalar: Sendable { case numeric, string, boolean, untyped }

    /// How a list merges.
    final class List: Sendable {
        /// How its elements are told apart.
        enum Relation: Sendable, Equatable {
            /// Not at all: the list is replaced as a whole.
            case atomic
            /// By their values.
            case set
            /// By the values of these members, sorted by name.
            case map(keys: [String])
        }
        let relation: Relation
        let element: MergeSchema

        init(relation: Relation, element: MergeSchema) { (self.relation, self.element) = (relation, element) }
    }

    /// How an object merges.
    final class Map: Sendable {
        let fields: [String: Field]
        /// How members merge that `fields` does not name; nil when there must be none.
        let rest: MergeSchema?
        let isAtomic: Bool

        init(fields: [String: Field], rest: MergeSchema?, isAtomic: Bool) {
            (self.fields, self.rest, self.isAtomic) = (fields, rest, isAtomic)
        }

        /// The schema of a member; nil when the schema has no place for it.
        func schema(of name: String) -> MergeSchema? { fields[name]?.schema ?? rest }

        /// Whether nothing is known of the members.
        var isDeduced: Bool { fields.isEmpty && (rest?.isDeduced ?? false) }
    }

    /// A named member of an object.
    struct Field: Sendable {
        let schema: MergeSchema
        let defaultValue: JSON?
        let directives: PatchDirectives
    }

    /// What strategic merge patches need to know of a member.
    struct PatchDirectives: Sendable, Equatable {
        /// What becomes of a list or an object: `merge`, `replace`, or nothing said.
        var strategy: String?
        /// The member by which the elements of a list are told apart.
        var mergeKey: String?
    }

    /// Where the shape comes from until it is made out.
    enum Source: Sendable {
        case made(Shape)
        /// The values decide: objects are granular, lists atomic.
        case deduced
        /// Atomic, whatever the values are.
        case opaque
        case openAPI(JSON, OpenAPIContext)
        case atomicMap(MergeSchema, isAtomic: Bool)
    }

    /// Whether it is the schema of places of which nothing is known.
    let isDeduced: Bool
    private let source: Source
    private let cached = Guarded<Shape?>(nil)

    init(_ source: Source) {
        self.source = source
        if case .deduced = source { isDeduced = true } else { isDeduced = false }
    }

    /// The schema of places of which nothing is known: objects merge by member, lists are replaced.
    public static let deduced = MergeSchema(.deduced)
    /// The schema of values that are replaced as a whole.
    public static let opaque = MergeSchema(.opaque)

    var shape: Shape {
        if let shape = cached.withLock({ $0 }) { return shape }
        let made: Shape
        switch source {
        case .made(let shape): made = shape
        case .deduced:
            made = Shape(
                scalar: .untyped, list: List(relation: .atomic, element: .opaque),
                map: Map(fields: [:], rest: .deduced, isAtomic: false))
        case .opaque:
            made = Shape(
                scalar: .untyped, list: List(relation: .atomic, element: .opaque),
                map: Map(fields: [:], rest: .opaque, isAtomic: true))
        case .openAPI(let json, let context): made = context.shape(of: json)
        case .atomicMap(let other, let isAtomic):
            made = other.shape.withAtomicMap(isAtomic)
        }
        cached.withLock { $0 = made }
        return made
    }

    /// One of the forms of a shape.
    enum Form {
        case map(Map)
        case scalar(Scalar)
        case list(List)
        /// The schema accepts no value.
        case none

        /// Whether both are the same of the forms.
        func isSameKind(as other: Form) -> Bool {
            switch (self, other) {
            case (.map, .map), (.scalar, .scalar), (.list, .list), (.none, .none): true
            default: false
            }
        }
    }

    /// The form under which a value is handled: its own where the schema has it, else the first that the schema has.
    func form(of value: JSON?) -> Form {
        let shape = shape
        switch value {
        case .bool, .number, .string: if let scalar = shape.scalar { return .scalar(scalar) }
        case .array: if let list = shape.list { return .list(list) }
        case .object: if let map = shape.map { return .map(map) }
        case .null, nil: break
        }
        if let map = shape.map { return .map(map) }
        if let scalar = shape.scalar { return .scalar(scalar) }
        if let list = shape.list { return .list(list) }
        return .none
    }
}
