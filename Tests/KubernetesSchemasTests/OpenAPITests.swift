// SPDX-License-Identifier: Apache-2.0

import Documents
import KubernetesSchemas
import Testing

@Suite("OpenAPI documents")
struct OpenAPITests {
    @Test("A schema keeps its words and gets what every object has")
    func component() throws {
        let schema = try fields(
            """
            spec:
              type: object
              description: What is wanted.
              properties:
                port: {x-kubernetes-int-or-string: true, description: A port.}
                limit: {x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}], pattern: '^[0-9]'}
                list: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object, required: [k], properties: {k: {type: string}}}}
                raw: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}
            """)
        let component = schema.openAPI(group: "example.org", version: "v1", kind: "Widget")
        let spec = try #require(component["properties"]?["spec"])
        #expect(spec["description"] == "What is wanted.")
        #expect(spec["properties"]?["port"]?["anyOf"] == [["type": "integer"], ["type": "string"]])
        #expect(spec["properties"]?["limit"]?["allOf"] == nil)
        #expect(spec["properties"]?["list"]?["x-kubernetes-list-map-keys"] == ["k"])
        #expect(spec["properties"]?["raw"]?["required"] == ["kind", "apiVersion"])
        #expect(
            component["x-kubernetes-group-version-kind"] == [
                ["group": "example.org", "kind": "Widget", "version": "v1"]
            ])
        #expect(component["properties"]?["apiVersion"]?["type"] == "string")
    }

    @Test("Documents of the vectors have all that they refer to", .enabled(if: Vectors.folder != nil, Vectors.reason))
    func references() throws {
        var count = 0
        for document in Vectors.definitions {
            let definition = try CustomResourceDefinition(CustomResourceDefinition.defaulted(document.root))
            for version in definition.versions {
                let openAPI = OpenAPIDocument.document(
                    group: definition.group, version: version.name, resources: [OpenAPIResource(definition, version)])
                var found: Set<String> = []
                Self.collect(openAPI, &found)
                let known = Set(
                    (openAPI["components"]?["schemas"]?.object?.keys ?? []).map { "#/components/schemas/\($0)" })
                #expect(found.isSubset(of: known), "\(document.file): \(found.subtracting(known))")
                count += found.count
            }
        }
        #expect(count >= 100)
    }

    private static func collect(_ json: JSON, _ found: inout Set<String>) {
        switch json {
        case .object(let object):
            if let reference = object["$ref"]?.string { found.insert(reference) }
            for (_, value) in object { collect(value, &found) }
        case .array(let items): items.forEach { collect($0, &found) }
        default: break
        }
    }

    @Test("Each kind has a patch that validates fields, which kubectl looks for before it applies")
    func patch() throws {
        let schema = try fields("spec: {type: object}")
        var resource = OpenAPIResource(
            kind: "Widget", listKind: "WidgetList", plural: "widgets", isNamespaced: true,
            schema: schema.openAPI(group: "example.org", version: "v1", kind: "Widget"), hasStatus: true, hasScale: true
        )
        let document = OpenAPIDocument.document(group: "example.org", version: "v1", resources: [resource])
        let root = "/apis/example.org/v1/namespaces/{namespace}/widgets/{name}"
        let patch = try #require(document["paths"]?[root]?["patch"])
        #expect(
            patch["x-kubernetes-group-version-kind"] == ["group": "example.org", "kind": "Widget", "version": "v1"])
        #expect(patch["parameters"]?.array?.contains { $0["name"] == "fieldValidation" && $0["in"] == "query" } == true)
        #expect(patch["requestBody"]?["content"]?["application/strategic-merge-patch+json"] == nil)
        #expect(document["paths"]?["\(root)/status"]?["put"] != nil)
        #expect(document["paths"]?["\(root)/scale"]?["get"]?["x-kubernetes-group-version-kind"]?["kind"] == "Scale")
        #expect(
            document["paths"]?["/apis/example.org/v1/widgets"]?["get"]?["operationId"]
                == "listExampleOrgV1WidgetForAllNamespaces")
        resource.hasStrategicMerge = true
        (resource.isNamespaced, resource.component) = (false, "io.k8s.api.core.v1.Widget")
        let core = OpenAPIDocument.document(group: "", version: "v1", resources: [resource])
        let content = core["paths"]?["/api/v1/widgets/{name}"]?["patch"]?["requestBody"]?["content"]
        #expect(content?["application/strategic-merge-patch+json"] != nil)
        #expect(core["components"]?["schemas"]?["io.k8s.api.core.v1.Widget"] != nil)
    }

    @Test("Kinds whose components have the same name do not meet in a document")
    func collisions() throws {
        let schema: JSON = ["type": "object"]
        let widget = OpenAPIResource(
            kind: "Widget", listKind: "WidgetList", plural: "widgets", isNamespaced: true, schema: schema)
        var other = widget
        other.plural = "gadgets"
        var list = widget
        (list.kind, list.listKind, list.plural) = ("WidgetList", "WidgetListList", "widgetlists")
        let document = OpenAPIDocument.document(group: "example.org", version: "v1", resources: [widget, other, list])
        #expect(document["paths"]?.object?.keys.contains { $0.hasSuffix("/widgets") } == true)
        #expect(document["paths"]?.object?.keys.contains { $0.contains("gadgets") || $0.contains("lists") } == false)
        var meta = widget
        (meta.kind, meta.listKind) = ("ObjectMeta", "ObjectMetaList")
        let group = "meta.apis.pkg.apimachinery.k8s.io"
        let hostile = OpenAPIDocument.document(group: group, version: "v1", resources: [meta])
        #expect(hostile["paths"] == [:])
    }
}
