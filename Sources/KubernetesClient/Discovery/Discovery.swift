// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Kubernetes

/// The resources of a server, asked for once and again when something is not among them or they are old; never more often
/// than every few seconds, however many ask.
public actor Discovery {
    private let client: KubernetesClient
    private let lifetime: Duration
    private let pause: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private var known: (catalogue: ResourceCatalogue, at: ContinuousClock.Instant)?
    private var asking: Task<ResourceCatalogue, any Error>?

    /// Discovery by a client.
    ///
    /// - Parameters:
    ///   - lifetime: how long an answer is good.
    ///   - pause: how long there is at least between two questions because of what is not there.
    public init(
        _ client: KubernetesClient, lifetime: Duration = .seconds(600), pause: Duration = .seconds(5),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        (self.client, self.lifetime, self.pause, self.now) = (client, lifetime, pause, now)
    }

    /// All resources, as they were within the lifetime.
    public func catalogue() async throws -> ResourceCatalogue {
        if let known, now() - known.at < lifetime { return known.catalogue }
        do {
            return try await refresh()
        } catch {
            // What was true a while ago is better than nothing.
            if let known, !(error is CancellationError) { return known.catalogue }
            throw error
        }
    }

    /// Asks now; those who ask at once share one answer.
    @discardableResult
    public func refresh() async throws -> ResourceCatalogue {
        if let asking { return try await asking.value }
        let task = Task { try await client.discover() }
        asking = task
        defer { asking = nil }
        let catalogue = try await task.value
        known = (catalogue, now())
        return catalogue
    }

    /// The resource whose objects are of a kind; throws `.notFound` when there is none, after it has asked again.
    public func resource(of kind: GroupVersionKind) async throws -> APIResource {
        if let found = try await search({ $0.resource(of: kind) }) { return found }
        throw Fault(
            .notFound, "\(client.configuration) has no kind \(kind.kind) in \(kind.groupVersion)",
            fix: "check apiVersion and kind; a custom kind needs its definition first")
    }

    /// The resource of a kind in the version that the server prefers.
    public func preferred(group: String, kind: String) async throws -> APIResource {
        if let found = try await search({ $0.preferred(group: group, kind: kind) }) { return found }
        throw Fault(.notFound, "\(client.configuration) has no kind \(kind) in the group “\(group)”")
    }

    /// What people may mean by a name, such as `deploy` or `pods.v1.`; see `ResourceCatalogue.find`.
    public func find(_ name: String) async throws -> APIResource {
        if let found = try await search({ $0.find(name).first }) { return found }
        throw Fault(.notFound, "\(client.configuration) has no resource “\(name.prefix(80))”")
    }

    /// What an object is addressed by: its resource, and its name with its namespace, `namespace` if it lacks one, nil when
    /// the resource has none.
    public func address(of object: KubernetesObject, namespace: String? = nil) async throws -> (
        resource: APIResource, name: ObjectName
    ) {
        guard let kind = object.groupVersionKind else {
            throw Fault(.invalid, "“\(object.apiVersion.prefix(80))” is no API version")
        }
        let resource = try await resource(of: kind)
        let place = object.namespace ?? namespace ?? client.configuration.namespace
        return (resource, ObjectName(resource.isNamespaced ? place : nil, object.name))
    }

    private func search(_ find: @Sendable (ResourceCatalogue) -> APIResource?) async throws -> APIResource? {
        if let found = find(try await catalogue()) { return found }
        guard let known, now() - known.at >= pause else { return nil }
        return find(try await refresh())
    }
}
