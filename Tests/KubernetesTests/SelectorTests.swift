// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestInputs
import Testing

@testable import Kubernetes

@Suite("Selectors") struct SelectorTests {
    static func object(_ labels: [String: String]) -> KubernetesObject {
        var object = KubernetesObject(GroupVersionKind("", "v1", "Pod"), namespace: "ns", name: "a")
        for (key, value) in labels { object[label: key] = value }
        return object
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let text: String, labels: [String: String], isMatch: Bool
        init(_ text: String, _ labels: [String: String], _ isMatch: Bool) {
            (self.text, self.labels, self.isMatch) = (text, labels, isMatch)
        }
        var testDescription: String { "\(text) on \(labels)" }
    }
    static let cases: [Case] = [
        Case("", [:], true), Case("a=b", ["a": "b"], true), Case("a==b", ["a": "b"], true), Case("a=b", [:], false),
        Case("a!=b", ["a": "c"], true), Case("a!=b", [:], true), Case("a!=b", ["a": "b"], false),
        Case("a in (x, y),!z", ["a": "y"], true), Case("a in (x,y),!z", ["a": "y", "z": ""], false),
        Case("a in (x,y)", [:], false), Case("a notin (x,y)", [:], true), Case("a notin (x,y)", ["a": "x"], false),
        Case("a", ["a": ""], true), Case("a", [:], false), Case("!a", [:], true), Case(" ! a ", ["a": "1"], false),
        Case("a=", ["a": ""], true), Case("a=", [:], false), Case("a=,b", ["a": "", "b": ""], true),
        Case("a in (),b", ["a": "", "b": ""], true), Case("a in (,x)", ["a": ""], true),
        Case("example.org/a=b", ["example.org/a": "b"], true), Case("in in (in)", ["in": "in"], true),
        Case("notin=in", ["notin": "in"], true), Case("a=in", ["a": "in"], true),
    ]

    @Test("are read, matched, and written so that they are read again", arguments: cases)
    func labels(_ test: Case) throws {
        let selector = try LabelSelector(test.text)
        #expect(selector.matches(Self.object(test.labels)) == test.isMatch)
        #expect(try LabelSelector("\(selector)") == selector, "\(selector)")
    }

    @Test(
        "that say nothing are refused",
        arguments: [
            ",", "a,", "=b", "a=b,,c", "a b", "a in", "a in x", "a in (x", "a in (x y)", "a=b=c", "!", "!(", "a!b",
            "(a)", "a=(b)", "a/b/c", "-a=b", "a=-b", "a=\u{7f}", "ä=b", "a in x)", "!a=b",
            "a=\(String(repeating: "b", count: 64))", String(repeating: "a,", count: 40_000),
        ])
    func wrong(text: String) { #expect(throws: Fault.self) { try LabelSelector(text) } }

    @Test("are read from objects") func objects() throws {
        let json: JSON = [
            "matchLabels": ["a": "b"],
            "matchExpressions": [
                ["key": "c", "operator": "In", "values": ["d", "e"]], ["key": "f", "operator": "DoesNotExist"],
            ],
        ]
        let selector = try LabelSelector(json)
        #expect("\(selector)" == "a=b,c in (d,e),!f")
        let wrong: [JSON] = [
            ["matchLabels": ["a": 1]], ["matchExpressions": [["key": "a"]]],
            ["matchExpressions": [["key": "a", "operator": "In"]]],
            ["matchExpressions": [["key": "a", "operator": "Exists", "values": ["b"]]]],
            ["matchExpressions": [["key": "a b", "operator": "Exists"]]],
        ]
        for json in wrong { #expect(throws: Fault.self) { try LabelSelector(json) } }
    }

    @Test(
        "of fields are read and matched",
        arguments: [
            ("metadata.name=a", true), ("metadata.name==a", true), ("metadata.name!=a", false),
            ("metadata.namespace=ns,metadata.name=a", true), ("spec.x=", true), ("spec.x!=", false),
            ("spec.x=y", false), (#"metadata.labels.l=1\,2\=3\\4"#, true), ("", true), (",metadata.name=a,", true),
        ])
    func fields(text: String, isMatch: Bool) throws {
        var object = Self.object([:])
        object[label: "l"] = #"1,2=3\4"#
        let selector = try FieldSelector(text)
        #expect(selector.matches(object) == isMatch)
        #expect(try FieldSelector("\(selector)") == selector)
    }

    @Test("of fields that say nothing are refused", arguments: ["a", "=a", "!=a", #"a=\"#, #"a=\b"#, "a=b=c"])
    func wrongFields(text: String) { #expect(throws: Fault.self) { try FieldSelector(text) } }

    @Test("of fields tell what they need, and what objects cannot be selected by") func needs() throws {
        let selector = try FieldSelector("metadata.name=a,status.phase!=Running")
        #expect(selector.required("metadata.name") == "a" && selector.required("status.phase") == nil)
        #expect(selector.unsupportedField(among: ["metadata.name"]) == "status.phase")
        #expect(selector.unsupportedField(among: ["metadata.name", "status.phase"]) == nil)
    }

    @Test("of whatever bytes end in a selector or a fault, and what is read is read again", arguments: [UInt64(1), 2])
    func bytes(seed: UInt64) {
        var mutator = ByteMutator(
            samples: Self.cases.map { Array("\($0.text) ".utf8) },
            tokens: ["=", "==", "!=", "!", ",", "(", ")", "in", "notin", "\\", " "], seed: seed)
        for round in 0..<5000 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            if let selector = try? LabelSelector(text) {
                #expect((try? LabelSelector("\(selector)")) == selector, "round \(round): \(text)")
            }
            if let selector = try? FieldSelector(text) {
                #expect((try? FieldSelector("\(selector)")) == selector, "round \(round): \(text)")
            }
        }
    }
}
