// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
public import Kubernetes
public import Reconciling

/// Finds the resource of a component version that a Resource names, verifies it and shows it.
public struct ResourceReconciler: Reconciler {
    private let context: DeliveryContext

    /// A reconciler.
    public init(_ context: DeliveryContext) { self.context = context }

    public var finalizers: [String] { DeliveryKind.resource.finalizers }

    public func reconcile(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
        let specification: ResourceSpecification
        do { specification = try ResourceSpecification(object) } catch { throw .specification(error) }
        let component = try await context.required(
            .component, ObjectName(object.namespace, specification.componentName), reason: DeliveryReason.notAvailable)
        guard let information = component.componentInformation else {
            throw .waiting(
                "the Component \(component.objectName) shows no version yet", reason: DeliveryReason.notAvailable,
                retryAfter: nil)
        }
        let configuration = try await context.configuration(of: &object, parent: component)
        let address = ObjectAddress(of: object)
        let root = try await context.resolve(information, configuration, for: address)
        let version = try await ReferenceWalk(context.service, configuration, for: address)
            .follow(specification.referencePath, from: root)
        guard let resource = IdentityRule.first(specification.resource, in: version.descriptor.resources) else {
            let (wanted, present) = IdentityRule.explain(specification.resource, version.descriptor.resources)
            throw .stalled(
                Fault(.notFound, "\(version.identity) has no resource \(wanted)", fix: present),
                reason: DeliveryReason.resource)
        }
        var digest = resource.digest
        if specification.verificationPolicy == .always {
            digest = try await verified(resource, of: version, configuration, object)
        }
        do {
            object.additionalStatus = try AdditionalFields.evaluate(
                specification.additionalStatusFields, resource: resource.json,
                location: version.open.address.location(of: version.identity.name.text))
        } catch { throw .stalled(error, reason: DeliveryReason.status) }
        object.resourceInformation = ResourceStatus.json(of: resource, digest: digest)
        object.componentInformation = version.information
        let message = "Applied version \(resource.version)"
        return specification.interval.map { .requeue(after: $0, message) } ?? .done(message)
    }

    public func release(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
        let (name, namespace) = (object.name, object.namespace)
        try await context.refuseWhileUsed(object, by: .deployer) {
            let reference = $0.json["spec"]?["resourceRef"]
            return reference?["name"]?.string == name && reference?["namespace"]?.string == namespace
        }
        object.finalizers.removeAll { finalizers.contains($0) }
        return .released
    }

    private func verified(
        _ resource: Resource, of version: ResolvedVersion, _ configuration: LoadedConfiguration,
        _ object: KubernetesObject
    ) async throws(ReconcileError) -> DigestSpecification? {
        do throws(ResolutionError) {
            return try await context.service.verifiedDigest(
                of: resource, in: version, configuration, isFresh: object.isReconciliationRequested,
                for: ObjectAddress(of: object))
        } catch {
            // An access that is unknown stays unknown until the component or the policy changes.
            if case .failed(let fault, _) = error, fault.code == .unsupported {
                throw .stalled(fault, reason: DeliveryReason.resource)
            }
            throw error.reconcileError(reason: DeliveryReason.resource, doing: "verifying the resource")
        }
    }
}

extension DeliveryContext {
    /// The component version that a status shows, read again and compared with the digest in the status.
    func resolve(
        _ information: ComponentInformation, _ configuration: LoadedConfiguration, for address: ObjectAddress?
    ) async throws(ReconcileError) -> ResolvedVersion {
        let identity: ComponentVersionIdentity
        do {
            identity = ComponentVersionIdentity(
                name: try ComponentName(information.component), version: try ComponentVersion(information.version))
        } catch { throw .failed(error, reason: DeliveryReason.componentVersion) }
        let request = VersionRequest(
            repositorySpec: information.repositorySpec, configuration: configuration, identity: identity,
            proof: information.digest.map { .digest($0) } ?? .signatures([], .component))
        do throws(ResolutionError) { return try await service.resolve(request, for: address) } catch {
            throw error.reconcileError(reason: DeliveryReason.componentVersion, doing: "reading \(identity)")
        }
    }
}
