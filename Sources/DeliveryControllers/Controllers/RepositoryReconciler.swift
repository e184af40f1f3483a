// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes
public import Reconciling

/// Asks a Repository again and again whether it can be reached with its configuration.
public struct RepositoryReconciler: Reconciler {
    private let context: DeliveryContext

    /// A reconciler.
    public init(_ context: DeliveryContext) { self.context = context }

    public var finalizers: [String] { DeliveryKind.repository.finalizers }

    public func reconcile(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
        let specification: RepositorySpecification
        do { specification = try RepositorySpecification(object) } catch { throw .specification(error) }
        let configuration = try await context.configuration(of: &object, parent: nil)
        do throws(ResolutionError) {
            try await context.service.checkHealth(
                of: specification.repositorySpec, configuration, isFresh: object.isReconciliationRequested,
                for: ObjectAddress(of: object))
        } catch {
            if case .failed(let fault, _) = error, [.unsupported, .invalid].contains(fault.code) {
                throw .stalled(fault, reason: DeliveryReason.repository)
            }
            throw error.reconcileError(reason: DeliveryReason.repository, doing: "asking the repository")
        }
        return .requeue(after: specification.interval, "Successfully reconciled OCM repository")
    }

    public func release(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
        let name = object.name
        try await context.refuseWhileUsed(object, by: .component) {
            $0.json["spec"]?["repositoryRef"]?["name"]?.string == name
        }
        object.finalizers.removeAll { finalizers.contains($0) }
        return .released
    }
}
