// SPDX-License-Identifier: Apache-2.0

import CEL
import Documents

/// A document with expressions over one variable, `app`, all of whose types are known before it is rendered.
struct AppTemplate {
    /// What users write.
    static let schema: JSON = [
        "type": "object",
        "properties": [
            "name": ["type": "string"], "replicas": ["type": "integer"],
            "expires": ["type": "string", "format": "date-time"],
        ],
    ]
    /// What comes out.
    static let deployment: JSON = [
        "type": "object",
        "properties": [
            "name": ["type": "string"], "replicas": ["type": "integer"],
            "labels": ["type": "object", "additionalProperties": ["type": "string"]],
        ],
    ]

    private let app: CELType
    private let compiled: CompiledTemplateTree

    /// - Throws: `TemplateError` with each problem, the place of its string and the place in the expression.
    init(_ template: JSON) throws {
        app = try CELType(schema: Self.schema, name: "app")
        let environment = Environment(libraries: [.standard, .optionals], variables: ["app": app])
        let tree = try TemplateTree(template, dialect: .kro, environment: environment, source: "deployment.yaml")
        compiled = try tree.compile(
            in: environment, expected: CELType(schema: Self.deployment, name: "Deployment"))
    }

    /// What it may read: `app.name`, `app.replicas`.
    var references: [String] { compiled.references.sorted().map(\.description) }

    /// The document for an app.
    func render(_ app: JSON) throws -> JSON {
        try compiled.render(["app": Value(document: app, as: self.app)])
    }
}
