// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension KindTable {
    static let volumes = KindTable([
        "Name", "Capacity", "Access Modes", "Reclaim Policy", "Status", "Claim", "StorageClass",
        "VolumeAttributesClass", "Reason", "Age", "+VolumeMode",
    ]) { object, now in
        let claim = object.at("spec", "claimRef").map { "\($0.text("namespace"))/\($0.text("name"))" } ?? ""
        return [
            name(object), .string(storage(object.at("spec", "capacity"))),
            accessModes(object.items("spec", "accessModes")),
            .string(object.text("spec", "persistentVolumeReclaimPolicy")), phase(object), .string(claim),
            storageClass(object), unset(object, "volumeAttributesClassName"),
            .string(object.text("status", "reason")), age(object, now), unset(object, "volumeMode"),
        ]
    }

    static let claims = KindTable([
        "Name", "Status", "Volume", "Capacity", "Access Modes", "StorageClass", "VolumeAttributesClass", "Age",
        "+VolumeMode",
    ]) { object, now in
        let volume = object.text("spec", "volumeName")
        let isBound = !volume.isEmpty
        return [
            name(object), phase(object), .string(volume),
            .string(isBound ? storage(object.at("status", "capacity")) : ""),
            isBound ? accessModes(object.items("status", "accessModes")) : "", storageClass(object),
            unset(object, "volumeAttributesClassName"), age(object, now), unset(object, "volumeMode"),
        ]
    }

    private static func unset(_ object: JSON, _ field: String) -> JSON {
        .string(object.at("spec", field)?.string ?? "<unset>")
    }

    private static func phase(_ object: JSON) -> JSON {
        let isEnding = object.at("metadata", "deletionTimestamp") != nil
        return .string(isEnding ? "Terminating" : object.text("status", "phase"))
    }

    private static func storage(_ amounts: JSON?) -> String {
        let amount = amounts?.at("storage")
        return amount?.string ?? amount?.numberText ?? "0"
    }

    private static func storageClass(_ object: JSON) -> JSON {
        let annotation = object.at("metadata", "annotations", "volume.beta.kubernetes.io/storage-class")
        return .string(annotation?.string ?? object.text("spec", "storageClassName"))
    }

    private static func accessModes(_ modes: [JSON]) -> JSON {
        let known = [
            ("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP"),
        ]
        let given = Set(modes.compactMap(\.string))
        return .string(known.filter { given.contains($0.0) }.map(\.1).joined(separator: ","))
    }

    static let storageClasses = KindTable([
        "Name", "Provisioner", "ReclaimPolicy", "VolumeBindingMode", "AllowVolumeExpansion", "Age",
    ]) { object, now in
        let marks = ["storageclass.kubernetes.io", "storageclass.beta.kubernetes.io"]
        let isDefault = marks.contains { object.text("metadata", "annotations", "\($0)/is-default-class") == "true" }
        return [
            .string(object.text("metadata", "name") + (isDefault ? " (default)" : "")),
            .string(object.text("provisioner")), cell(object.text("reclaimPolicy"), or: "Delete"),
            cell(object.text("volumeBindingMode"), or: "Immediate"), .bool(object.flag("allowVolumeExpansion")),
            age(object, now),
        ]
    }
}
