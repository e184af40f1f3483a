// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import TestInputs
import WebServer

/// Objects of one resource with their history, served as a cluster does it, over connections that break at random.
final class ModelCluster: Sendable {
    struct Change: Sendable, Equatable {
        let version: Int
        let type: String
        let object: JSON
    }
    struct State: Sendable {
        var objects: [String: JSON] = [:]
        var log: [Change] = []
        var version = 10
        /// What happened up to here is forgotten.
        var oldest = 0
        var pages: [Int: [JSON]] = [:]
        var generator: SeededGenerator
        var nextUID = 0

        mutating func happens(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
    }
    let state: Guarded<State>
    /// How likely a connection breaks at each line, and a request fails, in percent.
    let trouble: Int
    let forgets: Bool
    let canReplay: Bool

    init(seed: UInt64, trouble: Int, forgets: Bool, canReplay: Bool) {
        (self.trouble, self.forgets, self.canReplay) = (trouble, forgets, canReplay)
        state = Guarded(State(generator: SeededGenerator(seed: seed)))
    }

    /// All there is, as names and versions.
    var view: [String: String] {
        state.withLock { $0.objects.mapValues { $0["metadata"]?["resourceVersion"]?.string ?? "" } }
    }

    /// Makes, changes or deletes one object by chance.
    func mutate() {
        state.withLock { state in
            let name = "m\(Int.random(in: 0..<12, using: &state.generator))"
            state.version += Int.random(in: 1...3, using: &state.generator)
            let old = state.objects[name]
            let isDeletion = old != nil && state.happens(35)
            if old == nil { state.nextUID += 1 }
            let uid = old?["metadata"]?["uid"]?.string ?? "uid-\(state.nextUID)"
            let object = Maps.map(name, "\(state.version)", version: state.version, uid: uid)
            state.objects[name] = isDeletion ? JSON?.none : object
            let type = isDeletion ? "DELETED" : old == nil ? "ADDED" : "MODIFIED"
            state.log.append(Change(version: state.version, type: type, object: object))
            if forgets, state.happens(4) { state.oldest = state.version }
        }
    }

    /// Makes the last object.
    func end() {
        state.withLock { state in
            state.version += 1
            let object = Maps.map("end", version: state.version)
            state.objects["end"] = object
            state.log.append(Change(version: state.version, type: "ADDED", object: object))
        }
    }

    @Sendable func answer(_ asked: Asked) async throws -> ServerResponse {
        if state.withLock({ $0.happens(trouble) }) {
            return .status(
                state.withLock { $0.happens(50) } ? .internalError("trouble") : .tooManyRequests("busy", after: 0))
        }
        return asked.query["watch"] == "true" ? watch(asked) : list(asked)
    }

    private func list(_ asked: Asked) -> ServerResponse {
        state.withLock { state in
            var (version, start) = (state.version, 0)
            if let token = asked.query["continue"] {
                let parts = token.split(separator: "-").compactMap { Int($0) }
                (version, start) = (parts[0], parts[1])
                if version < state.oldest || state.pages[version] == nil {
                    return .status(.expired("the token is too old"))
                }
            } else {
                state.pages[version] = state.objects.sorted { $0.key < $1.key }.map(\.value)
            }
            let all = state.pages[version] ?? []
            let end = min(all.count, start + (asked.query["limit"].flatMap { Int($0) } ?? 1000))
            let list = Maps.list(
                Array(all[start..<end]), version: version, continueToken: end < all.count ? "\(version)-\(end)" : nil)
            guard state.happens(trouble) else { return .json(list) }
            return .lines([String(list.text().dropLast(5))], isCut: true)
        }
    }

    private func watch(_ asked: Asked) -> ServerResponse {
        var queued: [String] = []
        var at: Int
        if let version = asked.query["resourceVersion"].flatMap({ Int($0) }) {
            at = version
            let isForgotten = state.withLock { at < $0.oldest }
            if isForgotten {
                let status = APIStatus.expired("too old resource version")
                return state.withLock { $0.happens(50) } ? .status(status) : .lines([Maps.event("ERROR", status.json)])
            }
        } else {
            guard canReplay else { return .status(APIStatus(422, reason: "Invalid", "sendInitialEvents: Forbidden")) }
            (queued, at) = state.withLock { state in
                let all = state.objects.values.shuffled(using: &state.generator)
                return (
                    all.map { Maps.event("ADDED", $0) } + [Maps.bookmark(state.version, isInitialEnd: true)],
                    state.version
                )
            }
        }
        let place = Guarded((queued: queued, at: at, isBroken: false))
        return ServerResponse(
            "application/json",
            ByteStream { [state, trouble] in
                while true {
                    let line = place.withLock { place -> String? in
                        if place.isBroken { return "" }
                        if !place.queued.isEmpty { return place.queued.removeFirst() }
                        return state.withLock { state in
                            guard let next = state.log.first(where: { $0.version > place.at }) else {
                                return state.happens(10) ? Maps.bookmark(place.at) : nil
                            }
                            place.at = next.version
                            return Maps.event(next.type, next.object)
                        }
                    }
                    guard let line else {
                        try await Task.sleep(for: .milliseconds(2))
                        continue
                    }
                    if line.isEmpty { throw Fault(.unavailable, "cut") }
                    guard state.withLock({ $0.happens(trouble) }) else { return Array(line.utf8)[...] }
                    // The server ends it, breaks it before a line, or in the middle of one.
                    switch state.withLock({ Int.random(in: 0..<3, using: &$0.generator) }) {
                    case 0: return nil
                    case 1: throw Fault(.unavailable, "cut")
                    default:
                        place.withLock { $0.isBroken = true }
                        return Array(line.utf8.prefix(line.utf8.count / 2))[...]
                    }
                }
            })
    }
}
