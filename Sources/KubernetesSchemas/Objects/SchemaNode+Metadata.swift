// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension SchemaNode {
    /// The `metadata` of every object: `ObjectMeta` of `meta/v1`.
    static let metadata: SchemaNode = {
        let text: JSON = ["type": "string"], number: JSON = ["type": "integer", "format": "int64"]
        let flag: JSON = ["type": "boolean"], time: JSON = ["type": "string", "format": "date-time", "nullable": true]
        let texts: JSON = ["type": "object", "additionalProperties": text]
        let owner: JSON = [
            "type": "object",
            "properties": [
                "apiVersion": text, "kind": text, "name": text, "uid": text, "controller": flag,
                "blockOwnerDeletion": flag,
            ],
        ]
        let manager: JSON = [
            "type": "object",
            "properties": [
                "manager": text, "operation": text, "apiVersion": text, "time": time, "fieldsType": text,
                "fieldsV1": ["type": "object", "x-kubernetes-preserve-unknown-fields": true], "subresource": text,
            ],
        ]
        let source: JSONObject = [
            "type": "object",
            "properties": [
                "name": text, "generateName": text, "namespace": text, "selfLink": text, "uid": text,
                "resourceVersion": text, "generation": number, "creationTimestamp": time, "deletionTimestamp": time,
                "deletionGracePeriodSeconds": number, "labels": texts, "annotations": texts,
                "ownerReferences": ["type": "array", "items": owner], "finalizers": ["type": "array", "items": text],
                "managedFields": ["type": "array", "items": manager],
            ],
        ]
        var reading = SchemaReading(path: FieldPath(), limits: .standard)
        do { return try SchemaNode(source, &reading) } catch { preconditionFailure("\(error)") }
    }()
}
