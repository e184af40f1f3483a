// SPDX-License-Identifier: Apache-2.0

public import Documents
public import Kubernetes

/// How objects of a kind are stored that are the same objects as those of another kind: that of a version, or of a group,
/// that came later or earlier.
public struct StoredForm: Sendable {
    /// The kind as which they are stored.
    public let kind: GroupVersionKind
    /// An object as clients of this kind see it, made of a stored one.
    public let shown: @Sendable (JSON) -> JSON
    /// An object as it is stored, made of one of this kind. What is stored already stays as it is.
    public let stored: @Sendable (JSON) -> JSON

    /// The form of a kind; nil for kinds that are stored as they are.
    static func form(of kind: GroupVersionKind) -> StoredForm? { byKind[kind] }

    private static let byKind: [GroupVersionKind: StoredForm] = [
        GroupVersionKind("events.k8s.io", "v1", "Event"): StoredForm(
            kind: GroupVersionKind("", "v1", "Event"), shown: EventForms.events, stored: EventForms.core),
        GroupVersionKind("autoscaling", "v1", "HorizontalPodAutoscaler"): StoredForm(
            kind: AutoscalerForms.stored, shown: AutoscalerForms.earlier, stored: AutoscalerForms.later),
    ]
}
