// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesKinds
internal import KubernetesSchemas

/// The OpenAPI v3 document of a version: what `kubectl explain`, `apply` and validation ask for.
enum ServedOpenAPI {
    static func document(_ version: ServedGroup.Version) -> JSON {
        var roots: [String] = []
        let resources = version.resources.compactMap { resource -> OpenAPIResource? in
            switch resource.strategy {
            case let custom as CustomStrategy: return OpenAPIResource(custom.definition, custom.version)
            case let builtin as BuiltinStrategy:
                let name = builtin.builtin.typeName
                roots.append(name)
                return OpenAPIResource(
                    kind: resource.kind.kind, listKind: resource.listKind, plural: resource.plural,
                    isNamespaced: resource.isNamespaced, schema: TypeTable.builtin.schema(named: name) ?? [:],
                    component: name, hasStatus: resource.part("status") != nil,
                    hasScale: resource.part("scale") != nil, hasStrategicMerge: true)
            default: return nil
            }
        }
        var document = OpenAPIDocument.document(
            group: version.groupVersion.group, version: version.groupVersion.version, resources: resources)
        // What the kinds refer to; of the parts that all kinds have, the fuller description counts.
        var schemas = document["components"]?["schemas"]?.object ?? JSONObject()
        let metadata = schemas.keys.filter { TypeTable.builtin.type(named: $0) != nil }
        for (name, schema) in TypeTable.builtin.schemas(closing: roots + metadata) { schemas[name] = schema }
        document["components"]?["schemas"] = .object(schemas)
        return document
    }
}
