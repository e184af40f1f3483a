// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
public import Kubernetes
public import Reconciling

/// Chooses a version of a Component again and again, verifies it and notes its digest.
public struct ComponentReconciler: Reconciler {
    private let context: DeliveryContext

    /// A reconciler.
    public init(_ context: DeliveryContext) { self.context = context }

    public var finalizers: [String] { DeliveryKind.component.finalizers }

    public func reconcile(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
        let specification: ComponentSpecification, repositorySpec: RepositorySpecification
        do { specification = try ComponentSpecification(object) } catch { throw .specification(error) }
        let repository = try await context.required(
            .repository, ObjectName(object.namespace, specification.repositoryName), reason: DeliveryReason.getResource)
        do { repositorySpec = try RepositorySpecification(repository) } catch {
            throw .waiting(
                "the Repository \(repository.objectName): \(error.message)", reason: DeliveryReason.getResource,
                retryAfter: nil)
        }
        let configuration = try await context.configuration(of: &object, parent: repository)
        let demands = try await context.demands(of: object)
        let version = try await choose(specification, repositorySpec, configuration, object)
        let request = VersionRequest(
            repositorySpec: repositorySpec.repositorySpec, configuration: configuration,
            identity: ComponentVersionIdentity(name: specification.component, version: version),
            proof: .signatures(demands, specification.scope))
        let resolved: ResolvedVersion
        do throws(ResolutionError) {
            resolved = try await context.service.resolve(
                request, isFresh: object.isReconciliationRequested, for: ObjectAddress(of: object))
        } catch {
            throw error.reconcileError(
                reason: DeliveryReason.componentVersion, doing: "reading \(request.identity)")
        }
        object.componentInformation = resolved.information
        var message = "Applied version \(version)"
        if !resolved.findings.isEmpty {
            let some = resolved.findings.prefix(3).map(\.description).joined(separator: "; ")
            message += "; a signature would not cover all of it: \(some)"
        }
        return .requeue(after: specification.interval, message)
    }

    public func release(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
        let name = object.name
        try await context.refuseWhileUsed(object, by: .resource) {
            $0.json["spec"]?["componentRef"]?["name"]?.string == name
        }
        object.finalizers.removeAll { finalizers.contains($0) }
        return .released
    }

    /// The version to take, which may follow the one before.
    private func choose(
        _ specification: ComponentSpecification, _ repository: RepositorySpecification,
        _ configuration: LoadedConfiguration, _ object: KubernetesObject
    ) async throws(ReconcileError) -> ComponentVersion {
        let selection: VersionSelection
        do {
            selection = try VersionSelection(semver: specification.semver, filter: specification.filter)
        } catch { throw .stalled(error, reason: DeliveryReason.version) }
        var later: Duration? = specification.interval
        if case .exactly = selection.wish { later = nil }
        do {
            let version = try await selection.choose(of: specification.component) {
                try await context.service.versions(
                    of: specification.component, in: repository.repositorySpec, configuration,
                    isFresh: object.isReconciliationRequested, for: ObjectAddress(of: object))
            }
            // What is noted of another component says nothing of this one.
            let before = object.componentInformation.flatMap {
                $0.component == specification.component.text ? $0.version : nil
            }
            try DowngradePolicy.check(version, after: before, policy: specification.downgradePolicy)
            return version
        } catch let error as ResolutionError {
            throw error.reconcileError(
                reason: DeliveryReason.version, doing: "listing the versions of \(specification.component)")
        } catch {
            let fault = Fault(wrapping: error), reason = DeliveryReason.version
            guard fault.code == .notFound else { throw .stalled(fault, reason: reason, retryAfter: later) }
            throw .waiting(ReconcileError.failed(fault, reason: reason).message, reason: reason, retryAfter: later)
        }
    }
}
