// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import KubernetesPatches

/// Reads patches and managed fields: the first byte picks who reads the rest, mostly an array of an object and a patch.
///
/// What has to hold, beyond not crashing: what comes out can be written and read again, sets are the same when they were
/// written, and what was applied changes nothing when it is applied again.
enum PatchTarget {
    static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first, bytes.count < 65_536 else { return }
        guard let json = try? JSON(parsing: Array(bytes.dropFirst()), source: "it") else { return }
        let document = json[0] ?? .null, patch = json[1] ?? .null
        switch first % 6 {
        case 0:
            for dialect in [JSONPatch.Dialect.kubernetes, .rfc6902] {
                check(try? JSONPatch(patch, dialect: dialect).applied(to: document))
            }
        case 1: check(try? JSONMergePatch.apply(patch, to: document))
        case 2: check(try? StrategicMergePatch(schema: schema).apply(patch, to: document))
        case 3: fields(json)
        case 4:
            guard let managed = try? ManagedFields(of: json) else { return }
            precondition((try? ManagedFields(of: managed.written(into: json))) == managed, "other managed fields")
        default: apply(patch, to: document)
        }
    }

    private static func check(_ result: JSON?) {
        guard let result else { return }
        precondition((try? JSON(parsing: result.encoded(), source: "it")) == result, "no document")
    }

    private static func fields(_ json: JSON) {
        guard let set = try? FieldSet(fieldsV1: json) else { return }
        precondition((try? FieldSet(fieldsV1: set.fieldsV1)) == set, "another set came out")
        precondition(set.union(set) == set && set.intersection(set) == set && set.subtracting(set).isEmpty, "no set")
        precondition(set.subtractingTrees(set.leaves).union(set.leaves) == set, "leaves that are none")
        _ = set.description
    }

    private static func apply(_ configuration: JSON, to live: JSON) {
        let moment = Timestamp(seconds: 1_800_000_000)
        let tracking = FieldTracking(versions: ObjectVersions("v1", schema), apiVersion: "v1", kind: "W")
        let updated = tracking.update(live: live, new: configuration, manager: "u", at: moment)
        check(updated.object)
        guard
            let outcome = try? tracking.apply(configuration, to: live, manager: "a", force: true, at: moment)
        else { return }
        check(outcome.object)
        // Where nobody owns anything, the next apply takes all that is there for set before.
        guard (try? ManagedFields(of: outcome.object))?.isEmpty == false else { return }
        let again = try? tracking.apply(configuration, to: outcome.object, manager: "a", force: false, at: moment)
        precondition(again?.isChanged == false, "applied again, it changes")
    }

    private static let schema: MergeSchema = {
        let text = """
            {"type":"object","properties":{"spec":{"type":"object","properties":{
            "name":{"type":"string"},"count":{"type":"integer"},
            "map":{"type":"object","additionalProperties":{"type":"string"}},
            "whole":{"type":"object","x-kubernetes-map-type":"atomic"},
            "set":{"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"set","x-kubernetes-patch-strategy":"merge"},
            "list":{"type":"array","items":{"type":"string"}},
            "free":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
            "items":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name","port"],
            "x-kubernetes-patch-strategy":"merge","x-kubernetes-patch-merge-key":"name",
            "items":{"type":"object","properties":{"name":{"type":"string"},"port":{"type":"integer","default":80},
            "value":{}}}}}}}}
            """
        guard let json = try? JSON(parsing: Array(text.utf8), source: "schema") else { fatalError("no schema") }
        return MergeSchema(resource: json)
    }()
}
