// SPDX-License-Identifier: Apache-2.0

import Basics
import Chronology
import DeliveryControllers
import Documents
import Kubernetes
import Reconciling
import Repositories
import WebClient

/// A cluster in memory, a service, and the reconcilers over them.
struct Scene {
    let cluster = MemoryCluster()
    let service: ResolutionService
    let transfers: TransferService
    let context: DeliveryContext
    static let now = Moment(seconds: 1_767_225_600)!

    init(
        archiveFolder: String? = nil, clock: ResolutionClock = .system, settings: DeliveryContext.Settings = .init(),
        _ adjust: (inout ResolutionSettings) -> Void = { _ in },
        notify: @escaping @Sendable (Set<ObjectAddress>) -> Void = { _ in }
    ) {
        var resolution = ResolutionSettings()
        resolution.archiveFolder = archiveFolder
        resolution.patience = .seconds(60)
        adjust(&resolution)
        service = ResolutionService(
            resolution, clock: clock,
            client: { given in
                var settings = given
                settings.retry.attempts = 1
                settings.retry.connectAttempts = 1
                return HTTPClient(settings)
            }, notify: notify)
        do { transfers = try TransferService(resolution, clock: clock, notify: notify) } catch {
            fatalError("\(error)")
        }
        context = DeliveryContext(cluster: cluster, service: service, settings: settings)
    }

    /// One or, where finalizers come first, two passes over an object, which is put into the cluster.
    @discardableResult
    func pass(_ object: KubernetesObject) async throws -> ReconcilePass {
        await cluster.write(object)
        var pass = await once(object)
        if pass.next == .now { pass = await once(pass.object) }
        if case .success(.released)? = pass.result, pass.object.finalizers.isEmpty {
            await cluster.remove(pass.object)
        } else {
            await cluster.write(pass.object)
        }
        return pass
    }

    private func once(_ object: KubernetesObject) async -> ReconcilePass {
        switch DeliveryKind(object) {
        case .repository: await RepositoryReconciler(context).pass(over: object, at: Self.now)
        case .component: await ComponentReconciler(context).pass(over: object, at: Self.now)
        case .replication:
            await ReplicationReconciler(context, transfers: transfers, now: { Self.now }).pass(
                over: object, at: Self.now)
        case .resource: await ResourceReconciler(context).pass(over: object, at: Self.now)
        default: await DeployerReconciler(context, applyingTo: cluster).pass(over: object, at: Self.now)
        }
    }

    /// A pass over an object as it is in the cluster now.
    @discardableResult
    func pass(_ kind: DeliveryKind, _ name: String, namespace: String? = "demo") async throws -> ReconcilePass {
        let place = kind.isNamespaced ? namespace : nil
        let found = try await cluster.get(kind.groupVersionKind, namespace: place, name: name)
        guard let found else { throw Fault(.notFound, "there is no \(kind) \(name)") }
        return try await pass(found)
    }

    static func object(_ kind: DeliveryKind, _ name: String, _ spec: JSON, generation: Int64 = 1) -> KubernetesObject {
        var object = KubernetesObject(kind.groupVersionKind, namespace: kind.isNamespaced ? "demo" : nil, name: name)
        object.uid = "uid-of-\(name)"
        object.generation = generation
        object.json["spec"] = spec
        return object
    }

    static func repository(
        _ specification: JSON, _ more: [(String, JSON)] = [], name: String = "repo"
    ) -> KubernetesObject {
        object(
            .repository, name, .object(JSONObject([("repositorySpec", specification), ("interval", "10m")] + more)))
    }

    static func component(_ name: String, _ semver: String, _ more: [(String, JSON)] = []) -> KubernetesObject {
        let members: [(String, JSON)] = [
            ("repositoryRef", ["name": "repo"]), ("component", .string(name)), ("semver", .string(semver)),
            ("interval", "1m"),
        ]
        return object(.component, "comp", .object(JSONObject(members + more)))
    }

    static func resource(_ identity: JSON, path: [JSON] = [], _ more: [(String, JSON)] = []) -> KubernetesObject {
        var reference: JSON = ["resource": identity]
        if !path.isEmpty { reference["referencePath"] = .array(path) }
        return object(
            .resource, "res",
            .object(JSONObject([("componentRef", ["name": "comp"]), ("resource", ["byReference": reference])] + more)))
    }

    static let deployer = object(.deployer, "app", ["resourceRef": ["name": "res", "namespace": "demo"]])

    static func replication(_ more: [(String, JSON)] = []) -> KubernetesObject {
        object(
            .replication, "copy",
            .object(
                JSONObject([("componentRef", ["name": "comp"]), ("targetRepositoryRef", ["name": "target"])] + more)))
    }

    static func secret(_ name: String, _ data: [(String, [UInt8])], kind: String = "Secret") -> KubernetesObject {
        var object = KubernetesObject(GroupVersionKind("", "v1", kind), namespace: "demo", name: name)
        object.json["data"] = .object(
            JSONObject(
                data.map { ($0.0, .string(kind == "Secret" ? $0.1.base64 : String(decoding: $0.1, as: UTF8.self))) }))
        return object
    }
}

extension ReconcilePass {
    var ready: Condition? { object.condition("Ready") }
    var readyText: String { ready.map { "\($0.state.rawValue) \($0.reason): \($0.message)" } ?? "none" }
}
