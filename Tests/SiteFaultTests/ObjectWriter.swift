// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesClient

/// Creates, updates, patches, applies and deletes objects that nobody else touches, and remembers what was acknowledged.
actor ObjectWriter {
    /// What an object is known to be.
    private enum Known {
        case absent
        case present(KubernetesObject)
    }
    private struct Target: Hashable {
        let kind: LoadKind
        let name: String
    }
    /// A request whose answer has not come: what there is when it was done.
    private struct Pending {
        let target: Target
        let word: String
        /// Nil when the object is deleted.
        let number: Int?
    }

    private let targets: [Target]
    private var known: [Target: Known] = [:]
    private var pending: Pending?
    private var lastNumber = 0
    /// The revisions of all acknowledged writes, by kind and name, in their order.
    private(set) var acknowledged: [LoadKind: [String: [Int64]]] = [:]
    /// How many writes were acknowledged, by what they were.
    private(set) var counts: [String: Int] = [:]
    /// What broke a promise.
    private(set) var problems: [String] = []

    /// A writer with names of its own.
    init(_ number: Int, _ kinds: [LoadKind] = LoadKind.allCases) {
        targets = kinds.flatMap { kind in (0..<5).map { Target(kind: kind, name: "w\(number)-\($0)") } }
    }

    /// Writes until the server is gone.
    func run(_ client: KubernetesClient) async {
        while let target = targets.randomElement() {
            do { try await write(target, client) } catch let status as APIStatus where status.code == 503 {
                // It is ending, and has not begun with this one.
                pending = nil
                return
            } catch let status as APIStatus {
                problems.append("\(pending?.word ?? "") of \(target): \(status)")
                pending = nil
            } catch {
                return
            }
        }
    }

    private func write(_ target: Target, _ client: KubernetesClient) async throws {
        lastNumber += 1
        let number = lastNumber, resource = target.kind.resource
        let wanted = target.kind.object(target.name, number)
        guard case .present(let old)? = known[target] else {
            let isApplied = Bool.random()
            begin(target, isApplied ? "apply (new)" : "create", number)
            return done(
                isApplied
                    ? try await client.apply(wanted, to: resource, force: true)
                    : try await client.create(wanted, in: resource))
        }
        let name = old.objectName
        switch Int.random(in: 0..<8) {
        case 0...2:
            begin(target, "update", number)
            var object = wanted
            object.json["metadata"]?["resourceVersion"] = old.resourceVersion.map { .string($0) }
            done(try await client.update(object, in: resource))
        case 3, 4:
            begin(target, "patch", number)
            let patch: JSON = ["metadata": ["annotations": LoadKind.annotations(number)]]
            done(try await client.patch(resource, name, .merge(patch)))
        case 5, 6:
            begin(target, "apply", number)
            done(try await client.apply(wanted, to: resource, force: true))
        default:
            begin(target, "delete", nil)
            _ = try await client.delete(resource, name)
            known[target] = .absent
            count("delete")
        }
    }

    private func begin(_ target: Target, _ word: String, _ number: Int?) {
        pending = Pending(target: target, word: word, number: number)
    }

    private func count(_ word: String) {
        counts[word, default: 0] += 1
        pending = nil
    }

    private func done(_ object: KubernetesObject) {
        guard let pending else { return }
        note(object, pending.target)
        if LoadKind.number(object) != pending.number { problems.append("\(pending.word) answers another object") }
        count(pending.word)
    }

    /// Takes an object as what it is now; its revision must be later than all before.
    private func note(_ object: KubernetesObject, _ target: Target) {
        let revision = object.resourceVersion.flatMap { Int64($0) } ?? 0
        let before = acknowledged[target.kind]?[target.name]?.last ?? 0
        if revision <= before { problems.append("\(target): revision \(revision) comes after \(before)") }
        acknowledged[target.kind, default: [:]][target.name, default: []].append(revision)
        known[target] = .present(object)
    }

    /// Compares what the server has with what was acknowledged; the request that was under way may have happened or not.
    /// Returns what became of that one.
    func settle(_ served: [LoadKind: [String: KubernetesObject]]) -> String? {
        var outcome: String?
        for target in targets {
            let found = served[target.kind]?[target.name]
            let pending = pending?.target == target ? pending : nil
            switch (known[target] ?? .absent, found) {
            case (.absent, nil):
                if pending != nil { outcome = "not done" }
            case (.present(let mine), let found?) where mine.resourceVersion == found.resourceVersion:
                if mine.json != found.json { problems.append("\(target) is another object under the same revision") }
                if pending != nil { outcome = "not done" }
            case (_, let found?) where pending?.number != nil && pending?.number == LoadKind.number(found):
                note(found, target)
                outcome = "done"
            case (.present, nil) where pending != nil && pending?.number == nil:
                known[target] = .absent
                outcome = "done"
            case (.absent, let found?):
                problems.append("\(target) was deleted and is there, with \(LoadKind.number(found) ?? -1)")
                known[target] = .present(found)
            case (.present(let mine), nil):
                problems.append("\(target) was acknowledged with \(LoadKind.number(mine) ?? -1) and is gone")
                known[target] = .absent
            case (.present(let mine), let found?):
                problems.append(
                    "\(target) was acknowledged with \(LoadKind.number(mine) ?? -1) at \(mine.resourceVersion ?? ""), and"
                        + " is \(LoadKind.number(found) ?? -1) at \(found.resourceVersion ?? "")")
                known[target] = .present(found)
            }
        }
        pending = nil
        return outcome
    }
}
