// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
public import Kubernetes
internal import Reconciling

/// What is written onto every object that is applied: where it is from, and whose it is.
public struct ManifestDecoration: Sendable {
    /// Who manages the objects, as the label `app.kubernetes.io/managed-by` says.
    public static let manager = "deployer.delivery.ocm.software"

    private let deployer: KubernetesObject
    private let labels: [(String, String)]
    private let annotations: [(String, String)]

    /// The decoration of the objects of a deployer, whose resource is this.
    ///
    /// - Parameter resource: the Resource, with its status.
    public init(deployer: KubernetesObject, resource: KubernetesObject) {
        self.deployer = deployer
        let status = resource.resourceInformation ?? .null
        let name = Self.labelValue(resource.name)
        labels = [
            ("app.kubernetes.io/component", name), ("app.kubernetes.io/name", name),
            ("app.kubernetes.io/version", Self.labelValue(status["version"]?.string ?? "")),
            ("app.kubernetes.io/instance", Self.labelValue(resource.uid ?? "")),
            ("app.kubernetes.io/part-of", Self.labelValue(deployer.name)),
            ("app.kubernetes.io/managed-by", Self.manager),
            (ApplySetIdentity.memberLabel, ApplySetIdentity.id(of: deployer)),
        ]
        var annotations: [(String, String)] = []
        for key in ["value", "hashAlgorithm", "normalisationAlgorithm"] {
            if let text = status["digest"]?[key]?.string {
                annotations.append(("digest.resource.delivery.ocm.software/\(key)", text))
            }
        }
        if let access = status["access"] {
            annotations.append(("resource.delivery.ocm.software/access", access.text(sortedKeys: true)))
        }
        let identity = "identity.resource.delivery.ocm.software"
        for key in ["name", "version"] {
            if let text = status[key]?.string { annotations.append(("\(identity)/\(key)", text)) }
        }
        for (key, value) in status["extraIdentity"]?.object ?? JSONObject() where key != "name" && key != "version" {
            if let text = value.string { annotations.append(("\(identity)/\(key)", text)) }
        }
        if let component = resource.componentInformation {
            annotations.append(("component.delivery.ocm.software/name", component.component))
            annotations.append(("component.delivery.ocm.software/version", component.version))
        }
        self.annotations = annotations
    }

    /// The object with labels, annotations and its owner; what servers write into metadata is taken out, since it cannot
    /// be applied.
    public func decorate(_ object: KubernetesObject) -> KubernetesObject {
        var object = object
        for key in ["uid", "resourceVersion", "creationTimestamp", "deletionTimestamp", "generation", "selfLink"] {
            object.setMetadata(key, nil)
        }
        object.setMetadata("managedFields", nil)
        object.json["status"] = JSON?.none
        for (key, value) in labels { object[label: key] = value }
        for (key, value) in annotations { object[annotation: key] = value }
        var owners = object.ownerReferences.filter { !$0.isController && $0.uid != deployer.uid }
        owners.append(OwnerReference(to: deployer, isController: true, blocksOwnerDeletion: true))
        object.ownerReferences = owners
        return object
    }

    /// A text as the value of a label: at most 63 characters, of which others than letters, digits, `-`, `_` and `.`
    /// become `_`, and that begins and ends with a letter or digit.
    static func labelValue(_ text: String) -> String {
        func isEdge(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        }
        var bytes = text.utf8.map { isEdge($0) || "-_.".utf8.contains($0) ? $0 : UInt8(ascii: "_") }
        bytes = Array(bytes.drop { !isEdge($0) }.prefix(63))
        while let last = bytes.last, !isEdge(last) { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
