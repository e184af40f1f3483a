// SPDX-License-Identifier: Apache-2.0

public import Documents

/// A kind of objects in an OpenAPI document.
public struct OpenAPIResource: Sendable {
    /// `Repository`.
    public var kind: String
    /// `RepositoryList`.
    public var listKind: String
    /// `repositories`.
    public var plural: String
    /// Whether objects are in namespaces.
    public var isNamespaced: Bool
    /// The schema of an object, as `StructuralSchema.openAPI` renders it.
    public var schema: JSON
    /// The name of its component; by default that of a custom resource, `org.example.v1.Widget`.
    public var component: String?
    /// Whether there is a status subresource.
    public var hasStatus: Bool
    /// Whether there is a scale subresource.
    public var hasScale: Bool
    /// Whether strategic merge patches are understood.
    public var hasStrategicMerge: Bool

    /// A kind.
    public init(
        kind: String, listKind: String, plural: String, isNamespaced: Bool, schema: JSON, component: String? = nil,
        hasStatus: Bool = false, hasScale: Bool = false, hasStrategicMerge: Bool = false
    ) {
        (self.kind, self.listKind, self.plural, self.isNamespaced) = (kind, listKind, plural, isNamespaced)
        (self.schema, self.component) = (schema, component)
        (self.hasStatus, self.hasScale, self.hasStrategicMerge) = (hasStatus, hasScale, hasStrategicMerge)
    }

    /// A version of a definition.
    public init(_ definition: CustomResourceDefinition, _ version: CustomResourceDefinition.Version) {
        let names = definition.names
        self.init(
            kind: names.kind, listKind: names.listKind, plural: names.plural, isNamespaced: definition.isNamespaced,
            schema: version.schema.openAPI(group: definition.group, version: version.name, kind: names.kind),
            hasStatus: version.hasStatus, hasScale: version.scale != nil)
    }
}

/// The document of one group and version at `/openapi/v3`: what `kubectl explain`, `apply` and validation ask for.
public struct OpenAPIDocument {
    private let group: String
    private let version: String
    private var paths: JSONObject = [:]
    private var schemas = MetadataComponents.all

    /// The document, with all components it refers to.
    ///
    /// Of several resources of one name, and of several components, the first counts.
    ///
    /// - Parameter group: empty for the first kinds of Kubernetes, at `/api/v1`.
    public static func document(group: String, version: String, resources: [OpenAPIResource]) -> JSON {
        var document = OpenAPIDocument(group: group, version: version)
        for resource in resources { document.add(resource) }
        return [
            "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": "v1"],
            "paths": .object(document.paths),
            "components": ["schemas": .object(document.schemas)],
        ]
    }

    private init(group: String, version: String) { (self.group, self.version) = (group, version) }

    private mutating func add(_ resource: OpenAPIResource) {
        let reversed = group.split(separator: ".").reversed().joined(separator: ".")
        let prefix = group.isEmpty ? "io.k8s.api.core.\(version)" : "\(reversed).\(version)"
        let name = resource.component ?? "\(prefix).\(resource.kind)"
        let listName = resource.component.map { "\($0)List" } ?? "\(prefix).\(resource.listKind)"
        guard schemas[name] == nil, schemas[listName] == nil, name != listName else { return }
        schemas[name] = resource.schema
        schemas[listName] = list(resource, name)
        let root = group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)"
        let object = reference(name), status = MetadataComponents.reference("Status")
        var collection = "\(root)/\(resource.plural)"
        if resource.isNamespaced {
            paths[collection] = ["get": operation("list", resource, "ForAllNamespaces", reference(listName), [])]
            collection = "\(root)/namespaces/{namespace}/\(resource.plural)"
        }
        let parameters = resource.isNamespaced ? [Self.pathParameter("namespace", "The namespace.")] : []
        paths[collection] = [
            "get": operation("list", resource, "", reference(listName), Self.listParameters),
            "post": operation("create", resource, "", object, Self.writeParameters, body: object),
            "delete": operation("deletecollection", resource, "", status, Self.listParameters),
            "parameters": .array(parameters),
        ]
        let named = JSON.array(parameters + [Self.pathParameter("name", "The name of the \(resource.kind).")])
        var item = changes(resource, "", object)
        item["delete"] = operation(
            "delete", resource, "", status, Self.deleteParameters, body: MetadataComponents.reference("DeleteOptions"))
        item["parameters"] = named
        paths["\(collection)/{name}"] = .object(item)
        if resource.hasStatus {
            var item = changes(resource, "Status", object)
            item["parameters"] = named
            paths["\(collection)/{name}/status"] = .object(item)
        }
        if resource.hasScale {
            var item = changes(resource, "Scale", reference(Self.scaleName))
            item["parameters"] = named
            paths["\(collection)/{name}/scale"] = .object(item)
            if schemas[Self.scaleName] == nil { schemas[Self.scaleName] = Self.scale }
        }
    }

    private func changes(_ resource: OpenAPIResource, _ part: String, _ object: JSON) -> JSONObject {
        [
            "get": operation("read", resource, part, object, []),
            "put": operation("replace", resource, part, object, Self.writeParameters, body: object),
            "patch": operation(
                "patch", resource, part, object, Self.patchParameters, body: MetadataComponents.reference("Patch")),
        ]
    }

    private func reference(_ name: String) -> JSON { ["$ref": .string("#/components/schemas/\(name)")] }

    private func list(_ resource: OpenAPIResource, _ name: String) -> JSON {
        [
            "type": "object", "description": .string("A list of \(resource.kind)."), "required": ["items"],
            "properties": [
                "apiVersion": MetadataComponents.apiVersion, "kind": MetadataComponents.kind,
                "metadata": MetadataComponents.reference("ListMeta", "The metadata of the list."),
                "items": ["type": "array", "items": reference(name), "description": "The objects."],
            ],
            "x-kubernetes-group-version-kind": .array([kind(resource.listKind)]),
        ]
    }

    private func kind(_ kind: String) -> JSON {
        ["group": .string(group), "kind": .string(kind), "version": .string(version)]
    }

    private static let actions = [
        "list": "list", "create": "post", "deletecollection": "deletecollection", "read": "get", "replace": "put",
        "patch": "patch", "delete": "delete",
    ]

    private func operation(
        _ verb: String, _ resource: OpenAPIResource, _ part: String, _ result: JSON, _ parameters: [JSON],
        body: JSON? = nil
    ) -> JSON {
        let groupName = group.split(separator: ".").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        let scope = resource.isNamespaced && part != "ForAllNamespaces" ? "Namespaced" : ""
        let owner = "\(groupName.isEmpty ? "Core" : groupName)\(version.prefix(1).uppercased())\(version.dropFirst())"
        let content: JSON = ["application/json": ["schema": result], "application/yaml": ["schema": result]]
        var operation: JSON = [
            "description": .string("\(verb) \(resource.kind)\(part.isEmpty ? "" : " \(part)")"),
            "operationId": .string("\(verb)\(owner)\(scope)\(resource.kind)\(part)"),
            "parameters": .array(parameters),
            "responses": [
                "200": ["description": "OK", "content": content], "401": ["description": "Unauthorized"],
            ],
            "tags": [.string(group.isEmpty ? "core_\(version)" : "\(group)_\(version)")],
            "x-kubernetes-action": .string(Self.actions[verb] ?? verb),
            "x-kubernetes-group-version-kind": part == "Scale" ? Self.scaleKind : kind(resource.kind),
        ]
        guard let body else { return operation }
        var types = ["application/json", "application/yaml"]
        if verb == "patch" {
            types = ["application/json-patch+json", "application/merge-patch+json", "application/apply-patch+yaml"]
            if resource.hasStrategicMerge { types.insert("application/strategic-merge-patch+json", at: 2) }
        }
        operation["requestBody"] = [
            "required": .bool(verb != "delete"),
            "content": .object(JSONObject(types.map { ($0, ["schema": body]) })),
        ]
        return operation
    }

    private static func pathParameter(_ name: String, _ description: String) -> JSON {
        [
            "name": .string(name), "in": "path", "required": true, "description": .string(description),
            "schema": ["type": "string", "uniqueItems": true],
        ]
    }

    private static func query(_ name: String, _ type: String, _ description: String) -> JSON {
        [
            "name": .string(name), "in": "query", "description": .string(description),
            "schema": ["type": .string(type), "uniqueItems": true],
        ]
    }

    private static let writeParameters = [
        query("dryRun", "string", "All, to store nothing."),
        query("fieldManager", "string", "Who changes the object."),
        query("fieldValidation", "string", "Ignore, Warn or Strict: what becomes of unknown fields."),
    ]
    private static let patchParameters =
        writeParameters + [query("force", "boolean", "Whether fields of other managers are taken over.")]
    private static let deleteParameters = [
        query("dryRun", "string", "All, to delete nothing."),
        query("gracePeriodSeconds", "integer", "How long it may take to end, in seconds."),
        query("propagationPolicy", "string", "Orphan, Background or Foreground: what becomes of dependents."),
    ]
    private static let listParameters = [
        query("allowWatchBookmarks", "boolean", "Whether the watch may say how far it is."),
        query("continue", "string", "Where an earlier list ended."),
        query("fieldSelector", "string", "Which fields the objects have."),
        query("labelSelector", "string", "Which labels the objects have."),
        query("limit", "integer", "How many objects at most."),
        query("resourceVersion", "string", "The version to list or to watch from."),
        query("resourceVersionMatch", "string", "How that version is meant."),
        query("sendInitialEvents", "boolean", "Whether a watch starts with what is there."),
        query("timeoutSeconds", "integer", "When a watch ends."),
        query("watch", "boolean", "Whether changes are sent as they happen."),
    ]

    private static let scaleName = "io.k8s.api.autoscaling.v1.Scale"
    private static let scaleKind: JSON = ["group": "autoscaling", "kind": "Scale", "version": "v1"]
    private static let scale: JSON = [
        "type": "object", "description": "How many replicas are wanted, and how many there are.",
        "properties": [
            "apiVersion": MetadataComponents.apiVersion, "kind": MetadataComponents.kind,
            "metadata": MetadataComponents.reference("ObjectMeta", "The metadata of the object."),
            "spec": [
                "type": "object",
                "properties": [
                    "replicas": ["type": "integer", "format": "int32", "description": "How many are wanted."]
                ],
            ],
            "status": [
                "type": "object", "required": ["replicas"],
                "properties": [
                    "replicas": ["type": "integer", "format": "int32", "description": "How many there are."],
                    "selector": ["type": "string", "description": "The labels that they have."],
                ],
            ],
        ],
        "x-kubernetes-group-version-kind": .array([scaleKind]),
    ]
}
