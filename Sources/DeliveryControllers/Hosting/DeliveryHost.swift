// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Chronology
internal import Documents
public import Kubernetes
public import KubernetesClient
public import KubernetesControllers
internal import Reconciling

/// The delivery controllers on a cluster: the reconcilers of all kinds with their caches, queues and watches.
public struct DeliveryHost: Sendable {
    /// How they run.
    public struct Settings: Sendable {
        /// How reconcilers behave.
        public var context = DeliveryContext.Settings()
        /// How much is read and kept.
        public var resolution = ResolutionSettings()
        /// How many objects of each kind are worked on at a time.
        public var workers = 4
        /// How many component versions Replications carry at a time.
        public var transfers = 4
        /// The lease that one of several processes holds; nil for a process that is alone.
        public var lease: ObjectName?
        /// How long leases are good.
        public var election = LeaderElection.Settings()
        /// Who this process is among several.
        public var identity = "sovereign"

        /// The settings above.
        public init() {}
    }
    private let client: KubernetesClient
    private let settings: Settings
    private let metrics: ControllerMetrics
    private let now: @Sendable () -> Moment
    /// What is there while the controllers run.
    private struct Running: Sendable {
        let host: ControllerHost
        let components: ObjectCache
        let service: ResolutionService
        let queues: DeliveryQueues
    }
    private let running = Guarded<Running?>(nil)
    /// The index of Components by the names of their components.
    private static let byName = "component"

    /// Controllers that reach the cluster through a client.
    public init(
        _ client: KubernetesClient, _ settings: Settings = Settings(), metrics: ControllerMetrics,
        now: @escaping @Sendable () -> Moment = DeliveryHost.systemTime
    ) {
        (self.client, self.settings, self.metrics, self.now) = (client, settings, metrics, now)
    }

    /// The system's clock.
    public static let systemTime: @Sendable () -> Moment = {
        Moment(seconds: Timestamp.now().seconds) ?? Moment(seconds: 0)!
    }

    /// Whether all that is watched is known.
    public var isReady: Bool { running.withLock { $0?.host.isReady } ?? false }

    /// Has the Components of a component looked at now: for whoever knows that there is another version of it. What was
    /// begun to be read before is no answer for them.
    public func lookAgain(atComponent name: String) async {
        guard let running = running.withLock({ $0 }) else { return }
        await running.service.noteChange(ofComponent: name)
        for object in running.components.objects(by: Self.byName, name) {
            await running.queues.add(.component, object.objectName)
        }
    }

    /// Runs until the task is cancelled: with a lease, only while this process holds it. What has been begun is finished.
    public func run() async throws {
        guard let lease = settings.lease else { return try await lead() }
        let election = LeaderElection(
            client, lease: lease, identity: settings.identity, settings.election, now: now)
        try await election.run { try await lead() }
    }

    private func lead() async throws {
        let discovery = Discovery(client)
        let recorder = EventRecorder(client, component: ControllerManifests.name, now: now)
        let caches = Dictionary(
            uniqueKeysWithValues: DeliveryKind.allCases.map { ($0, cache($0.groupVersionKind, $0.resource, .whole)) })
        // Of these, controllers need to know only that they have changed.
        let configurations = ["Secret", "ConfigMap"].map {
            cache(GroupVersionKind("", "v1", $0), GroupVersionResource("", "v1", "\($0.lowercased())s"), .metadata)
        }
        let cluster = CachedCluster(client, discovery, caches: Array(caches.values))
        let queues = DeliveryQueues()
        let notify: @Sendable (Set<ObjectAddress>) -> Void = { addresses in
            Task { for address in addresses { await queues.add(address) } }
        }
        let service = ResolutionService(settings.resolution, notify: notify)
        let transfers = try TransferService(settings.resolution, concurrency: settings.transfers, notify: notify)
        let context = DeliveryContext(cluster: cluster, service: service, settings: settings.context)
        let applying = ClientCluster(client, discovery, reading: cluster)
        func driver<Worker: Reconciler>(_ kind: DeliveryKind, _ reconciler: Worker) -> ControllerDriver<Worker> {
            let driver = ControllerDriver(
                kind.rawValue.lowercased(), reconciler, caches[kind]!, kind.resource, client, recorder: recorder,
                metrics: metrics, workers: settings.workers, now: now)
            queues.register(kind, driver.queue)
            return driver
        }
        let repositories = driver(.repository, RepositoryReconciler(context))
        let components = driver(.component, ComponentReconciler(context))
        let resources = driver(.resource, ResourceReconciler(context))
        let deployers = driver(.deployer, DeployerReconciler(context, applyingTo: applying))
        let replications = driver(
            .replication, ReplicationReconciler(context, transfers: transfers, now: now))
        let drift = DriftWatches(client, discovery) { await queues.add(.deployer, $0) }
        let watches = DeliveryWatches(cluster)
        for (kind, cache) in caches {
            cache.observe { change in
                if kind == .deployer, case .changed(_, let new) = change { await drift.follow(new) }
                // What is there at the beginning is looked at anyway; and nobody may wait here for this cache to be filled.
                guard cache.isSynced, let object = Self.telling(change) else { return }
                for address in (try? await watches.affected(by: object)) ?? [] { await queues.add(address) }
            }
        }
        for cache in configurations {
            cache.observe { change in
                guard cache.isSynced, let object = Self.changed(change) else { return }
                for address in (try? await watches.affected(by: object)) ?? [] { await queues.add(address) }
            }
        }
        let host = ControllerHost(
            Array(caches.values) + configurations,
            [
                { await repositories.run() }, { await components.run() }, { await resources.run() },
                { await deployers.run() }, { await replications.run() },
            ])
        running.withLock {
            $0 = Running(
                host: host, components: caches[.component]!, service: service, queues: queues)
        }
        defer { running.withLock { $0 = nil } }
        do { try await host.run() } catch {
            await drift.stop()
            throw error
        }
        await drift.stop()
        await recorder.flush()
    }

    private func cache(_ kind: GroupVersionKind, _ resource: GroupVersionResource, _ form: ObjectForm) -> ObjectCache {
        var options = FeedOptions()
        options.form = form
        options.reduce = { $0.setMetadata("managedFields", nil) }
        options.observe = { [metrics] error, delay in
            metrics.note("watching \(resource) begins again in \(delay)", error)
        }
        let indexes: [String: ObjectCache.Index] =
            kind == DeliveryKind.component.groupVersionKind
            ? [Self.byName: { $0.json["spec"]?["component"]?.string.map { [$0] } ?? [] }] : [:]
        return ObjectCache(kind, client.feed(resource, options), indexes: indexes)
    }

    /// The object of a change that others may wait for: its status, its deletion, its coming and going.
    private static func telling(_ change: ObjectChange) -> KubernetesObject? {
        switch change {
        case .synced: nil
        case .changed(let old?, let new):
            old.json["status"] != new.json["status"] || old.isBeingDeleted != new.isBeingDeleted ? new : nil
        case .changed(nil, let new): new
        case .removed(let last): last
        }
    }

    private static func changed(_ change: ObjectChange) -> KubernetesObject? {
        switch change {
        case .synced: nil
        case .changed(_, let new): new
        case .removed(let last): last
        }
    }
}

/// The queues of the kinds, for those who have something looked at.
private final class DeliveryQueues: Sendable {
    private let queues = Guarded<[DeliveryKind: WorkQueue<ObjectName>]>([:])

    func register(_ kind: DeliveryKind, _ queue: WorkQueue<ObjectName>) { queues.withLock { $0[kind] = queue } }

    func add(_ kind: DeliveryKind, _ name: ObjectName) async { await queues.withLock { $0[kind] }?.add(name) }

    func add(_ address: ObjectAddress) async {
        guard let kind = DeliveryKind(rawValue: address.kind.kind) else { return }
        await add(kind, address.name)
    }
}
