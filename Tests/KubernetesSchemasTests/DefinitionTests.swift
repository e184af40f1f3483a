// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesSchemas
import Testing

@Suite("Definitions of kinds")
struct DefinitionTests {
    private static func widget() throws -> JSON {
        CustomResourceDefinition.defaulted(
            try yaml(
                """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: widgets.example.org}
                spec:
                  group: example.org
                  scope: Namespaced
                  names: {plural: widgets, kind: Widget, shortNames: [wd], categories: [all]}
                  versions:
                  - name: v1
                    served: true
                    storage: true
                    schema:
                      openAPIV3Schema:
                        type: object
                        properties:
                          spec: {type: object, properties: {color: {type: string}, replicas: {type: integer}, list: {type: array, items: {type: string}}}}
                          status: {type: object, properties: {replicas: {type: integer}, selector: {type: string}}}
                    subresources:
                      status: {}
                      scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas, labelSelectorPath: .status.selector}
                    additionalPrinterColumns:
                    - {name: Color, type: string, jsonPath: .spec.color}
                    selectableFields: [{jsonPath: .spec.color}]
                """))
    }

    @Test("A definition has what a server needs")
    func parts() throws {
        let definition = try CustomResourceDefinition(Self.widget())
        #expect(definition.name == "widgets.example.org")
        #expect(definition.names.singular == "widget")
        #expect(definition.names.listKind == "WidgetList")
        #expect(definition.isNamespaced)
        let version = definition.storageVersion
        #expect(version.hasStatus && version.isServed)
        #expect(version.columns.columns.map(\.name) == ["Color"])
        let object: JSON = ["spec": ["color": "red", "replicas": 2], "status": ["replicas": 1]]
        #expect(version.selectableFields.map { "\($0.name)=\($0.value(in: object))" } == ["spec.color=red"])
        #expect(version.selectableFields[0].value(in: [:]) == "")
        let scale = try #require(version.scale)
        #expect(ScalePaths.value(at: scale.specReplicas, in: object) == 2)
        #expect(ScalePaths.set(5, at: scale.specReplicas, in: object)["spec"]?["replicas"] == 5)
        #expect(scale.errors(in: object) == [])
        #expect(
            scale.errors(in: ["spec": ["replicas": -1], "status": ["replicas": 5_000_000_000]]).map(\.description) == [
                ".spec.replicas: Invalid value: -1: should be a non-negative integer",
                ".status.replicas: Invalid value: 5000000000: should be less than or equal to 2147483647",
            ])
    }

    /// A path into the definition, the value that stands there then (nil for none), and what is said.
    private static let rows: [([String], JSON?, [String])] = [
        (
            ["metadata", "name"], "other.example.org",
            [#"metadata.name: Invalid value: "other.example.org": must be spec.names.plural+"."+spec.group"#]
        ),
        (
            ["spec", "scope"], "Global",
            [#"spec.scope: Unsupported value: "Global": supported values: "Cluster", "Namespaced""#]
        ),
        (["spec", "scope"], nil, ["spec.scope: Required value"]),
        (
            ["spec", "names", "kind"], "wi.dget",
            [
                #"spec.names.kind: Invalid value: "wi.dget": may have mixed case, but should otherwise match: a DNS-1035 label"#
            ]
        ),
        (
            ["spec", "names", "listKind"], "Widget",
            [#"spec.names.listKind: Invalid value: "Widget": kind and listKind may not be the same"#]
        ),
        (["spec", "names", "shortNames"], ["W"], [#"spec.names.shortNames[0]: Invalid value: "W": a DNS-1035 label"#]),
        (["spec", "preserveUnknownFields"], true, ["spec.preserveUnknownFields: Invalid value: true: must be false"]),
        (
            ["spec", "conversion"], ["strategy": "Webhook"],
            [#"spec.conversion.strategy: Unsupported value: "Webhook": supported values: "None""#]
        ),
        (
            ["spec", "conversion"], ["strategy": "None", "webhook": ["conversionReviewVersions": ["v1"]]],
            [
                "spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook"
            ]
        ),
        (
            ["status", "storedVersions"], ["v1", "v0"],
            [
                #"status.storedVersions[1]: Invalid value: "v0": missing from spec.versions; v0 was previously a storage version"#
            ]
        ),
        (
            ["spec", "versions", "0", "name"], "V1",
            [
                #"spec.versions[0].name: Invalid value: "V1": a DNS-1035 label"#,
                "status.storedVersions: Invalid value", "status.storedVersions[0]: Invalid value",
            ]
        ),
        (["spec", "versions", "0", "storage"], false, ["spec.versions: Invalid value: [{"]),
        (["spec", "versions", "0", "schema"], nil, ["spec.versions[0].schema.openAPIV3Schema: Required value"]),
        (
            ["spec", "versions", "0", "schema", "openAPIV3Schema", "properties", "spec", "type"], nil,
            [
                "spec.validation.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields"
            ]
        ),
        (
            ["spec", "versions", "0", "deprecationWarning"], "old",
            [#"spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions"#]
        ),
        (
            ["spec", "versions", "0", "additionalPrinterColumns"],
            [["name": "A", "type": "text", "format": "x", "jsonPath": "a"]],
            [
                #"spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string"#,
                #"spec.additionalPrinterColumns[0].format: Invalid value: "x": must be one of byte,date,date-time,double,float,int32,int64,password"#,
                #"spec.additionalPrinterColumns[0].JSONPath: Invalid value: "a": must be a simple json path starting with ."#,
            ]
        ),
        (
            ["spec", "versions", "0", "subresources", "scale", "specReplicasPath"], ".replicas",
            [
                #"spec.subresources.scale.specReplicasPath: Invalid value: ".replicas": should be a json path under .spec"#
            ]
        ),
        (
            ["spec", "versions", "0", "selectableFields"],
            [
                ["jsonPath": ".spec.list"], ["jsonPath": ".spec.none"], ["jsonPath": ".spec.color"],
                ["jsonPath": ".spec.color"],
            ],
            [
                #"spec.selectableFields[0].jsonPath: Invalid value: ".spec.list": must point to a field of type string, boolean or integer."#,
                #"spec.selectableFields[1].jsonPath: Invalid value: ".spec.none": is an invalid path: does not refer to a valid field"#,
                #"spec.selectableFields[3].jsonPath: Duplicate value: ".spec.color""#,
            ]
        ),
        (["spec"], nil, ["spec: Required value"]),
    ]

    private static func set(_ json: JSON, _ path: ArraySlice<String>, _ value: JSON?) -> JSON {
        guard let name = path.first else { return value ?? .null }
        if let index = Int(name), case .array(var items) = json {
            items[index] = set(items[index], path.dropFirst(), value)
            return .array(items)
        }
        var copy = json
        copy[name] = path.count == 1 ? value : set(json[name] ?? [:], path.dropFirst(), value)
        return copy
    }

    @Test("What is wrong with a definition is said as the API server says it", arguments: rows)
    func refused(_ path: [String], _ value: JSON?, _ texts: [String]) throws {
        let json = Self.set(try Self.widget(), path[...], value)
        let found = #expect(throws: FieldErrors.self) { try CustomResourceDefinition(json) }
        let descriptions = found?.errors.map(\.description) ?? []
        #expect(descriptions.count == texts.count, "\(descriptions)")
        for (description, text) in zip(descriptions, texts) { #expect(description.hasPrefix(text)) }
    }

    @Test("Protected groups need an approval")
    func approval() throws {
        var json = try Self.widget()
        json["spec"]?["group"] = "example.k8s.io"
        json["metadata"]?["name"] = "widgets.example.k8s.io"
        let found = #expect(throws: FieldErrors.self) { try CustomResourceDefinition(json) }
        #expect(found?.errors.map(\.field) == ["metadata.annotations[api-approved.kubernetes.io]"])
        json["metadata"]?["annotations"] = ["api-approved.kubernetes.io": "https://example.org"]
        _ = try CustomResourceDefinition(json)
    }

    @Test("Webhooks are accepted where a server can call them")
    func webhook() throws {
        var options = CustomResourceDefinition.Options()
        options.acceptsWebhooks = true
        var json = try Self.widget()
        json["spec"]?["conversion"] = ["strategy": "Webhook"]
        let found = #expect(throws: FieldErrors.self) { try CustomResourceDefinition(json, options: options) }
        #expect(found?.errors.count == 2)
        json["spec"]?["conversion"] = try yaml(
            "{strategy: Webhook, webhook: {clientConfig: {url: 'https://a.example'}, conversionReviewVersions: [v1]}}")
        _ = try CustomResourceDefinition(json, options: options)
    }

    @Test("What objects are stored under never changes")
    func immutable() throws {
        var old = try Self.widget(), new = old
        new["spec"]?["names"]?["plural"] = "gadgets"
        new["metadata"]?["name"] = "gadgets.example.org"
        var found = #expect(throws: FieldErrors.self) { try CustomResourceDefinition(new, replacing: old) }
        #expect(found?.description == #"spec.names.plural: Invalid value: "gadgets": field is immutable"#)
        new = old
        new["spec"]?["scope"] = "Cluster"
        _ = try CustomResourceDefinition(new, replacing: old)
        old["status"]?["conditions"] = [["type": "Established", "status": "True"]]
        found = #expect(throws: FieldErrors.self) { try CustomResourceDefinition(new, replacing: old) }
        #expect(found?.description == #"spec.scope: Invalid value: "Cluster": field is immutable"#)
    }

    @Test("Errors of versions that differ name the version")
    func versions() throws {
        var json = try Self.widget()
        guard case .array(var versions)? = json["spec"]?["versions"] else { return }
        var second = versions[0]
        second["name"] = "v2"
        second["storage"] = false
        second["schema"]?["openAPIV3Schema"]?["properties"]?["spec"]?["properties"]?["color"] = ["type": "colour"]
        versions.append(second)
        json["spec"]?["versions"] = .array(versions)
        let found = #expect(throws: FieldErrors.self) { try CustomResourceDefinition(json) }
        #expect(
            found?.errors.first?.field
                == "spec.versions[1].schema.openAPIV3Schema.properties[spec].properties[color].type")
        #expect(found?.errors.count == 1)
    }
}
