// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes
public import KubernetesClient
public import Reconciling

/// A cluster behind a client, for those who apply objects.
///
/// `get` and `list` may be answered out of caches; all else is asked of the server. Refusals are thrown as `Fault`: 401
/// is `.unauthorized`, 403 `.forbidden` with the missing verb and resource, 404 `.notFound`, 409 `.conflict`, 429 and 5xx
/// `.unavailable`, what the server does not accept `.invalid`. A kind whose definition was applied here a moment ago is
/// waited for.
public final class ClientCluster: ClusterApplying {
    private let client: KubernetesClient
    private let discovery: Discovery
    private let reading: any ClusterReading
    /// Until when kinds that are not there may still appear, since a definition was applied.
    private let expecting = Guarded<ContinuousClock.Instant?>(nil)

    /// How long a definition takes at the most until its kind is served.
    private static let longestDefinition = Duration.seconds(10)

    /// A cluster; `reading` answers what may be behind, else the server does.
    public init(_ client: KubernetesClient, _ discovery: Discovery, reading: (any ClusterReading)? = nil) {
        (self.client, self.discovery) = (client, discovery)
        self.reading = reading ?? CachedCluster(client, discovery, caches: [])
    }

    public func get(_ kind: GroupVersionKind, namespace: String?, name: String) async throws -> KubernetesObject? {
        guard let resource = try await find(kind) else { return nil }
        return try await asking("get", resource, namespace) {
            try await reading.get(kind, namespace: namespace, name: name)
        }
    }

    public func list(_ kind: GroupVersionKind, namespace: String?) async throws -> [KubernetesObject] {
        guard let resource = try await find(kind) else { return [] }
        return try await asking("list", resource, namespace) { try await reading.list(kind, namespace: namespace) }
    }

    public func isNamespaced(_ kind: GroupVersionKind) async throws -> Bool? { try await find(kind)?.isNamespaced }

    public func preferred(group: String, kind: String) async throws -> GroupVersionKind? {
        do { return try await discovery.preferred(group: group, kind: kind).kind } catch let fault as Fault
            where fault.code == .notFound
        {
            // Discovery does not ask again at once because of what is not there; a new definition is a reason.
            guard isExpecting else { return nil }
            return try await discovery.refresh().preferred(group: group, kind: kind)?.kind
        }
    }

    public func current(
        _ kind: GroupVersionKind, namespace: String?, name: String
    ) async throws -> KubernetesObject? {
        guard let resource = try await find(kind) else { return nil }
        do {
            return try await asking("get", resource, namespace) {
                try await client.get(resource.resource, ObjectName(resource.isNamespaced ? namespace : nil, name))
            }
        } catch let fault as Fault where fault.code == .notFound { return nil }
    }

    public func live(
        _ kind: GroupVersionKind, namespace: String?, selector: String
    ) async throws -> [KubernetesObject] {
        guard let resource = try await find(kind) else { return [] }
        let options = ListOptions(labels: try LabelSelector(selector))
        do {
            return try await asking("list", resource, namespace) {
                try await client.listAll(
                    resource.resource, namespace: resource.isNamespaced ? namespace : nil, options
                ).objects
            }
        } catch let fault as Fault where fault.code == .notFound {
            // The kind may have gone since discovery was asked.
            guard try await discovery.refresh().resource(of: kind) == nil else { throw fault }
            return []
        }
    }

    public func apply(_ object: KubernetesObject, manager: String) async throws -> KubernetesObject {
        let (resource, name) = try await address(of: object)
        var object = object
        object.namespace = name.namespace
        let wanted = object
        let applied = try await asking("patch", resource, name.namespace) {
            while true {
                do {
                    return try await client.apply(
                        wanted, to: resource.resource, force: true, WriteOptions(fieldManager: manager))
                } catch let status as APIStatus where status.code == 404 && status.name == nil && isExpecting {
                    // Discovery tells of a new kind a moment before it is served.
                    try await Task.sleep(for: .milliseconds(100))
                }
            }
        }
        if Self.defines(object) {
            let end = ContinuousClock.now + Self.longestDefinition
            expecting.withLock { $0 = end }
        }
        return applied
    }

    public func delete(_ object: KubernetesObject) async throws {
        guard let kind = object.groupVersionKind, let resource = try await find(kind) else { return }
        let name = ObjectName(resource.isNamespaced ? object.namespace : nil, object.name)
        do {
            _ = try await asking("delete", resource, name.namespace) {
                try await client.delete(resource.resource, name, DeleteOptions(.background, uid: object.uid))
            }
        } catch let fault as Fault where fault.code == .notFound {
            return
        } catch let fault as Fault where fault.code == .conflict {
            // Another object has its name: this one is gone.
            let now = try await current(kind, namespace: name.namespace, name: name.name)
            guard now == nil || now?.uid != object.uid else { throw fault }
        }
    }

    public func label(
        _ object: KubernetesObject, labels: [String: String?], annotations: [String: String?]
    ) async throws -> KubernetesObject {
        let (resource, name) = try await address(of: object)
        func json(_ texts: [String: String?]) -> JSON {
            var members = JSONObject()
            for (key, text) in texts.sorted(by: { $0.key < $1.key }) {
                members[key] = .some(text.map { .string($0) } ?? .null)
            }
            return .object(members)
        }
        var metadata: JSON = [:]
        if !labels.isEmpty { metadata["labels"] = json(labels) }
        if !annotations.isEmpty { metadata["annotations"] = json(annotations) }
        if let uid = object.uid { metadata["uid"] = .string(uid) }
        return try await asking("patch", resource, name.namespace) {
            try await client.patch(resource.resource, name, .merge(["metadata": metadata]))
        }
    }

    // MARK: Kinds

    private static func defines(_ object: KubernetesObject) -> Bool {
        object.kind == "CustomResourceDefinition" && object.groupVersionKind?.group == "apiextensions.k8s.io"
    }

    private var isExpecting: Bool { expecting.withLock { $0 }.map { $0 > .now } ?? false }

    private func address(of object: KubernetesObject) async throws -> (APIResource, ObjectName) {
        guard let kind = object.groupVersionKind, let resource = try await find(kind, waits: true) else {
            throw Fault(
                .notFound, "the cluster has no kind \(object.kind) of \(object.apiVersion)",
                fix: "install what defines it")
        }
        return (resource, ObjectName(resource.isNamespaced ? object.namespace ?? "default" : nil, object.name))
    }

    /// The resource of a kind; nil for a kind that the cluster does not have.
    private func find(_ kind: GroupVersionKind, waits: Bool = false) async throws -> APIResource? {
        do { return try await discovery.resource(of: kind) } catch let fault as Fault where fault.code == .notFound {}
        while waits, isExpecting {
            if let found = try await discovery.refresh().resource(of: kind) { return found }
            try await Task.sleep(for: .milliseconds(100))
        }
        return nil
    }

    // MARK: Refusals

    private func asking<Answer>(
        _ verb: String, _ resource: APIResource, _ namespace: String?, _ question: () async throws -> Answer
    ) async throws -> Answer {
        do { return try await question() } catch let status as APIStatus {
            throw Self.fault(status, verb, resource.resource, resource.isNamespaced ? namespace : nil)
        }
    }

    /// What a refusal is to those who branch on codes.
    static func fault(
        _ status: APIStatus, _ verb: String, _ resource: GroupVersionResource, _ namespace: String?
    ) -> Fault {
        let place = namespace.map { " in the namespace \($0)" } ?? ""
        let what = "\(resource.groupResource)\(place)"
        switch status.code {
        case 401: return Fault(.unauthorized, status.message, fix: "check the credentials")
        case 403:
            // The server names the verb that is missing, which is `create` for what is applied for the first time.
            let missing = Self.missingVerb(status.message) ?? verb
            return Fault(
                .forbidden, "the verb \(missing) on \(what) is not allowed: \(status.message)",
                fix: "grant \(missing) on \(resource.resource) in apiGroups [\"\(resource.groupVersion.group)\"]")
        case 404: return Fault(.notFound, status.message)
        case 409: return Fault(.conflict, status.message)
        case 405, 415: return Fault(.unsupported, status.message)
        case 413: return Fault(.limitExceeded, status.message)
        case 408, 429, 500...: return Fault(.unavailable, "\(verb) on \(what): \(status.message)")
        default: return Fault(.invalid, status.message)
        }
    }

    /// The verb of `User "x" cannot VERB resource …`.
    private static func missingVerb(_ message: String) -> String? {
        let words = message.split(separator: " ")
        guard let place = words.firstIndex(of: "cannot"), words.count > place + 2, words[place + 2] == "resource" else {
            return nil
        }
        return String(words[place + 1])
    }
}
