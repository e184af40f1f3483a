// SPDX-License-Identifier: Apache-2.0

import CEL
import Documents
import Testing

/// A specification as its proposal shows it: transformations that read what others give.
@Suite("Transformation specifications")
struct TransformationTests {
    private static let text = """
        type: transformation.ocm.component/v1alpha1
        transformations:
          - type: attributes.transformation/v1alpha1
            id: constants
            attributes:
              targetFilePath: "./archive-after-localization"
          - type: downloader.component.ctf/v1alpha1
            id: downloadcomponent1
            name: github.com/acme.org/helloworld
            version: 1.0.0
            filePath: ./archive
          - type: downloader.resource.oci/v1alpha1
            id: resourcedownload1
            componentDescriptor: ${downloadcomponent1.outputs.descriptor}
            resource:
              name: myimage
          - type: uploader.resource.oci/v1alpha1
            id: resourceupload1
            imageReference: ghcr.io/fabianburth/images/myimage:after-localize
            data: ${resourcedownload1.outputs.data}
          - type: yaml.engine.localization/v1
            id: localization1
            data: ${ocitotar1.outputs.data}
            file: "*/values.yaml"
            mappings:
              - path: "image.repository"
                value: "${resourceupload1.resource.access.imageReference.parts().
              registry}/${resourceupload1.resource.access.imageReference.parts().
              repository}"
          - type: uploader.component.ctf/v1alpha1
            filePath: ${constants.spec.attributes.targetFilePath}
            data: ${downloadcomponent1.outputs.data}
        """

    private let environment: Environment = {
        let parts = Function(
            "parts",
            .method(
                "parts_string", [.string], .map(.string, .string),
                .unary { value, _ throws(EvaluationError) in
                    let pieces = value.text.split(separator: "/", maxSplits: 1).map { Value.string(String($0)) }
                    return .map(MapValue([("registry", pieces[0]), ("repository", pieces[1])]))
                }))
        return Environment(libraries: [.standard, .optionals, Library("parts", functions: [parts])])
    }()

    @Test("The graph of a specification follows from its expressions")
    func graph() throws {
        let document = try YAML.document(Array(Self.text.utf8), source: "spec.yaml")
        let tree = try TemplateTree(document, dialect: .ocmTransform, environment: environment)
        var needs: [String: Set<String>] = [:]
        for leaf in tree.leaves {
            let id = document.root["transformations"]?[Int(leaf.pointer.parts[1])!]?["id"]?.string ?? "last"
            needs[id, default: []].formUnion(leaf.references.map(\.variable))
        }
        #expect(
            needs == [
                "resourcedownload1": ["downloadcomponent1"], "resourceupload1": ["resourcedownload1"],
                "localization1": ["ocitotar1", "resourceupload1"], "last": ["constants", "downloadcomponent1"],
            ])
    }

    @Test("A specification is rendered with what its transformations give")
    func rendering() throws {
        let document = try YAML.document(Array(Self.text.utf8), source: "spec.yaml")
        let names = ["downloadcomponent1", "resourcedownload1", "resourceupload1", "ocitotar1", "constants"]
        let typed = environment.adding(variables: Dictionary(uniqueKeysWithValues: names.map { ($0, .dyn) }))
        let compiled = try TemplateTree(document, dialect: .ocmTransform, environment: environment).compile(in: typed)
        let rendered = try compiled.render([
            "downloadcomponent1": ["outputs": ["descriptor": ["name": "d"], "data": "b1"]],
            "resourcedownload1": ["outputs": ["data": ["size": 3]]], "ocitotar1": ["outputs": ["data": nil]],
            "resourceupload1": ["resource": ["access": ["imageReference": "ghcr.io/acme/image"]]],
            "constants": ["spec": ["attributes": ["targetFilePath": "./out"]]],
        ])
        let steps = rendered["transformations"]
        #expect(steps?[2]?["componentDescriptor"] == ["name": "d"])
        #expect(steps?[3]?["data"] == ["size": 3])
        #expect(steps?[4]?["data"] == .null)
        #expect(steps?[4]?["mappings"]?[0]?["value"] == "ghcr.io/acme/image")
        #expect(steps?[5]?["filePath"] == "./out")
        #expect(steps?[1] == document.root["transformations"]?[1])
    }
}
