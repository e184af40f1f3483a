// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
public import KubernetesClient

/// What every API server does, whoever has written it: steps that each need a client and a namespace of their own.
///
/// A step throws what is not as it must be.
public enum ClusterContract {
    /// One step.
    public struct Step: Sendable, CustomStringConvertible {
        /// What holds, as a sentence.
        public let description: String
        /// Whether it needs controllers beside the server.
        public let needsControllers: Bool
        /// Tries it.
        public let run: @Sendable (KubernetesClient, _ namespace: String) async throws -> Void
    }

    /// All steps.
    public static let steps: [Step] = [
        Step("objects are created, read, replaced, changed and deleted", lifeOfAnObject),
        Step("names are generated, and taken once", names),
        Step("nothing comes of what is only tried", dryRun),
        Step("lists come in pages that together are everything, of one moment", pages),
        Step("lists show what is selected", selectors),
        Step("only metadata is sent when only metadata is wanted", metadata),
        Step("a write based on an old version is refused", conflicts),
        Step("JSON patches, merge patches and strategic merge patches change what they name", patches),
        Step("server-side apply merges, refuses conflicts, and takes over by force", apply),
        Step("a watch goes on behind a version, without gaps", watchResume),
        Step("a watch tells that the version it shall go on from is forgotten or goes on", watchFromTheBeginning),
        Step("a feed tells what is there and what becomes of it", feed),
        Step("finalizers keep what is being deleted", finalizers),
        Step("preconditions of deletions are kept", preconditions),
        Step("collections are deleted by selectors", collections),
        Step("the status is written by itself, and the rest without it", status),
        Step("scales are read and written", scale),
        Step("resources are found by their kinds", discovery),
        Step("refusals are statuses with reasons", refusals),
        Step("what a deleted object owns is deleted, or let go", propagation, needsControllers: true),
    ]

    /// Makes a namespace with a new name, lets it be used, and deletes it.
    public static func withNamespace(
        _ client: KubernetesClient, _ use: (String) async throws -> Void
    ) async throws {
        let start = KubernetesObject(
            unchecked: ["apiVersion": "v1", "kind": "Namespace", "metadata": ["generateName": "contract-"]])
        let namespace = try await client.create(start, in: namespaces)
        let result: (any Error)?
        do {
            try await use(namespace.name)
            result = nil
        } catch { result = error }
        _ = try? await client.delete(namespaces, ObjectName(nil, namespace.name))
        if let result { throw result }
    }

    /// Runs all steps, each in a namespace of its own.
    public static func run(_ client: KubernetesClient, withControllers: Bool = false) async throws {
        for step in steps where withControllers || !step.needsControllers {
            try await withNamespace(client) { namespace in
                do { try await step.run(client, namespace) } catch let fault as Fault {
                    throw fault.during(step.description)
                }
            }
        }
    }

    // MARK: What the steps are made of

    static let namespaces = GroupVersionResource("", "v1", "namespaces")
    static let maps = GroupVersionResource("", "v1", "configmaps")
    static let deployments = GroupVersionResource("apps", "v1", "deployments")

    static func map(_ namespace: String, _ name: String, _ data: [String: String] = ["a": "1"]) -> KubernetesObject {
        var map = KubernetesObject(GroupVersionKind("", "v1", "ConfigMap"), namespace: namespace, name: name)
        map.json["data"] = .object(JSONObject(data.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        return map
    }

    static func deployment(_ namespace: String, _ name: String) -> KubernetesObject {
        var deployment = KubernetesObject(
            GroupVersionKind("apps", "v1", "Deployment"), namespace: namespace, name: name)
        // No pods: whether something runs is not what is asked here.
        deployment.json["spec"] = [
            "replicas": 0, "selector": ["matchLabels": ["app": .string(name)]],
            "template": [
                "metadata": ["labels": ["app": .string(name)]],
                "spec": ["containers": [["name": "main", "image": "example.invalid/main:1"]]],
            ],
        ]
        return deployment
    }

    static func expect(_ holds: Bool, _ what: @autoclosure () -> String) throws(Fault) {
        guard holds else { throw Fault(.internal, "it does not hold that \(what())") }
    }

    /// Expects that a request is refused.
    static func refused(
        _ code: Int, _ reason: String, _ what: String, _ request: () async throws -> Void
    ) async throws -> APIStatus {
        do { try await request() } catch let status as APIStatus {
            try expect(
                status.code == code && status.reason == reason,
                "\(what) is refused with \(code) \(reason), not with \(status.code) \(status.reason): \(status.message)"
            )
            return status
        }
        throw Fault(.internal, "\(what) is not refused")
    }

    /// Whether an object is there.
    static func exists(_ client: KubernetesClient, _ resource: GroupVersionResource, _ name: ObjectName) async throws
        -> Bool
    {
        do { _ = try await client.get(resource, name) } catch let status as APIStatus where status.code == 404 {
            return false
        }
        return true
    }
}

extension ClusterContract.Step {
    init(
        _ description: String, _ run: @escaping @Sendable (KubernetesClient, String) async throws -> Void,
        needsControllers: Bool = false
    ) {
        (self.description, self.run, self.needsControllers) = (description, run, needsControllers)
    }
}
