// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesClient
import Testing

@Suite("Feeds over connections that break", .timeLimit(.minutes(2))) struct FeedModelTests {
    /// What somebody knows who believes a feed; anything that contradicts itself is recorded.
    struct Believer {
        var objects: [String: KubernetesObject] = [:]
        var told: [ModelCluster.Change] = []
        private var states: Set<String> = []
        var isSynced = false

        mutating func take(_ change: ObjectChange) {
            switch change {
            case .synced:
                #expect(!isSynced)
                isSynced = true
            case .changed(let old, let new):
                #expect(objects[new.name] == old, "a change begins with what was told last")
                #expect(old == nil || old?.uid == new.uid)
                #expect(
                    states.insert("\(new.name) \(new.resourceVersion ?? "")").inserted, "a state is told once")
                if let old { #expect(version(old) < version(new)) }
                objects[new.name] = new
                note(old == nil ? "ADDED" : "MODIFIED", new)
            case .removed(let last):
                #expect(objects[last.name]?.uid == last.uid && last.uid != nil, "only what was there is gone")
                objects[last.name] = nil
                note("DELETED", last)
            }
        }

        var view: [String: String] { objects.mapValues { $0.resourceVersion ?? "" } }
        private func version(_ object: KubernetesObject) -> Int { Int(object.resourceVersion ?? "") ?? 0 }
        private mutating func note(_ type: String, _ object: KubernetesObject) {
            if isSynced { told.append(.init(version: version(object), type: type, object: object.json)) }
        }
    }

    @Test(
        "what a feed tells is what has happened, each change once and in order, and in the end all that is there",
        arguments: Array(1...6 as ClosedRange<UInt64>), [false, true])
    func equalsTheModel(_ seed: UInt64, _ forgets: Bool) async throws {
        let model = ModelCluster(seed: seed, trouble: 15, forgets: forgets, canReplay: seed % 2 == 0)
        for _ in 0..<20 { model.mutate() }
        let begun = model.state.withLock { $0.version }
        try await ScriptedServer.with {
            try await model.answer($0)
        } _: { server in
            let client = try server.client()
            var options = FeedOptions()
            (options.page, options.firstDelay, options.longestDelay) = (3, .milliseconds(1), .milliseconds(4))
            var changes = client.feed(Maps.resource, options).makeAsyncIterator()
            var believer = Believer()
            while !believer.isSynced { believer.take(try #require(try await changes.next())) }
            #expect(believer.view == model.view && believer.told.isEmpty)
            let mutating = Task {
                for number in 0..<250 {
                    model.mutate()
                    if number % 5 == 0 { try await Task.sleep(for: .milliseconds(3)) }
                }
                model.end()
            }
            while believer.view["end"] == nil || believer.view != model.view {
                believer.take(try #require(try await changes.next()))
            }
            try await mutating.value
            let happened = model.state.withLock { $0.log.filter { $0.version > begun } }
            if forgets {
                // Some of it nobody could see; what was told has happened.
                let states = Set(happened.map { "\($0.version) \($0.object["metadata"]?["name"]?.string ?? "")" })
                for change in believer.told where change.type != "DELETED" {
                    #expect(states.contains("\(change.version) \(change.object["metadata"]?["name"]?.string ?? "")"))
                }
            } else {
                #expect(believer.told == happened)
            }
        }
    }
}
