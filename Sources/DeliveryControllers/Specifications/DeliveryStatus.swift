// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents
public import Kubernetes
internal import Reconciling

// The fields of statuses by their names. Reading gives nil for what is missing or of another type.
extension KubernetesObject {
    /// `status.component`.
    public var componentInformation: ComponentInformation? {
        get { ComponentInformation(json["status"]?["component"]) }
        set { self[status: "component"] = newValue?.json }
    }

    /// `status.effectiveOCMConfig`.
    public var effectiveConfiguration: [ConfigurationReference] {
        get {
            let items = json["status"]?["effectiveOCMConfig"]?.array ?? []
            return items.compactMap { try? ConfigurationReference($0, path: "status.effectiveOCMConfig") }
        }
        set {
            self[status: "effectiveOCMConfig"] = newValue.isEmpty ? JSON?.none : .array(newValue.map(\.json))
        }
    }

    /// `status.resource`.
    public var resourceInformation: JSON? {
        get { json["status"]?["resource"] }
        set { self[status: "resource"] = newValue }
    }

    /// `status.additional`.
    public var additionalStatus: JSON? {
        get { json["status"]?["additional"] }
        set { self[status: "additional"] = newValue }
    }

    /// `status.deployed`.
    public var deployed: [JSON] {
        get { json["status"]?["deployed"]?.array ?? [] }
        set { self[status: "deployed"] = newValue.isEmpty ? JSON?.none : .array(newValue) }
    }

    /// `status.lastTransferredVersion`.
    public var lastTransferredVersion: String? {
        get { json["status"]?["lastTransferredVersion"]?.string }
        set { self[status: "lastTransferredVersion"] = newValue.map { .string($0) } }
    }

    /// `status.lastTransferredDigest`.
    public var lastTransferredDigest: String? {
        get { json["status"]?["lastTransferredDigest"]?.string }
        set { self[status: "lastTransferredDigest"] = newValue.map { .string($0) } }
    }

    /// `status.lastTransfer`.
    public var lastTransfer: JSON? {
        get { json["status"]?["lastTransfer"] }
        set { self[status: "lastTransfer"] = newValue }
    }

    /// `status.lastFailedTransferEvents`.
    public var failedTransfers: [JSON] {
        get { json["status"]?["lastFailedTransferEvents"]?.array ?? [] }
        set { self[status: "lastFailedTransferEvents"] = newValue.isEmpty ? JSON?.none : .array(newValue) }
    }
}
