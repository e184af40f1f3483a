// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestInputs
import Testing

@testable import KubernetesPatches

@Suite("Damaged patches and managed fields") struct DamagedPatchTests {
    private static let spec =
        #"{"name":"x","replicas":1,"items":[{"name":"i","value":"v"},{"name":"j"}],"set":["a","b"],"numbers":[1,2.5],"free":{"p":{"q":[1]}},"map":{"k":"v"},"ports":[{"port":80}],"atomicMap":{"k":"v"}}"#
    private static let entry =
        #"{"manager":"a","operation":"Apply","apiVersion":"example.org/v1","time":"2026-01-02T03:04:05Z","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{".":{},"f:name":{},"f:items":{"k:{\"name\":\"i\"}":{".":{},"f:value":{}}},"f:set":{"v:\"a\"":{}},"f:map":{"f:k":{}},"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{}}}}}"#
    private static let object =
        #"{"apiVersion":"example.org/v1","kind":"Widget","metadata":{"name":"w","managedFields":[\#(entry)]},"spec":\#(spec)}"#

    private func mutated(
        _ samples: [String], _ tokens: [String], _ seed: UInt64, _ rounds: Int, _ body: (JSON, Int) throws -> Void
    ) throws {
        var mutator = ByteMutator(samples: samples.map { Array($0.utf8) }, tokens: tokens, seed: seed)
        for round in 0..<rounds {
            guard let json = try? JSON(parsing: mutator.next(), source: "it") else { continue }
            try body(json, round)
        }
    }

    @Test("a damaged JSON patch is refused by its operation or leaves a document", arguments: [1, 2] as [UInt64])
    func jsonPatches(seed: UInt64) throws {
        let document = try JSON(parsing: Array(Self.object.utf8), source: "it")
        let samples = [
            #"[{"op":"test","path":"/spec/name","value":"x"},{"op":"add","path":"/spec/set/-","value":{"x":null}},{"op":"move","from":"/spec/map","path":"/spec/free/m"}]"#,
            #"[{"op":"copy","from":"/spec/items","path":"/spec/items/0"},{"op":"remove","path":"/spec/set/0"},{"op":"replace","path":"/spec/items/0/name","value":3}]"#,
        ]
        let tokens = [
            "\"add\"", "\"copy\"", "\"move\"", "\"remove\"", "\"\"", "/-", "/0", "-1", "~0", "~1", "~", "/spec", "null",
            "{}", "[]",
        ]
        try mutated(samples, tokens, seed, 6000) { (json: JSON, round: Int) throws(any Error) in
            for dialect in [JSONPatch.Dialect.kubernetes, .rfc6902] {
                do throws(Fault) {
                    let result = try JSONPatch(json, dialect: dialect).applied(to: document)
                    let again = try? JSON(parsing: result.encoded(), source: "it")
                    #expect(again == result, "round \(round)")
                } catch {
                    let known: [Fault.Code] = [.invalid, .patchInapplicable, .patchTestFailed, .limitExceeded]
                    #expect(known.contains(error.code) && error.message.contains("patch"), "round \(round): \(error)")
                }
            }
        }
    }

    @Test("a damaged merge patch is refused or leaves a document without directives", arguments: [1, 2] as [UInt64])
    func mergePatches(seed: UInt64) throws {
        let document = try JSON(parsing: Array(Self.object.utf8), source: "it")
        let samples = [
            #"{"metadata":{"finalizers":["a"],"$deleteFromPrimitiveList/finalizers":["b"],"$retainKeys":["finalizers","name"]},"spec":{"$patch":"replace","name":"z"}}"#,
            #"{"metadata":{"$setElementOrder/ownerReferences":[{"uid":"u"}],"ownerReferences":[{"uid":"u","name":"n"},{"uid":"v","$patch":"delete"}]},"spec":{"name":null}}"#,
            Self.object,
        ]
        let tokens = [
            "\"$patch\"", "\"delete\"", "\"replace\"", "\"merge\"", "\"$retainKeys\":",
            "\"$setElementOrder/finalizers\":", "null", "[]", "{}", "1",
        ]
        try mutated(samples, tokens, seed, 6000) { json, round in
            do throws(Fault) {
                let result = try StrategicMergePatch(schema: Schemas.widget).apply(json, to: document)
                #expect(!result.text().contains("\"$patch\":\"delete\""), "round \(round)")
            } catch {
                #expect(
                    error.code == .invalid && error.message.contains("strategic merge patch"),
                    "round \(round): \(error)")
            }
            if case .object = json {
                let merged = try? JSONMergePatch.apply(json, to: document)
                #expect(merged != nil, "round \(round)")
            }
        }
    }

    @Test("damaged managed fields are refused or are read the same again", arguments: [1, 2] as [UInt64])
    func managedFields(seed: UInt64) throws {
        let tokens = [
            "\".\"", "f:", "k:{\\\"name\\\":1}", "v:1.0", "v:\\\"", "i:1", "\"Update\"", "null", "{}", "\"time\":\"\"",
            "x:",
        ]
        try mutated([Self.object], tokens, seed, 5000) { (json: JSON, round: Int) throws(any Error) in
            guard let managed = try? ManagedFields(of: json) else { return }
            #expect(try ManagedFields(of: managed.written(into: json)) == managed, "round \(round)")
        }
        let fields = #"{"f:a":{".":{},"f:b":{}},"k:{\"n\":1,\"o\":\"x\"}":{"f:c":{}},"v:true":{},"i:3":{}}"#
        try mutated([fields], tokens, seed, 5000) { (json: JSON, round: Int) throws(any Error) in
            guard let set = try? FieldSet(fieldsV1: json) else { return }
            #expect(try FieldSet(fieldsV1: set.fieldsV1) == set, "round \(round)")
            #expect(FieldSet(set.paths) == set, "round \(round)")
        }
    }

    @Test("whatever was stored, what is applied by force is applied", arguments: [1, 2] as [UInt64])
    func applying(seed: UInt64) throws {
        let configuration = Schemas.makeWidget(
            "{name: z, items: [{name: i, value: w}], set: [b, c], map: {}, free: {p: 1}, ports: [{port: 80, host: h}]}")
        let tokens = [
            "\".\"", "f:", "null", "{}", "[]", "\"Update\"", "\"name\"", "\"spec\"", "{\"name\":\"i\"},", "\"a\",",
        ]
        try mutated([Self.object], tokens, seed, 3000) { (live: JSON, round: Int) throws(any Error) in
            let updated = Schemas.widgets.update(live: live, new: configuration, manager: "u", at: .minute(1))
            #expect(updated.object.bare == configuration || !updated.isChanged, "round \(round)")
            guard
                let outcome = try? Schemas.widgets.apply(
                    configuration, to: live, manager: "a", force: true, at: .minute(1))
            else { return }
            let again = try Schemas.widgets.apply(
                configuration, to: outcome.object, manager: "a", force: false, at: .minute(2))
            #expect(!again.isChanged, "round \(round): \(outcome.object.text()) → \(again.object.text())")
        }
    }
}
