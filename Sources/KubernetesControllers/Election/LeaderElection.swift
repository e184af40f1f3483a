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
        /// Told of each failure that is lived through.
        public var observe: (@Sendable (any Error) -> Void)?

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
        precondition(settings.retry < settings.deadline, "a leader must renew more than once before its deadline")
        (self.client, self.lease, self.identity, self.settings) = (client, lease, identity, settings)
        self.now = now
    }

    /// Waits for the lease, and runs `body` as long as it holds; then lets the lease go.
    ///
    /// When the lease is lost, `body` is cancelled, waited for, and `.unavailable` thrown: the process should end, or begin
    /// anew. `body` has what lies between the deadline and the length to end. When the task is cancelled, the lease is
    /// renewed until `body` has ended. Throws what the server says when the lease can never be had, such as 403.
    public func run(_ body: @escaping @Sendable () async throws -> Void) async throws {
        let held = Guarded(try await acquired())
        let isLost = Guarded(false)
        let work = Task { try await body() }
        let lose: @Sendable () -> Void = {
            guard !Task.isCancelled else { return }
            isLost.withLock { $0 = true }
            work.cancel()
        }
        let renewal = Task {
            await renew(held)
            lose()
        }
        // On its own: a request that hangs must not keep anybody from seeing that the time is over.
        let watch = Task {
            await expire(held)
            lose()
        }
        let result = await withTaskCancellationHandler {
            await work.result
        } onCancel: {
            work.cancel()
        }
        renewal.cancel()
        watch.cancel()
        await release()
        guard !isLost.withLock({ $0 }) else {
            throw Fault(.unavailable, "the lease \(lease) was lost", fix: "start again to wait for it")
        }
        try result.get()
    }

    /// Waits until the lease is ours; since when it is, at the latest.
    private func acquired() async throws -> ContinuousClock.Instant {
        var seen: (version: String, at: ContinuousClock.Instant)?
        do {
            while true {
                try Task.checkCancellation()
                let start = ContinuousClock.now
                if try await acquire(&seen) { return start }
                try await Task.sleep(for: settings.retry * Double.random(in: 1...1.2))
            }
        } catch is CancellationError {
            // The answer to a request that was on its way is not known.
            await release()
            throw CancellationError()
        }
    }

    /// Renews until the lease is another's. It counts from before the request, since others count from when it is done.
    private func renew(_ held: Guarded<ContinuousClock.Instant>) async {
        while (try? await Task.sleep(for: settings.retry)) != nil {
            let start = ContinuousClock.now
            do {
                guard try await hold() else { return }
                held.withLock { $0 = start }
            } catch {
                guard !Task.isCancelled else { return }
                settings.observe?(error)
            }
        }
    }

    /// Waits until the lease was not renewed for too long.
    private func expire(_ held: Guarded<ContinuousClock.Instant>) async {
        while true {
            let left = held.withLock { $0 } + settings.deadline - .now
            guard left > .zero, (try? await Task.sleep(for: left)) != nil else { return }
        }
    }

    /// Whether the lease is ours now.
    private func acquire(_ seen: inout (version: String, at: ContinuousClock.Instant)?) async throws -> Bool {
        do {
            guard let found = try await current() else {
                do { _ = try await client.create(make(), in: Self.leases) } catch let status as APIStatus
                    where status.code == 409
                { return false }
                return true
            }
            let holder = found.json["spec"]?["holderIdentity"]?.string ?? ""
            let version = found.resourceVersion ?? ""
            if seen?.version != version { seen = (version, .now) }
            let length =
                found.json["spec"]?["leaseDurationSeconds"]?.int.map { Duration.seconds($0) } ?? settings.length
            let isFree = holder.isEmpty || holder == identity || seen.map { $0.at + length < .now } ?? false
            guard isFree else { return false }
            do { _ = try await client.update(held(found, isNew: holder != identity), in: Self.leases) } catch let
                status as APIStatus where status.code == 409 || status.code == 404
            { return false }
            return true
        } catch let status as APIStatus where (400..<500).contains(status.code) && ![408, 429].contains(status.code) {
            throw status
        } catch is CancellationError { throw CancellationError() } catch {
            settings.observe?(error)
            return false
        }
    }

    /// Renews once; false when somebody else has it.
    private func hold() async throws -> Bool {
        guard let found = try await current(), found.json["spec"]?["holderIdentity"]?.string == identity else {
            return false
        }
        _ = try await client.update(held(found, isNew: false), in: Self.leases)
        return true
    }

    /// Lets others begin at once, if that can be said soon; else they wait until the lease has run out.
    private func release() async {
        // A task that is cancelled cannot ask anybody any more, so another one does.
        let telling = Task {
            guard let found = try? await current(), found.json["spec"]?["holderIdentity"]?.string == identity else {
                return
            }
            var lease = found
            lease.json["spec"]?["holderIdentity"] = ""
            lease.json["spec"]?["leaseDurationSeconds"] = 1
            _ = try? await client.update(lease, in: Self.leases)
        }
        let end = Task { [settings] in
            guard (try? await Task.sleep(for: min(settings.deadline, max(settings.retry, .seconds(2))))) != nil else {
                return
            }
            telling.cancel()
        }
        await telling.value
        end.cancel()
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
        var moment = now()
        // A renewal must change something, also when the clock stands still: others see nothing else of it.
        if spec["renewTime"]?.string == moment.kubernetesMicroText {
            moment = moment.adding(TimeSpan(nanoseconds: 1000)) ?? moment
        }
        let time = JSON.string(moment.kubernetesMicroText)
        spec["holderIdentity"] = .string(identity)
        // Whole seconds, and never fewer than we count on.
        let (seconds, rest) = settings.length.components
        spec["leaseDurationSeconds"] = .number(JSONNumber(max(1, seconds + (rest > 0 ? 1 : 0))))
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
