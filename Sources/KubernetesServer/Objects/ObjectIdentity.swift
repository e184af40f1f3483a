// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import Kubernetes

/// What the server alone says of an object.
enum ObjectIdentity {
    /// Gives a new object its identity; what the client says of these fields is left out.
    static func assign(_ object: inout KubernetesObject, at time: Timestamp) {
        for key in owned { object.setMetadata(key, JSON?.none) }
        object.uid = RandomUUID.text()
        object[metadata: "creationTimestamp"] = "\(time)"
    }

    /// Keeps what an object has, whatever the client says.
    static func keep(_ object: inout KubernetesObject, of old: KubernetesObject) {
        let metadata = old.json["metadata"]
        for key in owned + ["generation"] { object.setMetadata(key, metadata?[key]) }
    }

    private static let owned = [
        "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion",
    ]

    /// Checks that an object is of the kind of the endpoint, and says so where it says nothing.
    static func checkKind(_ json: inout JSON, _ kind: GroupVersionKind) throws {
        guard case .object = json else {
            throw APIStatus.badRequest("the object provided is unrecognized (must be of type map)")
        }
        let (given, version) = (json["kind"]?.string ?? "", json["apiVersion"]?.string ?? "")
        if version.isEmpty { json["apiVersion"] = .string(kind.apiVersion) }
        if given.isEmpty { json["kind"] = .string(kind.kind) }
        guard version.isEmpty || version == kind.apiVersion else {
            throw APIStatus.badRequest(
                "the API version in the data (\(version.prefix(300))) does not match the expected API version "
                    + "(\(kind.apiVersion))")
        }
        guard given.isEmpty || given == kind.kind else {
            throw APIStatus.unhandled(
                GroupVersionKind(kind.group, kind.version, String(given.prefix(300))), as: kind.kind,
                "the kind in the data does not match the expected kind")
        }
    }

    /// Checks the namespace of an object against that of the request, and sets it.
    static func checkNamespace(_ object: inout KubernetesObject, _ namespace: String?, isNamespaced: Bool) throws {
        guard isNamespaced else { return object.setMetadata("namespace", JSON?.none) }
        if let given = object.namespace, given != namespace {
            throw APIStatus.badRequest(
                "the namespace of the provided object does not match the namespace sent on the request")
        }
        object.namespace = namespace
    }
}
