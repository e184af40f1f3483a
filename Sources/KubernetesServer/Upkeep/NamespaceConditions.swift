// SPDX-License-Identifier: Apache-2.0

internal import Chronology
internal import Kubernetes

/// What the status of a namespace says while it ends (kubernetes, `pkg/controller/namespace/deletion`).
enum NamespaceConditions {
    /// - Parameter left: what is still there.
    static func make(
        _ left: [(resource: GroupResource, objects: [KubernetesObject])], at now: Moment
    ) -> [Condition] {
        let contents = left.map {
            "\($0.resource.resource).\($0.resource.group) has \($0.objects.count) resource instances"
        }
        var holders: [String: Int] = [:]
        for finalizer in left.flatMap(\.objects).flatMap(\.finalizers) { holders[finalizer, default: 0] += 1 }
        let finalizers = holders.sorted { $0.key < $1.key }.map { "\($0.key) in \($0.value) resource instances" }
        return [
            Condition(
                "NamespaceDeletionDiscoveryFailure", .no, reason: "ResourcesDiscovered",
                "All resources successfully discovered", lastTransition: now),
            Condition(
                "NamespaceDeletionGroupVersionParsingFailure", .no, reason: "ParsedGroupVersions",
                "All legacy kube types successfully parsed", lastTransition: now),
            Condition(
                "NamespaceDeletionContentFailure", .no, reason: "ContentDeleted",
                "All content successfully deleted, may be waiting on finalization", lastTransition: now),
            Condition(
                "NamespaceContentRemaining", .yes, reason: "SomeResourcesRemain",
                "Some resources are remaining: \(contents.sorted().joined(separator: ", "))", lastTransition: now),
            finalizers.isEmpty
                ? Condition(
                    "NamespaceFinalizersRemaining", .no, reason: "ContentHasNoFinalizers",
                    "All content-preserving finalizers finished", lastTransition: now)
                : Condition(
                    "NamespaceFinalizersRemaining", .yes, reason: "SomeFinalizersRemain",
                    "Some content in the namespace has finalizers remaining: \(finalizers.joined(separator: ", "))",
                    lastTransition: now),
        ]
    }
}
