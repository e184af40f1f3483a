// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Chronology
internal import Documents
public import Kubernetes
public import KubernetesClient

/// Lets one of several processes do the work: the one that holds a lease (`coordination.k8s.io/v1`), as long as it renews
/// it.
///
/// Nobody trusts another's clock: a lease has run out when it has not changed for its length on the own clock. Who cannot
/// renew in time stops working before anybody else may begin.
public struct LeaderElection: Sendable {
    /// How long things take.
    public struct Settings: Sendable {
        /// For how long a lease is good that is not renewed.
        public var length = Duration.seconds(15)
        /// How long the leader tries to renew before it stops working; less than `length`.
        public var deadline = Duration.seconds(10)
        /// How often it renews, and others look.
        public var retry = Duration.seconds(2)

        /// What Kubernetes' own controllers use.
        public init() {}
    }
    private let client: KubernetesClient
    private let lease: ObjectName
    private let identity: String
    private let settings: Settings
    private let now: @Sendable () -> Moment
    private static let leases = GroupVersionResource("coordination.k8s.io", "v1", "leases")

    /// A candidate for a lease; every process needs another identity.
    public init(
        _ client: KubernetesClient, lease: ObjectName, identity: String, _ settings: Settings = Settings(),
        now: @escaping @Sendable () -> Moment
    ) {
        precondition(settings.deadline < settings.length, "a leader must stop before another may begin")
        (self.client, self.lease, self.identity, self.settings) = (client, lease, identity, settings)
        self.now = now
    }

    /// Waits for the lease, and runs `body` as long as it holds; then lets the lease go.
    ///
    /// When the lease is lost, `body` is cancelled, waited for, and `.unavailable` thrown: the process should end, or begin
    /// anew.
    public func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        var seen: (version: String, at: ContinuousClock.Instant)?
        while true {
            try Task.checkCancellation()
            if try await acquire(&seen) { break }
            try await Task.sleep(for: settings.retry * Double.random(in: 1...1.2))
        }
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await body()
                    return true
                }
                group.addTask {
                    try await renew()
                    return false
                }
                defer { group.cancelAll() }
                guard try await group.next() == true else {
                    throw Fault(
                        .unavailable, "the lease \(lease) was lost", fix: "another process has it; start again to wait for it")
                }
            }
        } catch {
            await release()
            throw error
        }
        await release()
    }

    /// Renews until that fails for too long.
    private func renew() async throws {
        var last = ContinuousClock.now
        while true {
            try await Task.sleep(for: settings.retry)
            do {
                guard try await hold() else { return }
                last = .now
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                guard ContinuousClock.now - last + settings.retry < settings.deadline else { return }
            }
        }
    }

    /// Whether the lease is ours now.
    private func acquire(_ seen: inout (version: String, at: ContinuousClock.Instant)?) async throws -> Bool {
        do {
            guard let found = try await current() else {
                _ = try await client.create(make(), in: Self.leases)
                return true
            }
            let holder = found.json["spec"]?["holderIdentity"]?.string ?? ""
            let version = found.resourceVersion ?? ""
            if seen?.version != version { seen = (version, .now) }
            let length = found.json["spec"]?["leaseDurationSeconds"]?.int.map { Duration.seconds($0) } ?? settings.length
            let isFree = holder.isEmpty || holder == identity || seen.map { $0.at + length < .now } ?? false
            guard isFree else { return false }
            _ = try await client.update(held(found, isNew: holder != identity), in: Self.leases)
            return true
        } catch let status as APIStatus where status.code == 409 || status.code == 404 { return false } catch let
            status as APIStatus where status.code == 401 || status.code == 403
        { throw status } catch is CancellationError { throw CancellationError() } catch { return false }
    }

    /// Renews once; false when somebody else has it.
    private func hold() async throws -> Bool {
        guard let found = try await current(), found.json["spec"]?["holderIdentity"]?.string == identity else {
            return false
        }
        _ = try await client.update(held(found, isNew: false), in: Self.leases)
        return true
    }

    /// Lets others begin at once.
    private func release() async {
        // A task that is cancelled cannot ask anybody any more, so another one does.
        await Task {
            guard let found = try? await current(), found.json["spec"]?["holderIdentity"]?.string == identity else {
                return
            }
            var lease = found
            lease.json["spec"]?["holderIdentity"] = ""
            lease.json["spec"]?["leaseDurationSeconds"] = 1
            _ = try? await client.update(lease, in: Self.leases)
        }.value
    }

    private func current() async throws -> KubernetesObject? {
        do { return try await client.get(Self.leases, lease) } catch let status as APIStatus where status.code == 404 {
            return nil
        }
    }

    private func make() -> KubernetesObject {
        let object = KubernetesObject(
            GroupVersionKind("coordination.k8s.io", "v1", "Lease"), namespace: lease.namespace, name: lease.name)
        return held(object, isNew: true)
    }

    private func held(_ lease: KubernetesObject, isNew: Bool) -> KubernetesObject {
        var lease = lease
        var spec = lease.json["spec"] ?? [:]
        let time = JSON.string(now().kubernetesMicroText)
        spec["holderIdentity"] = .string(identity)
        spec["leaseDurationSeconds"] = .number(JSONNumber(settings.length.components.seconds))
        spec["renewTime"] = time
        if isNew {
            spec["acquireTime"] = time
            let before = spec["leaseTransitions"]?.int ?? -1
            spec["leaseTransitions"] = .number(JSONNumber(before + 1))
        }
        lease.json["spec"] = spec
        return lease
    }
}
