// SPDX-License-Identifier: Apache-2.0

public import Kubernetes

/// What a feed tells of the objects of a resource.
public enum ObjectChange: Sendable, Hashable {
    /// All that was there at the beginning has been told. Comes once.
    case synced
    /// An object is new (`from` is nil), or has changed. Both are the same object, by their `uid`.
    case changed(from: KubernetesObject?, to: KubernetesObject)
    /// An object is gone, or no longer among those that are selected; its last state that is known.
    case removed(KubernetesObject)
}
