// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

@testable import KubernetesPatches

@Suite("Schemas of merging") struct MergeSchemaTests {
    private static func text(_ schema: MergeSchema) -> String {
        let shape = schema.shape
        var parts: [String] = []
        if let scalar = shape.scalar { parts.append("\(scalar)") }
        if let list = shape.list {
            switch list.relation {
            case .atomic: parts.append("atomic list")
            case .set: parts.append("set")
            case .map(let keys): parts.append("list by \(keys.joined(separator: "+"))")
            }
        }
        if let map = shape.map {
            let rest = map.rest.map { $0.isDeduced ? "deduced" : "typed" } ?? "nothing"
            parts.append(
                "\(map.isAtomic ? "atomic " : "")map of \(map.fields.keys.sorted().joined(separator: ","))+\(rest)")
        }
        return parts.joined(separator: ", ")
    }

    static let shapes: [(schema: String, shape: String)] = [
        ("{type: integer}", "numeric"), ("{type: number}", "numeric"), ("{type: boolean}", "boolean"),
        ("{type: string}", "string"),
        ("{type: string, format: byte}", "string"), ("{type: string, format: int-or-string}", "untyped"),
        ("{type: string, format: date-time}", "untyped"),
        ("{type: strange}", "untyped"), ("{}", "untyped, atomic list, map of +deduced"),
        ("{x-kubernetes-int-or-string: true}", "untyped, atomic list, map of +deduced"),
        ("{type: object}", "map of +deduced"), ("{type: object, properties: {a: {type: string}}}", "map of a+nothing"),
        ("{type: object, additionalProperties: {type: string}}", "map of +typed"),
        ("{type: object, additionalProperties: true}", "map of +deduced"),
        ("{type: object, additionalProperties: false}", "map of +nothing"),
        ("{type: object, properties: {a: {}}, x-kubernetes-preserve-unknown-fields: true}", "map of a+deduced"),
        ("{type: object, x-kubernetes-map-type: atomic}", "atomic map of +deduced"),
        ("{type: object, x-kubernetes-map-type: granular}", "map of +deduced"),
        (
            "{type: object, x-kubernetes-embedded-resource: true, properties: {a: {}}}",
            "map of a,apiVersion,kind,metadata+nothing"
        ),
        ("{type: array, items: {type: string}}", "atomic list"), ("{type: array}", "atomic list"),
        ("{type: array, x-kubernetes-list-type: set}", "set"),
        ("{type: array, x-kubernetes-list-type: atomic, x-kubernetes-patch-strategy: merge}", "atomic list"),
        ("{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [b, a, b]}", "list by a+b"),
        ("{type: array, x-kubernetes-list-type: map}", "atomic list"),
        ("{type: array, x-kubernetes-list-type: other}", "atomic list"),
        ("{type: array, x-kubernetes-patch-strategy: merge, x-kubernetes-patch-merge-key: name}", "list by name"),
        ("{type: array, x-kubernetes-patch-strategy: merge}", "set"),
        ("{type: array, x-kubernetes-patch-strategy: replace}", "atomic list"),
        (
            "{type: array, x-kubernetes-patch-strategy: 'merge,retainKeys', x-kubernetes-patch-merge-key: name}",
            "list by name"
        ),
        ("{$ref: '#/components/schemas/Known'}", "atomic map of a+nothing"),
        ("{allOf: [{$ref: '#/components/schemas/Known'}], default: {}}", "atomic map of a+nothing"),
        ("{$ref: '#/components/schemas/Known', x-kubernetes-map-type: granular}", "map of a+nothing"),
        ("{$ref: '#/components/schemas/Missing'}", "untyped, atomic list, map of +deduced"),
        ("{$ref: '#/'}", "untyped, atomic list, map of +deduced"),
        ("{$ref: '#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity'}", "untyped"),
        (
            "{$ref: '#/components/schemas/io.k8s.apimachinery.pkg.runtime.RawExtension'}",
            "untyped, atomic list, atomic map of +typed"
        ),
        ("text", "untyped, atomic list, map of +deduced"),
    ]

    private static let lookup: MergeSchema.Lookup = {
        $0 == "Known" ? yaml("{type: object, x-kubernetes-map-type: atomic, properties: {a: {type: string}}}") : nil
    }

    @Test("a schema says how its place merges", arguments: shapes)
    func shape(schema: String, shape: String) {
        #expect(Self.text(MergeSchema(openAPI: yaml(schema), lookup: Self.lookup)) == shape)
    }

    @Test("what is kept unknown is so for all that stands below, but not behind references")
    func preserving() {
        let schema = MergeSchema(
            openAPI: yaml(
                """
                {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: object, properties: {b: {type: object, properties: {c: {}}}}},
                 r: {$ref: '#/components/schemas/Known', x-kubernetes-map-type: granular}}}
                """), lookup: Self.lookup)
        let fields = schema.shape.map?.fields
        #expect(fields?["a"].map { Self.text($0.schema) } == "map of b+deduced")
        #expect(fields?["a"]?.schema.shape.map?.fields["b"].map { Self.text($0.schema) } == "map of c+deduced")
        #expect(fields?["r"].map { Self.text($0.schema) } == "map of a+nothing")
    }

    @Test("schemas that contain themselves are followed as far as objects go, and each is made once")
    func recursion() throws {
        let lookup: MergeSchema.Lookup = { name in
            name == "Node"
                ? yaml(
                    "{type: object, properties: {next: {$ref: '#/components/schemas/Node'}, tags: {type: array, items: {type: string}, x-kubernetes-list-type: set}}}"
                ) : nil
        }
        let schema = MergeSchema(
            openAPI: yaml("{type: object, properties: {root: {$ref: '#/components/schemas/Node'}}}"), lookup: lookup)
        let root = schema.shape.map?.fields["root"]?.schema
        #expect(root === root?.shape.map?.fields["next"]?.schema)
        func nested(_ depth: Int) -> JSON { depth == 0 ? ["tags": ["x"]] : ["next": nested(depth - 1)] }
        let set = try TypedValue(["root": nested(100)], schema).fieldSet()
        #expect(set.paths.count == 1 && set.paths[0].elements.count == 103)
        // A reference to itself leads nowhere.
        let loop = MergeSchema(
            openAPI: yaml("{$ref: '#/components/schemas/Loop'}"),
            lookup: { _ in yaml("{$ref: '#/components/schemas/Loop'}") })
        #expect(throws: Never.self) { try TypedValue(["a": 1], loop).fieldSet() }
    }

    @Test("strategic directives belong to the member, not to what it refers to")
    func directives() {
        let containers = Schemas.deployment.shape.map?.fields["spec"]?.schema.shape.map?.fields["template"]?.schema
            .shape.map?.fields["spec"]?.schema
            .shape.map?.fields["containers"]
        #expect(containers?.directives == .init(strategy: "merge", mergeKey: "name"))
        let volumes = Schemas.deployment.shape.map?.fields["spec"]?.schema.shape.map?.fields["template"]?.schema.shape
            .map?.fields["spec"]?.schema
            .shape.map?.fields["volumes"]
        #expect(volumes?.directives == .init(strategy: "merge", mergeKey: "name"))
    }

    /// Lists of named elements: left, right, and what both make.
    static let orders: [(left: String, right: String, merged: String)] = [
        ("abc", "", "abc"), ("", "abc", "abc"), ("abc", "abc", "abc"), ("abc", "cba", "cba"), ("abc", "d", "abcd"),
        ("abc", "bd", "abcd"), ("abcd", "db", "acdb"),
        ("ab", "cad", "cabd"), ("abcdef", "xbye", "axbcdyef"), ("ab", "ba", "ba"), ("abcde", "eca", "bdeca"),
        ("ac", "abc", "abc"),
    ]

    @Test("elements of a set keep their place where the applied order lets them", arguments: orders)
    func order(left: String, right: String, merged: String) throws {
        let schema = MergeSchema(openAPI: yaml("{type: array, x-kubernetes-list-type: set, items: {type: string}}"))
        let lists = [left, right].map { text in JSON.array(text.map { .string(String($0)) }) }
        let result = try TypedValue(lists[0], schema).merging(TypedValue(lists[1], schema))
        #expect((result.value.array ?? []).compactMap(\.string).joined() == merged)
    }
}
