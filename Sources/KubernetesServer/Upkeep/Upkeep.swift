// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
internal import KubernetesStore

/// What the server does by itself: watches its own objects and lets those go, empties those and completes those that
/// nobody else does.
///
/// All of it follows from what is stored: after a restart, or an error, it looks again.
final class Upkeep: Sendable {
    private let tasks = Guarded<[GroupResource: Task<Void, Never>]>([:])
    private let clock = Guarded<Task<Void, Never>?>(nil)
    private let api: KubernetesAPI
    private let collector: GarbageCollector
    private let namespaces: NamespaceUpkeep
    private let definitions: DefinitionUpkeep
    private let aggregations: AggregationUpkeep
    private let settings: Settings

    struct Settings: Sendable {
        /// How long events are kept.
        var events = Duration.seconds(3600)
        /// How often everything that is pending is looked at again.
        var interval = Duration.seconds(10)
        /// The certificates that clients of this server trust (PEM), as `kube-root-ca.crt` has them in each namespace.
        var authority: String?
    }

    init(_ api: KubernetesAPI, _ settings: Settings = Settings()) {
        (self.api, self.settings) = (api, settings)
        collector = GarbageCollector(api)
        namespaces = NamespaceUpkeep(api, authority: settings.authority)
        definitions = DefinitionUpkeep(api)
        aggregations = AggregationUpkeep(api)
        follow()
        api.access.observeClusterRoles { [aggregations] in Task { await aggregations.observe() } }
        clock.withLock {
            $0 = Task.detached { [self] in
                // Roles may have changed while nobody wrote them back.
                await aggregations.settle()
                await tick()
            }
        }
    }

    /// Follows every resource that is stored; those of new definitions as they come.
    private func follow() {
        for resource in api.catalogue.stored {
            tasks.withLock { tasks in
                guard tasks[resource.storage] == nil else { return }
                tasks[resource.storage] = Task.detached { [self] in await watch(resource.storage) }
            }
        }
    }

    func stop() async {
        api.access.observeClusterRoles(nil)
        await aggregations.end()
        clock.withLock { $0 }?.cancel()
        let running = tasks.withLock { Array($0.values) }
        for task in running { task.cancel() }
        for task in running { await task.value }
        await clock.withLock { $0 }?.value
        await definitions.end()
    }

    private func tick() async {
        var rounds = 0
        while (try? await Task.sleep(for: settings.interval)) != nil {
            follow()
            await collector.retry()
            await namespaces.retry()
            await definitions.retry()
            await aggregations.settle()
            rounds += 1
            if rounds % 6 == 0 {
                try? await api.store.compact()
                await EventUpkeep(api, keeping: settings.events).run()
            }
        }
    }

    /// Reads all of a resource, then its changes; begins anew when it was too slow for the history.
    private func watch(_ storage: GroupResource) async {
        while !Task.isCancelled {
            do {
                var revision: Int64 = 0
                var position: ObjectPage.Position?
                repeat {
                    let page = try api.store.list(storage, from: position, limit: 500)
                    for object in page.objects { await observe(object, isGone: false) }
                    (position, revision) = (page.next, page.revision)
                } while position != nil
                var cursor = api.store.changes(of: storage, after: revision)
                while let changes = try await cursor.next() {
                    for change in changes { await observe(change.object, isGone: change.kind == .deleted) }
                }
                return
            } catch is CancellationError {
                return
            } catch {
                try? await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    private func observe(_ stored: StoredObject, isGone: Bool) async {
        let resource = stored.key.resource
        await collector.observe(stored, isGone: isGone)
        guard resource.group.isEmpty || resource == DefinitionAdmission.resource else { return }
        switch resource.resource {
        case "namespaces", "serviceaccounts", "configmaps": await namespaces.observe(stored, isGone: isGone)
        case "customresourcedefinitions":
            await definitions.observe(stored, isGone: isGone)
            follow()
        default: break
        }
    }
}
