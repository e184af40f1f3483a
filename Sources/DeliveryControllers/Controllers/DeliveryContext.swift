// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
public import Reconciling

/// What the reconcilers of this group have in common.
public struct DeliveryContext: Sendable {
    /// How they behave.
    public struct Settings: Sendable {
        /// Whether objects in a namespace may use Secrets of other namespaces.
        public var allowsForeignNamespaces = false
        /// The most bytes of the manifests of a deployer.
        public var manifestLimit = 2 * 1024 * 1024
        /// The tool that the sets of deployers name.
        public var tooling = "ocm/0.1.0"
        /// How many objects a deployer applies at a time.
        public var applyConcurrency = 4
        /// When something is looked for again that is not there and that no watch may tell of.
        public var missingRetry = Duration.seconds(30)

        /// The settings above.
        public init() {}
    }

    /// The objects of the cluster.
    public let cluster: any ClusterReading
    /// What reads component versions.
    public let service: ResolutionService
    /// How they behave.
    public let settings: Settings

    /// What reconcilers need.
    public init(cluster: any ClusterReading, service: ResolutionService, settings: Settings = Settings()) {
        (self.cluster, self.service, self.settings) = (cluster, service, settings)
    }

    /// The signatures that must verify for a Component, with their keys; waited for where a Secret is not there.
    func demands(of component: KubernetesObject) async throws(ReconcileError) -> [VerificationDemand] {
        do {
            return try await VerificationKeys.demands(
                ComponentSpecification(component).verify, namespace: component.namespace, in: cluster)
        } catch {
            let fault = Fault(wrapping: error), reason = DeliveryReason.componentVersion
            guard fault.code == .notFound else { throw .failed(fault, reason: reason) }
            throw .waiting(
                ReconcileError.failed(fault, reason: reason).message, reason: reason,
                retryAfter: settings.missingRetry)
        }
    }

    /// The object that another refers to; it must be there, wanted and ready.
    func required(
        _ kind: DeliveryKind, _ name: ObjectName, reason: String
    ) async throws(ReconcileError) -> KubernetesObject {
        let object: KubernetesObject?
        do {
            object = try await cluster.get(kind.groupVersionKind, namespace: name.namespace, name: name.name)
        } catch {
            throw .failed(Fault(wrapping: error).during("reading the \(kind.rawValue) \(name)"), reason: reason)
        }
        guard let object else {
            throw .waiting("the \(kind.rawValue) \(name) does not exist yet", reason: reason, retryAfter: nil)
        }
        guard !object.isBeingDeleted else {
            throw .waiting("the \(kind.rawValue) \(name) is being deleted", reason: reason, retryAfter: nil)
        }
        guard object.isReady else {
            let ready = object.condition(StatusCondition.ready)
            let why = ready.map { $0.state == .no ? ": \($0.message)" : "" } ?? ""
            throw .waiting("the \(kind.rawValue) \(name) is not ready\(why)", reason: reason, retryAfter: nil)
        }
        return object
    }

    /// Finds out and reads the configuration of an object, and notes in its status what it consists of.
    ///
    /// - Parameters:
    ///   - parent: whose configuration is used when the object has none of its own.
    ///   - other: whose configuration is used too, behind the other; what it does not propagate is not.
    func configuration(
        of object: inout KubernetesObject, parent: KubernetesObject?, and other: KubernetesObject? = nil
    ) async throws(ReconcileError) -> LoadedConfiguration {
        let loader = ConfigurationLoader(cluster, allowsForeignNamespaces: settings.allowsForeignNamespaces)
        do {
            var references = try await loader.references(of: object, parent: parent)
            references += (other?.effectiveConfiguration ?? []).filter { $0.policy == .propagate }
            object.effectiveConfiguration = references
            return try await loader.load(references)
        } catch {
            let fault = Fault(wrapping: error)
            guard fault.code != .notFound else {
                throw .waiting(
                    ReconcileError.failed(fault, reason: "").message, reason: DeliveryReason.configuration,
                    retryAfter: settings.missingRetry)
            }
            throw .failed(fault, reason: DeliveryReason.configuration)
        }
    }

    /// Keeps an object from going as long as others refer to it.
    ///
    /// - Parameter users: the objects of a kind that refer to it. Only those of the namespace are looked at, or all where
    ///   the kind has no namespaces.
    func refuseWhileUsed(
        _ object: KubernetesObject, by kind: DeliveryKind, _ refers: (KubernetesObject) -> Bool
    ) async throws(ReconcileError) {
        let users: [KubernetesObject]
        do {
            users = try await cluster.list(kind.groupVersionKind, namespace: kind.isNamespaced ? object.namespace : nil)
                .filter(refers)
        } catch {
            throw .failed(
                Fault(wrapping: error).during("looking for a \(kind.rawValue) that uses it"),
                reason: DeliveryReason.deletion)
        }
        guard !users.isEmpty else { return }
        let names = users.prefix(5).map(\.objectName.description).joined(separator: ", ")
        let more = users.count > 5 ? " and \(users.count - 5) more" : ""
        throw .waiting(
            "it is used by the \(kind.rawValue) \(names)\(more)", reason: DeliveryReason.deletion,
            retryAfter: .seconds(60))
    }
}

extension ReconcileError {
    /// A specification that says what is not possible.
    static func specification(_ fault: Fault) -> ReconcileError {
        .stalled(fault, reason: DeliveryReason.specification)
    }
}
