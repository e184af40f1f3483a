// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// Components of OpenAPI documents that all kinds refer to: the types of `meta/v1`.
enum MetadataComponents {
    private static let prefix = "io.k8s.apimachinery.pkg.apis.meta.v1."

    static let apiVersion: JSON = [
        "type": "string", "description": "The group and version of the kind, such as `apps/v1`.",
    ]
    static let kind: JSON = ["type": "string", "description": "The kind of the object, such as `Deployment`."]

    /// A reference to one of these types, with words of its own.
    static func reference(_ name: String, _ description: String) -> JSON {
        ["allOf": [["$ref": .string("#/components/schemas/\(prefix)\(name)")]], "description": .string(description)]
    }

    /// A plain reference to one of these types.
    static func reference(_ name: String) -> JSON { ["$ref": .string("#/components/schemas/\(prefix)\(name)")] }

    /// The components by their names.
    static let all: JSONObject = JSONObject(
        [
            ("ObjectMeta", objectMeta), ("OwnerReference", ownerReference), ("ManagedFieldsEntry", managedFields),
            ("FieldsV1", ["type": "object", "description": "A set of fields; see server-side apply."]),
            ("Time", ["type": "string", "format": "date-time", "description": "A moment of RFC 3339."]),
            (
                "Patch",
                ["type": "object", "description": "A change of an object, in the form that its media type names."]
            ),
            ("ListMeta", listMeta), ("DeleteOptions", deleteOptions), ("Status", status),
        ].map { ("\(prefix)\($0)", $1) })

    private static func text(_ description: String) -> JSON {
        ["type": "string", "description": .string(description)]
    }
    private static func number(_ description: String) -> JSON {
        ["type": "integer", "format": "int64", "description": .string(description)]
    }
    private static func flag(_ description: String) -> JSON {
        ["type": "boolean", "description": .string(description)]
    }
    private static func texts(_ description: String) -> JSON {
        ["type": "object", "additionalProperties": ["type": "string"], "description": .string(description)]
    }
    private static func object(_ description: String, _ properties: JSON, required: JSON = []) -> JSON {
        var schema: JSON = ["type": "object", "description": .string(description), "properties": properties]
        if required != [] { schema["required"] = required }
        return schema
    }

    private static let objectMeta = object(
        "What every object that is stored has.",
        [
            "name": text("The name; unique among the objects of the kind in the namespace."),
            "generateName": text("What a name that the server makes starts with."),
            "namespace": text("The namespace; not given for kinds that have none."),
            "selfLink": text("Not used any more."), "uid": text("What tells the object from others of its name."),
            "resourceVersion": text("Changes with each write; compare it for equality only."),
            "generation": number("Counts the changes of what is wanted."),
            "creationTimestamp": reference("Time", "When the object was created."),
            "deletionTimestamp": reference("Time", "When it was asked to be deleted."),
            "deletionGracePeriodSeconds": number("How long it may take to end, in seconds."),
            "labels": texts("Names and values to select objects by."),
            "annotations": texts("Names and values that tools keep with the object."),
            "ownerReferences": [
                "type": "array", "items": reference("OwnerReference", ""),
                "description": "The objects that it depends on; it is deleted after them.",
                "x-kubernetes-list-map-keys": ["uid"], "x-kubernetes-list-type": "map",
                "x-kubernetes-patch-merge-key": "uid", "x-kubernetes-patch-strategy": "merge",
            ],
            "finalizers": [
                "type": "array", "items": ["type": "string"],
                "description": "What has to be done before it is gone; removed one by one.",
                "x-kubernetes-list-type": "set", "x-kubernetes-patch-strategy": "merge",
            ],
            "managedFields": [
                "type": "array", "items": reference("ManagedFieldsEntry", ""),
                "description": "Who set which fields.", "x-kubernetes-list-type": "atomic",
            ],
        ])

    private static let ownerReference: JSON = {
        var owner = object(
            "An object that another depends on, in the same namespace or without one.",
            [
                "apiVersion": text("Its version."), "kind": text("Its kind."), "name": text("Its name."),
                "uid": text("Its UID."), "controller": flag("Whether it manages the object."),
                "blockOwnerDeletion": flag("Whether it stays until the object is gone."),
            ], required: ["apiVersion", "kind", "name", "uid"])
        owner["x-kubernetes-map-type"] = "atomic"
        return owner
    }()

    private static let managedFields = object(
        "The fields that one manager set.",
        [
            "manager": text("Who."), "operation": text("Apply or Update."), "apiVersion": text("In which version."),
            "time": reference("Time", "When."), "fieldsType": text("FieldsV1."),
            "fieldsV1": reference("FieldsV1", "Which fields."), "subresource": text("Through which subresource."),
        ])

    private static let listMeta = object(
        "What every list has.",
        [
            "continue": text("What to ask for the rest with."),
            "remainingItemCount": number("How many objects are left, when that is known."),
            "resourceVersion": text("The version of the list, to watch from."), "selfLink": text("Not used any more."),
        ])

    private static let deleteOptions = object(
        "How an object is deleted.",
        [
            "apiVersion": apiVersion, "kind": kind,
            "dryRun": ["type": "array", "items": ["type": "string"], "description": "All, to delete nothing."],
            "gracePeriodSeconds": number("How long it may take to end, in seconds."),
            "orphanDependents": flag("Not used any more."),
            "preconditions": object(
                "What must be so.", ["uid": text("The UID."), "resourceVersion": text("The version.")]),
            "propagationPolicy": text("Orphan, Background or Foreground: what becomes of dependents."),
        ])

    private static let status = object(
        "The answer to a request that is no object.",
        [
            "apiVersion": apiVersion, "kind": kind, "metadata": reference("ListMeta", "The metadata of lists."),
            "status": text("Success or Failure."), "message": text("For people."), "reason": text("For programs."),
            "code": ["type": "integer", "format": "int32", "description": "The HTTP status code."],
            "details": [
                "type": "object", "description": "What the reason asks for.",
                "x-kubernetes-preserve-unknown-fields": true,
            ],
        ])
}
