// SPDX-License-Identifier: Apache-2.0

internal import Documents
public import Kubernetes

/// An object that a reconciler can work on: a Kubernetes object, or a view of one.
public protocol ReconciledObject: Sendable {
    /// A view of an object. What is wrong with it is said when it is reconciled, so that any object can be deleted.
    init(_ object: KubernetesObject)
    /// All of it.
    var object: KubernetesObject { get set }
    /// Whether the user wants that nothing is done.
    var isSuspended: Bool { get }
}

extension ReconciledObject {
    /// `spec.suspend`.
    public var isSuspended: Bool { object.json["spec"]?["suspend"] == true }
}

extension KubernetesObject: ReconciledObject {
    /// The object itself.
    public init(_ object: KubernetesObject) { self = object }
    /// The object itself.
    public var object: KubernetesObject {
        get { self }
        set { self = newValue }
    }
}

/// Brings the world to what an object says, and the object's status to what the world is.
///
/// A reconciler is called again and again; it can be stopped anywhere and repeats from the start. It never sleeps and
/// never writes the object itself: what it changes in the status, and in the finalizers when it releases, is written by
/// its driver. `pass(over:at:)` does once for all kinds what comes before and behind it.
public protocol Reconciler<Object>: Sendable {
    /// What it works on.
    associatedtype Object: ReconciledObject

    /// What must stand in the object's finalizers before `reconcile` is called.
    var finalizers: [String] { get }

    /// Does the work for an object that is wanted, has the finalizers and is not suspended.
    func reconcile(_ object: inout Object) async throws(ReconcileError) -> Outcome

    /// Undoes the work for an object that is being deleted, and takes the finalizers off when that is done. Also called
    /// for suspended objects: suspending must not keep anybody from deleting.
    func release(_ object: inout Object) async throws(ReconcileError) -> Outcome
}

extension Reconciler {
    /// None.
    public var finalizers: [String] { [] }

    /// Takes the finalizers off.
    public func release(_ object: inout Object) async throws(ReconcileError) -> Outcome {
        object.object.finalizers.removeAll { finalizers.contains($0) }
        return .released
    }
}
