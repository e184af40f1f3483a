// SPDX-License-Identifier: Apache-2.0

public import Basics
public import CEL
internal import Documents

extension CELType {
    /// The type that a file describes: a schema of JSON Schema or OpenAPI, a part of one (`api.json#/components/x`), or
    /// a CustomResourceDefinition, of which the stored version counts.
    ///
    /// - Parameter name: what errors call it.
    public init(schemaFile reference: String, named name: String) throws(Fault) {
        let path = String(reference.prefix { $0 != "#" })
        let root = try VariableNotation.document(path)
        guard root.object != nil else {
            throw Fault(.invalid, "\(path) holds \(root.kindName), and a schema is an object")
        }
        do throws(Fault) {
            self = try CELType(schema: Self.schema(in: root, reference.dropFirst(path.count)), name: name, root: root)
        } catch { throw error.about(path) }
    }

    private static func schema(in root: JSON, _ fragment: Substring) throws(Fault) -> JSON {
        guard fragment.isEmpty else { return ["$ref": .string(String(fragment))] }
        guard root["kind"] == "CustomResourceDefinition" else { return root }
        let versions = root["spec"]?["versions"]?.array ?? []
        let stored = versions.first { $0["storage"] == true } ?? versions.first
        guard let schema = stored?["schema"]?["openAPIV3Schema"] else {
            throw Fault(
                .invalid, "the CustomResourceDefinition has no schema", fix: "give one of apiextensions.k8s.io/v1")
        }
        return schema.withResourceFields
    }
}

extension JSON {
    /// The schema with what every resource has, which a CustomResourceDefinition need not say.
    fileprivate var withResourceFields: JSON {
        var schema = self
        schema["x-kubernetes-embedded-resource"] = true
        return schema
    }
}
