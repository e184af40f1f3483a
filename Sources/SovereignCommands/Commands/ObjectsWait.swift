// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Kubernetes
internal import KubernetesClient

/// `sovereign wait`
struct ObjectsWait: Command {
    static let configuration = CommandConfiguration(
        "wait", abstract: "Wait until objects have a condition",
        discussion: """
            A condition counts only if it is about what the object says now: its observed generation is the object's.
            Without names, all objects that there are when it begins are waited for.
            """,
        examples: ["sovereign wait component sovereign-product -n ocm-system", "sovereign wait deployers --timeout 60"])

    @Argument(help: "a kind, as name or short name", valueName: "KIND") var kind: String
    @Argument(help: "names of objects; all if there are none", valueName: "NAME") var names: [String] = []
    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var selection: ObjectSelection
    @Option(name: "for", help: "the condition", valueName: "TYPE") var condition = "Ready"
    @Option(help: "for how many seconds", valueName: "SECONDS") var timeout = 60

    func run(in context: SovereignContext) async throws {
        let client = try cluster.client(context.environment)
        let resource = try await Discovery(client).find(kind)
        let place = selection.place(resource, client)
        var options = FeedOptions(labels: try selection.labels())
        options.firstDelay = .milliseconds(100)
        let feed = client.feed(resource.resource, namespace: place, options)
        let wanted = Set(names), deadline = Duration.seconds(max(0, timeout))
        let pending = Guarded<[ObjectName: KubernetesObject]>([:])
        let isDone = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                var isSynced = false
                var known: [ObjectName: KubernetesObject] = [:]
                for try await change in feed {
                    switch change {
                    case .synced: isSynced = true
                    case .changed(_, let new):
                        guard wanted.isEmpty || wanted.contains(new.name) else { continue }
                        known[new.objectName] = new
                    case .removed(let last): known[last.objectName] = nil
                    }
                    let missing = known.filter { !has($0.value) }
                    pending.withLock { $0 = missing }
                    let isComplete = wanted.isEmpty ? !known.isEmpty : known.count >= wanted.count
                    if isSynced, isComplete, missing.isEmpty {
                        for name in known.keys.sorted() {
                            context.terminal.show("\(resource.resource.groupResource)/\(name) has the condition \(condition)")
                        }
                        return true
                    }
                }
                return false
            }
            group.addTask {
                try await Task.sleep(for: deadline)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        guard !isDone else { return }
        let reasons = pending.withLock { $0 }.sorted { $0.key < $1.key }.map { name, object in
            "\(name): \(object.condition(condition)?.message ?? "it has no condition \(condition) yet")"
        }
        throw Fault(
            .unavailable,
            "after \(timeout) s not all \(kind) have the condition \(condition)"
                + (reasons.isEmpty ? "" : ": \(reasons.prefix(5).joined(separator: "; "))"),
            fix: "look at them with “sovereign get \(kind) -o yaml”")
    }

    private func has(_ object: KubernetesObject) -> Bool {
        guard let found = object.condition(condition), found.state == .yes else { return false }
        let observed = found.observedGeneration ?? object.json["status"]?["observedGeneration"]?.int
        return observed.map { $0 >= object.generation } ?? true
    }
}
