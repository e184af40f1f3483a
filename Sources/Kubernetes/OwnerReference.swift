// SPDX-License-Identifier: Apache-2.0

public import Documents

/// An entry of `metadata.ownerReferences`: with the owner goes what it owns.
public struct OwnerReference: Hashable, Sendable {
    /// Group and version of the owner.
    public var apiVersion: String
    /// The owner's kind.
    public var kind: String
    /// The owner's name, in the same namespace or in none.
    public var name: String
    /// Which of all that ever had the name it is.
    public var uid: String
    /// Whether it is the one that manages the object; one may.
    public var isController: Bool
    /// Whether an owner that is deleted in the foreground waits for the object to go first.
    public var blocksOwnerDeletion: Bool

    /// A reference with all its fields.
    public init(
        apiVersion: String, kind: String, name: String, uid: String, isController: Bool = false,
        blocksOwnerDeletion: Bool = false
    ) {
        (self.apiVersion, self.kind, self.name, self.uid) = (apiVersion, kind, name, uid)
        (self.isController, self.blocksOwnerDeletion) = (isController, blocksOwnerDeletion)
    }

    /// A reference to an object that a server has.
    public init(to owner: KubernetesObject, isController: Bool = false, blocksOwnerDeletion: Bool = false) {
        self.init(
            apiVersion: owner.apiVersion, kind: owner.kind, name: owner.name, uid: owner.uid ?? "",
            isController: isController, blocksOwnerDeletion: blocksOwnerDeletion)
    }

    /// Reads an entry; nil when a field is missing that names the owner.
    public init?(_ json: JSON) {
        guard let apiVersion = json["apiVersion"]?.string, let kind = json["kind"]?.string,
            let name = json["name"]?.string, let uid = json["uid"]?.string
        else { return nil }
        self.init(
            apiVersion: apiVersion, kind: kind, name: name, uid: uid, isController: json["controller"]?.bool ?? false,
            blocksOwnerDeletion: json["blockOwnerDeletion"]?.bool ?? false)
    }

    /// As it stands in an object; what is not so is left out.
    public var json: JSON {
        var json: JSON = [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name), "uid": .string(uid),
        ]
        if isController { json["controller"] = true }
        if blocksOwnerDeletion { json["blockOwnerDeletion"] = true }
        return json
    }
}
