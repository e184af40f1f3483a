// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesKinds
import Testing

@Suite("Types of the built-in kinds")
struct TypeTests {
    private let table = TypeTable.builtin
    private let metadata = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"

    @Test("every kind has a type with metadata and a list", arguments: BuiltinKinds.all.filter(\.isStored))
    func hasTypes(kind: BuiltinKind) throws {
        let type = try #require(table.type(of: kind.kind))
        #expect(type.name == kind.typeName)
        #expect(type.fields.first { $0.name == "metadata" }?.type == .object(metadata))
        let list = GroupVersionKind(kind.kind.group, kind.kind.version, "\(kind.kind.kind)List")
        #expect(table.type(of: list)?.field(numbered: 2)?.type == .list(.object(type.name)))
    }

    @Test("the schemas of every kind close over their references", arguments: BuiltinKinds.all)
    func closes(kind: BuiltinKind) throws {
        let schemas = table.schemas(closing: [kind.typeName])
        let own = try #require(schemas[kind.typeName])
        #expect(own["x-kubernetes-group-version-kind"]?[0]?["kind"] == .string(kind.kind.kind))
        for (name, schema) in schemas {
            for reference in Self.references(in: schema) {
                #expect(reference.hasPrefix(TypeTable.schemaPrefix))
                let target = String(reference.dropFirst(TypeTable.schemaPrefix.count))
                #expect(schemas[target] != nil, "\(name) refers to \(reference)")
            }
        }
    }

    @Test("fields of a type have names and numbers of their own", arguments: TypeTable.builtin.names)
    func differs(name: String) throws {
        let type = try #require(table.type(named: name))
        let names = table.jsonFields(of: type).map(\.name)
        #expect(Set(names).count == names.count)
        #expect(Set(type.fields.map(\.number)).count == type.fields.count)
        for field in table.jsonFields(of: type) {
            if case .enumeration(let values) = field.type { #expect(values.count > 1, "\(field.name)") }
            // Keys by which lists merge are fields of their items.
            guard case .list(.object(let item)) = field.type, let item = table.type(named: item) else { continue }
            let itemNames = Set(table.jsonFields(of: item).map(\.name))
            if case .map(let keys)? = field.topology { #expect(itemNames.isSuperset(of: keys)) }
            if let key = field.patchMergeKey { #expect(itemNames.contains(key)) }
        }
    }

    @Test("fields have the schemas of Kubernetes", arguments: schemas)
    func hasSchema(type: String, field: String, json: JSON) throws {
        let name = try #require(table.names.first { $0.hasSuffix(".\(type)") })
        var schema = try #require(table.schema(named: name)?["properties"]?[field])
        schema["description"] = nil
        #expect(schema == json, "\(schema.pretty())")
    }

    static let schemas: [(String, String, JSON)] = [
        (
            "core.v1.PodSpec", "containers",
            [
                "type": "array", "items": ["$ref": "#/components/schemas/io.k8s.api.core.v1.Container"],
                "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge",
            ]
        ),
        (
            "core.v1.PodSpec", "volumes",
            [
                "type": "array", "items": ["$ref": "#/components/schemas/io.k8s.api.core.v1.Volume"],
                "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge,retainKeys",
            ]
        ),
        (
            "core.v1.Container", "ports",
            [
                "type": "array", "items": ["$ref": "#/components/schemas/io.k8s.api.core.v1.ContainerPort"],
                "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["containerPort", "protocol"],
                "x-kubernetes-patch-merge-key": "containerPort", "x-kubernetes-patch-strategy": "merge",
            ]
        ),
        (
            "core.v1.ContainerPort", "protocol",
            [
                "type": "string", "default": "TCP", "enum": ["SCTP", "TCP", "UDP"],
            ]
        ),
        (
            "core.v1.TCPSocketAction", "port",
            [
                "$ref": "#/components/schemas/io.k8s.apimachinery.pkg.util.intstr.IntOrString"
            ]
        ),
        (
            "core.v1.ServiceSpec", "selector",
            [
                "type": "object", "additionalProperties": ["type": "string"], "x-kubernetes-map-type": "atomic",
            ]
        ),
        (
            "core.v1.ResourceRequirements", "limits",
            [
                "type": "object",
                "additionalProperties": ["$ref": "#/components/schemas/io.k8s.apimachinery.pkg.api.resource.Quantity"],
            ]
        ),
        ("core.v1.Secret", "data", ["type": "object", "additionalProperties": ["type": "string", "format": "byte"]]),
        ("apps.v1.DeploymentSpec", "replicas", ["type": "integer", "format": "int32"]),
        (
            "apps.v1.DeploymentSpec", "strategy",
            [
                "allOf": [["$ref": "#/components/schemas/io.k8s.api.apps.v1.DeploymentStrategy"]],
                "x-kubernetes-patch-strategy": "retainKeys",
            ]
        ),
        (
            "meta.v1.ObjectMeta", "finalizers",
            [
                "type": "array", "items": ["type": "string"], "x-kubernetes-list-type": "set",
                "x-kubernetes-patch-strategy": "merge",
            ]
        ),
        (
            "meta.v1.ObjectMeta", "ownerReferences",
            [
                "type": "array",
                "items": ["$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference"],
                "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["uid"],
                "x-kubernetes-patch-merge-key": "uid", "x-kubernetes-patch-strategy": "merge",
            ]
        ),
    ]

    @Test("what has to be given is required", arguments: required)
    func requires(type: String, fields: [String]) throws {
        let name = try #require(table.names.first { $0.hasSuffix(".\(type)") })
        #expect(table.schema(named: name)?["required"]?.array?.compactMap(\.string) ?? [] == fields)
    }

    static let required = [
        ("apps.v1.DeploymentSpec", ["selector", "template"]), ("core.v1.Container", ["name"]),
        ("core.v1.PodSpec", ["containers"]), ("batch.v1.CronJobSpec", ["schedule", "jobTemplate"]),
        ("rbac.v1.RoleBinding", ["roleRef"]), ("core.v1.ConfigMap", []), ("core.v1.ServicePort", ["port"]),
        ("meta.v1.OwnerReference", ["apiVersion", "kind", "name", "uid"]),
    ]

    private static func references(in json: JSON) -> [String] {
        switch json {
        case .object(let object):
            // A field may have that name as well; then its schema is an object.
            object.flatMap { key, value in
                key == "$ref" ? value.string.map { [$0] } ?? references(in: value) : references(in: value)
            }
        case .array(let items): items.flatMap { references(in: $0) }
        default: []
        }
    }
}
