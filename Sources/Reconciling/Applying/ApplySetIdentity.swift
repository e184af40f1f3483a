// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
public import Kubernetes

/// Names a set of applied objects by its parent (KEP-3659, “ApplySet identification”).
public enum ApplySetIdentity {
    /// The label of the parent.
    public static let parentLabel = "applyset.kubernetes.io/id"
    /// The label of the members.
    public static let memberLabel = "applyset.kubernetes.io/part-of"
    /// The annotation of the parent that names the tool.
    public static let toolingAnnotation = "applyset.kubernetes.io/tooling"
    /// The annotation of the parent that names the kinds of the members.
    public static let kindsAnnotation = "applyset.kubernetes.io/contains-group-kinds"
    /// The annotation of the parent that names the members' namespaces, beside its own.
    public static let namespacesAnnotation = "applyset.kubernetes.io/additional-namespaces"

    /// `applyset-<base64url of SHA-256 of "name.namespace.kind.group">-v1`.
    public static func id(name: String, namespace: String?, kind: String, group: String) -> String {
        let digest = Digest(of: Array("\(name).\(namespace ?? "").\(kind).\(group)".utf8))
        let text = digest.bytes.base64.filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }
        return "applyset-\(String(text))-v1"
    }

    /// The id of the set whose parent an object is.
    public static func id(of parent: KubernetesObject) -> String {
        id(
            name: parent.name, namespace: parent.namespace, kind: parent.kind,
            group: parent.groupVersionKind?.group ?? "")
    }
}
