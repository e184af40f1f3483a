// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

extension MergeSchema {
    /// The schema of a place, from a schema of OpenAPI v3: `x-kubernetes-list-type`, `-list-map-keys`, `-map-type`,
    /// `-patch-strategy`, `-patch-merge-key`, `-preserve-unknown-fields`, `-int-or-string`, `-embedded-resource`.
    ///
    /// What cannot be understood is taken for atomic; references that lead nowhere are deduced.
    /// - Parameter lookup: finds what references name.
    public convenience init(openAPI json: JSON, lookup: @escaping Lookup = { _ in nil }) {
        self.init(.openAPI(json, OpenAPIContext(references: References(lookup), preservesUnknown: false)))
    }

    /// The schema of the objects of a resource: that of `json` with `apiVersion`, `kind` and `metadata` as every object
    /// has them, whatever the schema says of them; so a custom resource definition's schema is read.
    public convenience init(resource json: JSON, lookup: @escaping Lookup = { _ in nil }) {
        var json = json
        json["x-kubernetes-embedded-resource"] = true
        self.init(openAPI: json, lookup: lookup)
    }

    /// What references lead to, each made once.
    final class References: Sendable {
        private let lookup: Lookup
        private let known = Guarded<[String: MergeSchema]>([:])

        init(_ lookup: @escaping Lookup) { self.lookup = lookup }

        func schema(named name: String) -> MergeSchema {
            if let schema = known.withLock({ $0[name] }) { return schema }
            let schema: MergeSchema
            switch name {
            // Kinds whose JSON is not what their schema says.
            case "io.k8s.apimachinery.pkg.api.resource.Quantity":
                schema = MergeSchema(.made(Shape(scalar: .untyped)))
            case "io.k8s.apimachinery.pkg.runtime.RawExtension": schema = .opaque
            default:
                schema =
                    definition(named: name).map {
                        MergeSchema(.openAPI($0, OpenAPIContext(references: self, preservesUnknown: false)))
                    } ?? .deduced
            }
            return known.withLock { known in
                if let other = known[name] { return other }
                known[name] = schema
                return schema
            }
        }

        /// What a name stands for: no reference itself, however many lead to one another.
        private func definition(named name: String) -> JSON? {
            var name = name
            for _ in 0..<16 {
                guard let json = lookup(name) else { return nil }
                guard let next = OpenAPIContext.reference(json) else { return json }
                name = next
            }
            return nil
        }
    }

    /// What a schema inherits from those around it.
    struct OpenAPIContext: Sendable {
        let references: References
        /// Whether members that are not named are kept.
        let preservesUnknown: Bool
    }
}

extension MergeSchema.OpenAPIContext {
    typealias Shape = MergeSchema.Shape

    func shape(of json: JSON) -> Shape {
        if let name = Self.reference(json) { return references.schema(named: name).shape(override: json) }
        var inner = self
        if json["x-kubernetes-preserve-unknown-fields"]?.bool == true {
            inner = MergeSchema.OpenAPIContext(references: references, preservesUnknown: true)
        }
        switch json["type"]?.string {
        case nil: return Shape(scalar: .untyped, list: inner.list(json), map: inner.map(json))
        case "object": return Shape(map: inner.map(json))
        case "array": return Shape(list: inner.list(json))
        case "integer", "number": return Shape(scalar: .numeric)
        case "boolean": return Shape(scalar: .boolean)
        case "string":
            let format = json["format"]?.string ?? ""
            return Shape(scalar: format.isEmpty || format == "byte" ? .string : .untyped)
        default: return Shape(scalar: .untyped)
        }
    }

    /// The schema of a part of a schema.
    private func schema(_ json: JSON) -> MergeSchema {
        if let name = Self.reference(json) {
            let schema = references.schema(named: name)
            switch json["x-kubernetes-map-type"]?.string {
            case "atomic": return MergeSchema(.atomicMap(schema, isAtomic: true))
            case "granular": return MergeSchema(.atomicMap(schema, isAtomic: false))
            default: return schema
            }
        }
        return MergeSchema(.openAPI(json, self))
    }

    /// The name that a reference ends with, also when it stands alone in `allOf`, so that a default can stand beside.
    static func reference(_ json: JSON) -> String? {
        var text = json["$ref"]?.string
        if text == nil, let all = json["allOf"]?.array, all.count == 1 { text = all[0]["$ref"]?.string }
        guard let name = text?.split(separator: "/", omittingEmptySubsequences: false).last, !name.isEmpty else {
            return nil
        }
        return String(name)
    }

    private func list(_ json: JSON) -> MergeSchema.List {
        MergeSchema.List(relation: relation(json), element: json["items"].map { schema($0) } ?? .opaque)
    }

    private func relation(_ json: JSON) -> MergeSchema.List.Relation {
        switch json["x-kubernetes-list-type"]?.string {
        case "set": return .set
        case "map":
            let keys = Set((json["x-kubernetes-list-map-keys"]?.array ?? []).compactMap(\.string))
            return keys.isEmpty ? .atomic : .map(keys: keys.sorted { $0.precedesByScalars($1) })
        case .some: return .atomic
        case nil: break
        }
        switch json["x-kubernetes-patch-strategy"]?.string {
        case "merge", "merge,retainKeys":
            return json["x-kubernetes-patch-merge-key"]?.string.map { .map(keys: [$0]) } ?? .set
        default: return .atomic
        }
    }

    private func map(_ json: JSON) -> MergeSchema.Map {
        var fields: [String: MergeSchema.Field] = [:]
        for (name, member) in json["properties"]?.object ?? JSONObject() {
            fields[name] = MergeSchema.Field(
                schema: schema(member), defaultValue: member["default"], directives: Self.directives(member))
        }
        let hasProperties = !fields.isEmpty
        if json["x-kubernetes-embedded-resource"]?.bool == true { addObjectFields(&fields) }
        let rest: MergeSchema?
        switch json["additionalProperties"] {
        case nil, .null: rest = preservesUnknown || !hasProperties ? .deduced : nil
        case .bool(let isAllowed): rest = isAllowed ? .deduced : nil
        case .some(let other): rest = schema(other)
        }
        return MergeSchema.Map(
            fields: fields, rest: rest, isAtomic: json["x-kubernetes-map-type"]?.string == "atomic")
    }

    /// Members that every object has.
    private func addObjectFields(_ fields: inout [String: MergeSchema.Field]) {
        let text = MergeSchema(.made(Shape(scalar: .string)))
        for (name, schema) in [("apiVersion", text), ("kind", text), ("metadata", MergeSchema.objectMetadata)] {
            fields[name] = MergeSchema.Field(
                schema: schema, defaultValue: nil, directives: MergeSchema.PatchDirectives())
        }
    }

    private static func directives(_ json: JSON) -> MergeSchema.PatchDirectives {
        // `retainKeys` says only how patches are computed.
        let strategies = json["x-kubernetes-patch-strategy"]?.string?.split(separator: ",").map(String.init) ?? []
        return MergeSchema.PatchDirectives(
            strategy: strategies.first { $0 != "retainKeys" }, mergeKey: json["x-kubernetes-patch-merge-key"]?.string)
    }
}

extension MergeSchema {
    /// The shape, with what a schema that refers to it says of objects.
    fileprivate func shape(override json: JSON) -> Shape {
        switch json["x-kubernetes-map-type"]?.string {
        case "atomic": shape.withAtomicMap(true)
        case "granular": shape.withAtomicMap(false)
        default: shape
        }
    }
}
