// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesSchemas

/// A value written as YAML.
func yaml(_ text: String) throws -> JSON { try YAML.document(Array(text.utf8), source: "the test").root }

/// The schema of a kind whose fields are written as YAML, indented as properties of the root.
func fields(_ properties: String) throws -> StructuralSchema {
    var root: JSON = ["type": "object"]
    root["properties"] = try yaml(properties)
    return try StructuralSchema(root)
}

/// The texts of what is wrong with a schema.
func refusal(of schema: JSON, hasStatus: Bool = false) -> [String] {
    do throws(FieldErrors) {
        _ = try StructuralSchema(schema, at: "schema", hasStatus: hasStatus)
        return []
    } catch { return error.errors.map(\.description) }
}

/// The texts of what is wrong with an object, after defaults and without unknown fields.
func problems(_ schema: StructuralSchema, _ object: JSON, old: JSON? = nil) throws -> [String] {
    try schema.validate(schema.admitted(object).object, old: old).errors.map(\.description)
}
