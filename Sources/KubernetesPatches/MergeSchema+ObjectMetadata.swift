// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension MergeSchema {
    /// How `metadata` merges: labels and annotations by name, finalizers as a set, owners by `uid`.
    ///
    /// Source: ObjectMeta of apimachinery's meta/v1.
    static let objectMetadata = MergeSchema(openAPI: [
        "type": "object",
        "properties": [
            "name": ["type": "string"], "generateName": ["type": "string"], "namespace": ["type": "string"],
            "selfLink": ["type": "string"], "uid": ["type": "string"], "resourceVersion": ["type": "string"],
            "generation": ["type": "integer"], "deletionGracePeriodSeconds": ["type": "integer"],
            "creationTimestamp": ["type": "string", "format": "date-time"],
            "deletionTimestamp": ["type": "string", "format": "date-time"],
            "labels": ["type": "object", "additionalProperties": ["type": "string"]],
            "annotations": ["type": "object", "additionalProperties": ["type": "string"]],
            "finalizers": [
                "type": "array", "items": ["type": "string"], "x-kubernetes-list-type": "set",
                "x-kubernetes-patch-strategy": "merge",
            ],
            "ownerReferences": [
                "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["uid"],
                "x-kubernetes-patch-merge-key": "uid", "x-kubernetes-patch-strategy": "merge",
                "items": [
                    "type": "object", "x-kubernetes-map-type": "atomic",
                    "properties": [
                        "apiVersion": ["type": "string"], "kind": ["type": "string"], "name": ["type": "string"],
                        "uid": ["type": "string"], "controller": ["type": "boolean"],
                        "blockOwnerDeletion": ["type": "boolean"],
                    ],
                ],
            ],
            "managedFields": [
                "type": "array", "x-kubernetes-list-type": "atomic",
                "items": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
            ],
        ],
    ])
}
