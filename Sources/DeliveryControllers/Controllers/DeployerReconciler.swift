// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
public import Kubernetes
public import Reconciling
internal import Repositories

/// Applies the manifests of a Deployer's resource, and removes what is no longer among them.
public struct DeployerReconciler: Reconciler {
    private let context: DeliveryContext
    private let cluster: any ClusterApplying

    /// A reconciler.
    public init(_ context: DeliveryContext, applyingTo cluster: any ClusterApplying) {
        (self.context, self.cluster) = (context, cluster)
    }

    public var finalizers: [String] { DeliveryKind.deployer.finalizers }

    public func reconcile(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
        let specification: DeployerSpecification
        do { specification = try DeployerSpecification(object) } catch { throw .specification(error) }
        let resource = try await context.required(
            .resource, specification.resource, reason: DeliveryReason.notAvailable)
        guard let shown = resource.resourceInformation, let information = resource.componentInformation else {
            throw .waiting(
                "the Resource \(resource.objectName) shows no resource yet", reason: DeliveryReason.notAvailable,
                retryAfter: nil)
        }
        try await checkDrift(resource, information)
        let configuration = try await context.configuration(of: &object, parent: resource)
        let address = ObjectAddress(of: object)
        let version = try await context.resolve(information, configuration, for: address)
        let element = try Self.element(shown, of: version)
        let bytes: [UInt8]
        do throws(ResolutionError) {
            bytes = try await context.service.content(
                of: element, in: version, configuration, limit: context.settings.manifestLimit, for: address)
        } catch {
            throw error.reconcileError(reason: DeliveryReason.resource, doing: "reading the manifests")
        }
        let thing = "resource “\(element.name)” of \(version.identity)"
        let manifests: [KubernetesObject]
        do {
            manifests = try await ManifestDecoder(limit: context.settings.manifestLimit)
                .objects(bytes, mediaType: Self.mediaType(element), source: thing)
        } catch { throw .stalled(Fault(wrapping: error), reason: DeliveryReason.marshal) }
        let decoration = ManifestDecoration(deployer: object, resource: resource)
        do {
            let result = try await set(object).apply(manifests.map(decoration.decorate))
            object.deployed = result.applied.map(Self.reference)
            // The set's notes made another version of the object, which is ours.
            if let version = result.parentVersion { object.resourceVersion = version }
        } catch {
            let fault = Fault(wrapping: error)
            throw .failed(fault, reason: DeliveryReason.apply)
        }
        return .done("Applied \(version.identity), resource \(element.name)")
    }

    public func release(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
        let remaining: [KubernetesObject]
        do {
            remaining = try await set(object).removeAll()
        } catch { throw .failed(Fault(wrapping: error), reason: DeliveryReason.deletion) }
        guard remaining.isEmpty else {
            let names = remaining.prefix(3).map { "\($0.kind) \($0.objectName)" }.joined(separator: ", ")
            throw .waiting(
                "\(remaining.count) objects are being deleted: \(names)", reason: DeliveryReason.deletion,
                retryAfter: .seconds(1))
        }
        object.finalizers.removeAll { finalizers.contains($0) }
        return .released
    }

    private func set(_ object: KubernetesObject) async throws -> ApplySet {
        // The status says once more what was applied, should somebody have taken the notes away.
        let known = object.deployed.map { KubernetesObject(unchecked: Self.object($0)) }
        return try await ApplySet(
            parent: object, alsoIn: ApplySetScope(of: known), cluster: cluster, tooling: context.settings.tooling,
            concurrency: context.settings.applyConcurrency)
    }

    /// Waits while the component has moved on and the resource has not followed yet.
    private func checkDrift(
        _ resource: KubernetesObject, _ information: ComponentInformation
    ) async throws(ReconcileError) {
        let specification: ResourceSpecification
        do { specification = try ResourceSpecification(resource) } catch { throw .specification(error) }
        guard specification.referencePath.isEmpty else { return }
        let component: KubernetesObject?
        do {
            component = try await context.cluster.get(
                DeliveryKind.component.groupVersionKind, namespace: resource.namespace,
                name: specification.componentName)
        } catch { throw .failed(Fault(wrapping: error), reason: DeliveryReason.notAvailable) }
        guard let current = component?.componentInformation, current.component == information.component,
            current.version != information.version || current.digest != information.digest
        else { return }
        throw .waiting(
            "the Component has version \(current.version), the Resource still \(information.version)",
            reason: DeliveryReason.drift, retryAfter: .seconds(10))
    }

    /// The element of the descriptor that the Resource shows.
    private static func element(_ shown: JSON, of version: ResolvedVersion) throws(ReconcileError) -> Resource {
        var wanted = ["name": shown["name"]?.string ?? ""]
        wanted["version"] = shown["version"]?.string
        for (key, value) in shown["extraIdentity"]?.object ?? JSONObject() where wanted[key] == nil {
            wanted[key] = value.string
        }
        guard let element = IdentityRule.first(wanted, in: version.descriptor.resources) else {
            let (text, present) = IdentityRule.explain(wanted, version.descriptor.resources)
            throw .stalled(
                Fault(.notFound, "\(version.identity) has no resource \(text)", fix: present),
                reason: DeliveryReason.resource)
        }
        return element
    }

    /// The media type of the content: what its access says, else what its type says.
    private static func mediaType(_ resource: Resource) -> String {
        resource.access?.json["mediaType"]?.string ?? resource.type
    }

    /// An entry of `status.deployed`.
    private static func reference(_ object: KubernetesObject) -> JSON {
        var json: JSON = [
            "apiVersion": .string(object.apiVersion), "kind": .string(object.kind), "name": .string(object.name),
        ]
        if let namespace = object.namespace { json["namespace"] = .string(namespace) }
        if let uid = object.uid { json["uid"] = .string(uid) }
        return json
    }

    private static func object(_ reference: JSON) -> JSON {
        var metadata: JSON = ["name": reference["name"] ?? ""]
        if let namespace = reference["namespace"] { metadata["namespace"] = namespace }
        return [
            "apiVersion": reference["apiVersion"] ?? "", "kind": reference["kind"] ?? "", "metadata": metadata,
        ]
    }
}
