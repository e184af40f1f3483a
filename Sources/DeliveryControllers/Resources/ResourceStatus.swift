// SPDX-License-Identifier: Apache-2.0

internal import ComponentModel
internal import Documents

/// A resource as `status.resource` shows it.
enum ResourceStatus {
    /// The fields of the descriptor's second schema that statuses have, in their order.
    static func json(of resource: Resource, digest: DigestSpecification?) -> JSON {
        var json: JSON = ["name": .string(resource.name), "type": .string(resource.type)]
        if !resource.version.isEmpty { json["version"] = .string(resource.version) }
        let extra = resource.extraIdentity.sorted { $0.key < $1.key }
        if !extra.isEmpty { json["extraIdentity"] = .object(JSONObject(extra.map { ($0.key, .string($0.value)) })) }
        // A resource without content still has an access in the schema.
        json["access"] = resource.access?.json ?? ["type": "none"]
        if let digest { json["digest"] = digest.json }
        if !resource.labels.isEmpty { json["labels"] = .array(resource.labels.map { label($0.json) }) }
        return json
    }

    /// `signing` may stand in descriptors as a text.
    private static func label(_ label: JSON) -> JSON {
        var label = label
        if let text = label["signing"]?.string { label["signing"] = .bool(text == "true") }
        return label
    }
}
