// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesSchemas
import Testing

@Suite("Definitions and objects of the vectors", .enabled(if: Vectors.folder != nil, Vectors.reason))
struct VectorTests {
    /// Files whose objects are wrong on purpose, or whose files are templates for tests of parts of objects.
    private static func isWrongOnPurpose(_ file: String) -> Bool {
        file.contains("invalid-") || file.contains("-assert") || file.contains("assert-")
    }

    /// Samples of the early design that its definitions refuse, and what they are refused for: the document was ahead
    /// of the code.
    private static let early: [String: Set<String>] = [
        "early-design/2022-10/samples/ocmcontroller_v1_action.yaml": ["spec.snapshotSourceRef: Required value"],
        "early-design/design-doc-samples.yaml": [
            "spec.interval: Invalid value: \"string\": spec.interval in body must be of type integer: \"string\"",
            "spec.sourceRef: Required value", "spec.sourceRef.apiVersion: Required value",
        ],
    ]

    @Test("The vectors are there")
    func areThere() {
        #expect(Vectors.definitions.count >= 25)
        #expect(Vectors.samples.filter { !Self.isWrongOnPurpose($0.object.file) }.count >= 150)
    }

    @Test("Every definition is accepted", arguments: Vectors.definitions)
    func definitions(_ document: Vectors.Document) throws {
        let json = CustomResourceDefinition.defaulted(document.root)
        let definition = try CustomResourceDefinition(json)
        #expect(!definition.versions.isEmpty)
        #expect(definition.storageVersion.isStorage)
        for version in definition.versions {
            let again = try StructuralSchema(version.schema.source)
            #expect(again.root.propertyNames == version.schema.root.propertyNames)
        }
    }

    @Test("Every object is valid, prunes once, and stays as it is when it is read again")
    func samples() throws {
        var counts: [String: Int] = [:], refused = 0
        for (object, document) in Vectors.samples where !Self.isWrongOnPurpose(object.file) {
            let definition = try CustomResourceDefinition(CustomResourceDefinition.defaulted(document.root))
            let name = object.root["apiVersion"]?.string?.split(separator: "/").last.map(String.init) ?? ""
            let version = try #require(definition.version(name))
            let (admitted, _) = try version.schema.admitted(object.root)
            let result = version.schema.validate(admitted)
            let errors = Set(result.errors.map(\.description))
            #expect(errors.isSubset(of: Self.early[object.file] ?? []), "\(object.file)")
            refused += errors.isEmpty ? 0 : 1
            #expect(version.schema.pruned(admitted).object == admitted, "\(object.file)")
            #expect(version.schema.pruned(admitted).unknownFields == [], "\(object.file)")
            #expect(try version.schema.admitted(admitted).object == admitted, "\(object.file)")
            #expect(version.schema.validate(admitted, old: admitted).isValid, "\(object.file)")
            counts[object.key, default: 0] += 1
        }
        #expect(counts.count >= 15)
        #expect(refused == 7)
    }

    @Test("Objects that are wrong on purpose are refused")
    func wrongSamples() throws {
        var count = 0
        for (object, document) in Vectors.samples
        where object.file.contains("check-validation-markers/invalid-") && object.file.contains("instance") {
            let definition = try CustomResourceDefinition(CustomResourceDefinition.defaulted(document.root))
            let schema = definition.versions[0].schema
            #expect(try !schema.validate(schema.admitted(object.root).object).isValid, "\(object.file)")
            count += 1
        }
        #expect(count >= 4)
    }

    @Test("The rule of a Repository's configuration is said in its words")
    func repositoryRule() throws {
        let document = try #require(
            Vectors.definitions.first { $0.file.hasPrefix("v2/crds/") && $0.file.contains("repositories") })
        let schema = try CustomResourceDefinition(CustomResourceDefinition.defaulted(document.root)).versions[0].schema
        let object = try yaml(
            """
            apiVersion: delivery.ocm.software/v1alpha1
            kind: Repository
            metadata: {name: r, namespace: default}
            spec:
              repositorySpec: {baseUrl: "http://example.org", type: OCIRegistry}
              interval: 10m
              ocmConfig: [{kind: Foo, name: x}]
            """)
        let found = try schema.validate(schema.admitted(object).object).errors
        #expect(found.count == 1)
        #expect(found.first?.field.hasPrefix("spec.ocmConfig[0]") == true)
        #expect(found.first?.reason == .invalid)
    }
}
