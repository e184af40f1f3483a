// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestInputs
import Testing

@testable import KubernetesPatches

/// Random lives of objects with several managers, checked after every step.
@Suite("Lives of objects") struct ApplyModelTests {
    private struct Life {
        var generator: SeededGenerator

        mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &generator) < percent }
        mutating func pick<Item>(_ items: [Item]) -> Item { items[Int.random(in: 0..<items.count, using: &generator)] }
        mutating func some<Item>(_ items: [Item]) -> [Item] {
            items.shuffled(using: &generator).filter { _ in chance(50) }
        }

        mutating func map() -> JSON {
            .object(JSONObject(some(["k", "l", "m"]).map { ($0, .string(pick(["v", "w"]))) }))
        }

        mutating func free(_ depth: Int) -> JSON {
            switch Int.random(in: 0..<(depth > 2 ? 3 : 5), using: &generator) {
            case 0: return .string(pick(["a", "b"]))
            case 1: return pick([1, 2])
            case 2: return .array([.string(pick(["a", "b"]))])
            default:
                var object = JSONObject()
                for name in some(["p", "q"]) { object[name] = free(depth + 1) }
                return object.isEmpty ? "a" : .object(object)
            }
        }

        mutating func specification() -> JSON {
            var spec = JSONObject()
            if chance(40) { spec["name"] = .string(pick(["x", "z"])) }
            if chance(40) { spec["replicas"] = pick([1, 2]) }
            if chance(30) { spec["size"] = pick([1, "10%"]) }
            if chance(40) { spec["map"] = map() }
            if chance(30) { spec["atomicMap"] = map() }
            if chance(30) { spec["list"] = .array(some(["a", "b"]).map { .string($0) }) }
            if chance(40) { spec["set"] = .array(some(["a", "b", "c"]).map { .string($0) }) }
            if chance(30) {
                spec["struct"] = .object(JSONObject(some(["a", "b"]).map { ($0, .string(pick(["v", "w"]))) }))
            }
            if chance(30) { spec["free"] = ["r": free(0)] }
            if chance(30) {
                spec["structs"] = .object(JSONObject(some(["k", "l"]).map { ($0, ["a": .string(pick(["v", "w"]))]) }))
            }
            if chance(50) {
                spec["items"] = .array(
                    some(["i", "j", "k"]).map { name in
                        var item: JSON = ["name": .string(name)]
                        if chance(50) { item["value"] = .string(pick(["v", "w"])) }
                        if chance(30) { item["list"] = .array([.string(pick(["v", "w"]))]) }
                        return item
                    })
            }
            if chance(30) {
                spec["ports"] = .array(
                    some([80, 81] as [JSON]).map { port in
                        var item: JSON = ["port": port]
                        if chance(50) { item["host"] = .string(pick(["h", "g"])) }
                        return item
                    })
            }
            return .object(spec)
        }

        mutating func configuration() -> JSON {
            var object = Schemas.makeWidget("{}")
            object["spec"] = specification()
            if chance(30) { object["metadata"]?["labels"] = map() }
            return object
        }
    }

    /// Whether a place exists in a value.
    private func exists(_ path: ArraySlice<PathElement>, in value: JSON) -> Bool {
        guard let first = path.first else { return true }
        let rest = path.dropFirst()
        switch first {
        case .field(let name): return value[name].map { exists(rest, in: $0) } ?? false
        case .key(let keys):
            return value.array?.contains { item in
                // The protocol has a default.
                keys.allSatisfy { key in
                    (item[key.name] ?? (key.name == "protocol" ? "TCP" : nil)).flatMap { FieldValue($0) } == key.value
                } && exists(rest, in: item)
            } ?? false
        case .value(let wanted): return value.array?.contains { FieldValue($0) == wanted } ?? false
        case .index: return false
        }
    }

    private func isEmptyObject(_ path: FieldPath, in object: JSON) -> Bool {
        var value: JSON? = object
        for element in path.elements {
            guard case .field(let name) = element else { return false }
            value = value?[name]
        }
        return value?.object?.isEmpty == true
    }

    private func places(_ object: JSON) throws -> FieldSet {
        try Schemas.widgets.typed(object, .refused, "new").fieldSet()
    }

    @Test("after every step, all that is there is somebody's and all that is somebody's is there", arguments: 0..<120)
    func lives(seed: Int) throws {
        var life = Life(generator: SeededGenerator(seed: UInt64(seed)))
        let tracking = FieldTracking(
            versions: Schemas.widgets.versions, apiVersion: "example.org/v1", kind: "Widget",
            filter: .excluding(FieldSet([FieldPath(fields: "status")])))
        var live = life.configuration()
        live["metadata"]?["uid"] = "u"
        live["status"] = ["phase": "Ready"]
        live = tracking.update(live: nil, new: live, manager: "creator", at: .minute(0)).object
        for step in 1..<14 {
            let configuration = life.configuration(), manager = life.pick(["a", "b", "c"])
            let before = live, time = Timestamp.minute(step)
            if life.chance(30) {
                var new = configuration
                new["metadata"]?["uid"] = "u"
                new["status"] = live["status"]
                live = tracking.update(live: live, new: new, manager: life.pick(["u", "v"]), at: time).object
                #expect(live.bare == new, "an update is what was sent")
            } else {
                let last = try ManagedFields(of: live).entries.first { $0.manager == manager && $0.operation == .apply }
                live = try tracking.apply(configuration, to: live, manager: manager, force: true, at: time).object
                try checkApply(configuration, before, live, last, tracking, manager)
            }
            try checkOwnership(live)
            #expect(live["status"] == before["status"], "what nobody may own stays")
            #expect(try ManagedFields(of: live).written(into: live.bare) == live)
            #expect(try JSON(parsing: live.encoded(), source: "live") == live)
        }
    }

    private func checkApply(
        _ configuration: JSON, _ before: JSON, _ live: JSON, _ last: ManagedFieldsEntry?, _ tracking: FieldTracking,
        _ manager: String
    ) throws {
        let laid = try tracking.typed(live, .refused, "new").merging(tracking.typed(configuration, .refused, "applied"))
        #expect(laid.value.isSameValue(as: live.bare), "what was applied is there")
        let again = try tracking.apply(configuration, to: live, manager: manager, force: false, at: .minute(99))
        #expect(!again.isChanged && again.object == live, "applying again changes nothing")
        // Removed is only what the manager owned, and what lay in it.
        let removed = try places(before).paths.filter { !exists($0.elements[...], in: live) }
        let owned = (last?.fields ?? FieldSet()).withNamedFields(Schemas.widget)
        let replaced = try places(configuration)
        for path in removed {
            let isOwned = path.elements.indices.contains { owned.contains(FieldPath(Array(path.elements[...$0]))) }
            let isReplaced = path.elements.indices.contains {
                replaced.contains(FieldPath(Array(path.elements[...$0])))
            }
            #expect(isOwned || isReplaced, "\(path) was not the manager's")
        }
        // The manager owns what it said and nobody lost what has the value it had.
        let entries = try ManagedFields(of: live).entries
        let mine = entries.first { $0.manager == manager && $0.operation == .apply }?.fields ?? FieldSet()
        #expect(mine == replaced.subtracting(FieldTracking.neverOwned))
    }

    private func checkOwnership(_ live: JSON) throws {
        let entries = try ManagedFields(of: live).entries
        let owned = entries.reduce(FieldSet()) { $0.union($1.fields) }
        for path in owned.paths { #expect(exists(path.elements[...], in: live), "\(path) is owned and not there") }
        // An object that lost its members one by one is nobody's while it is empty.
        let unowned = try places(live).subtracting(owned).subtracting(FieldTracking.neverOwned).subtracting(
            FieldSet([FieldPath(fields: "metadata", "uid"), FieldPath(fields: "status", "phase")]))
        for path in unowned.paths { #expect(isEmptyObject(path, in: live), "\(path) is nobody's") }
        for entry in entries {
            #expect(!entry.fields.isEmpty)
            #expect(try FieldSet(fieldsV1: entry.fields.fieldsV1) == entry.fields)
        }
    }
}
