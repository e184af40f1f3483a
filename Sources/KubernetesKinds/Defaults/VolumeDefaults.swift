// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension KindDefaults {
    /// The bits 0644, which JSON has in decimal.
    private static let fileMode: JSON = 420

    static let volumeRules: [String: Rule] = [
        "core.v1.Volume": { volume in
            // A volume that says nothing of its source is an empty folder.
            guard volume.object?.contains(where: { $0.key != "name" && $0.value != .null }) == false else { return }
            volume["emptyDir"] = [:]
        },
        "core.v1.SecretVolumeSource": { $0.fill("defaultMode", fileMode) },
        "core.v1.ConfigMapVolumeSource": { $0.fill("defaultMode", fileMode) },
        "core.v1.DownwardAPIVolumeSource": { $0.fill("defaultMode", fileMode) },
        "core.v1.ProjectedVolumeSource": { $0.fill("defaultMode", fileMode) },
        "core.v1.ServiceAccountTokenProjection": { $0.fill("expirationSeconds", 3600) },
        "core.v1.HostPathVolumeSource": { source in if source["type"] == nil { source["type"] = "" } },
        "core.v1.PersistentVolumeClaimSpec": { $0.fill("volumeMode", "Filesystem") },
        "core.v1.PersistentVolumeClaim": { claim in
            claim.fill("status", [:])
            claim.change("status") { $0.fill("phase", "Pending") }
        },
        "core.v1.PersistentVolumeSpec": { spec in
            spec.fill("persistentVolumeReclaimPolicy", "Retain")
            spec.fill("volumeMode", "Filesystem")
        },
        "core.v1.PersistentVolume": { volume in
            volume.fill("status", [:])
            volume.change("status") { $0.fill("phase", "Pending") }
        },
        "storage.v1.StorageClass": { storage in
            storage.fill("reclaimPolicy", "Delete")
            storage.fill("volumeBindingMode", "Immediate")
        },
    ]
}
