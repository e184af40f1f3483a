// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestInputs
import Testing

@testable import KubernetesPatches

@Suite("Field sets") struct FieldSetTests {
    static let written: [(text: String, paths: [String])] = [
        ("{}", []),
        (#"{"f:spec":{}}"#, [".spec"]),
        (#"{"f:spec":{".":{},"f:a":{}}}"#, [".spec", ".spec.a"]),
        (#"{"f:a":{},"f:a.b":{},"f:b":{"f:c":{}}}"#, [".a", ".a.b", ".b.c"]),
        (
            #"{"f:containers":{"k:{\"name\":\"x\"}":{".":{},"f:image":{}}}}"#,
            [#".containers[name="x"]"#, #".containers[name="x"].image"#]
        ),
        (
            #"{"k:{\"containerPort\":80,\"protocol\":\"TCP\"}":{},"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{}}"#,
            [#"[containerPort=80,protocol="TCP"]"#, #"[containerPort=8080,protocol="TCP"]"#]
        ),
        (
            #"{"f:x":{},"k:{\"a\":null}":{},"v:-1":{},"v:1.5":{},"v:2":{},"v:\"a\"":{},"v:false":{},"v:true":{},"v:null":{},"i:0":{},"i:12":{}}"#,
            [".x", "[a=null]", "[=-1]", "[=1.5]", "[=2]", #"[="a"]"#, "[=false]", "[=true]", "[=null]", "[0]", "[12]"]
        ),
        (#"{"v:\"\\u003ca\\u0026b\\u003e\"":{}}"#, [#"[="<a&b>"]"#]),
        (#"{"k:{\"<\":\"\\\"\\\\\\n\\u0001\"}":{}}"#, [#"[<="\"\\\n\x01"]"#]),
        ("{\"f:e\u{301}\":{},\"f:\u{E9}\":{}}", [".e\u{301}", ".\u{E9}"]),
    ]

    @Test("a set that is read is written byte for byte the same", arguments: written)
    func identity(text: String, paths: [String]) throws {
        let set = try FieldSet(fieldsV1: JSON(parsing: Array(text.utf8), source: "t"))
        #expect(set.fieldsV1.text() == text)
        #expect(set.paths.map(\.description).sorted() == paths.sorted())
        #expect(set.count == paths.count)
        #expect(FieldSet(set.paths) == set)
    }

    static let normalised: [(read: String, written: String)] = [
        (#"{"f:b":{},"f:a":{}}"#, #"{"f:a":{},"f:b":{}}"#),
        (#"{"k:{\"b\":1,\"a\":2}":{}}"#, #"{"k:{\"a\":2,\"b\":1}":{}}"#),
        (#"{"v:1.0":{"f:a":{}},"v:1":{"f:b":{}}}"#, #"{"v:1":{"f:a":{},"f:b":{}}}"#),
        (#"{"v:1e2":{},"v:100":{".":{}}}"#, #"{"v:100":{}}"#),
        (#"{"f:a":null}"#, #"{"f:a":{}}"#),
        (#"{"f:a":{".":{}}}"#, #"{"f:a":{}}"#),
        (#"{".":{},"f:a":{}}"#, #"{"f:a":{}}"#),
        (#"{"x:later":{"f:a":{}},"f:b":{}}"#, #"{"f:b":{}}"#),
        (#"{"v:9007199254740993":{},"v:0.1":{},"v:1e30":{}}"#, #"{"v:0.1":{},"v:9007199254740993":{},"v:1e+30":{}}"#),
    ]

    @Test("steps are written in one order and one way", arguments: normalised)
    func normalisation(read: String, written: String) throws {
        let set = try FieldSet(fieldsV1: JSON(parsing: Array(read.utf8), source: "t"))
        #expect(set.fieldsV1.text() == written)
        #expect(try FieldSet(fieldsV1: set.fieldsV1) == set)
    }

    static let refused: [(text: String, sentence: String)] = [
        ("[]", "kind array"), (#""f:a""#, "kind string"), (#"{"f:a":1}"#, "kind number"), (#"{"f":{}}"#, "no kind"),
        (#"{"":{}}"#, "no kind"), (#"{"fa":{}}"#, "no kind"), (#"{"v:":{}}"#, "no JSON"),
        (#"{"v:[1]":{}}"#, "no scalar"),
        (#"{"v:{}":{}}"#, "no scalar"), (#"{"v:1 2":{}}"#, "no JSON"), (#"{"v:1e999":{}}"#, "no scalar"),
        (#"{"k:1":{}}"#, "no object of keys"), (#"{"k:{}":{}}"#, "no object of keys"),
        (#"{"k:{\"a\":{}}":{}}"#, "no scalar"), (#"{"k:{\"a\":1,\"a\":2}":{}}"#, "no JSON"),
        (#"{"i:x":{}}"#, "no position"), (#"{"i:99999999999999999999":{}}"#, "no position"),
    ]

    @Test("what is no set is refused with a reason", arguments: refused)
    func refusal(text: String, sentence: String) throws {
        let json = try JSON(parsing: Array(text.utf8), source: "t")
        let fault = failure { try FieldSet(fieldsV1: json) }
        #expect(fault?.code == .invalid && fault?.message.contains(sentence) == true, "\(text): \(fault as Any)")
    }

    @Test("a set that is nested too deep is refused")
    func depth() {
        func nested(_ depth: Int) -> JSON {
            var json: JSON = [:]
            for _ in 0..<depth { json = ["f:a": json] }
            return json
        }
        #expect(failure { try FieldSet(fieldsV1: nested(FieldSet.maximumDepth)) } == nil)
        #expect(failure { try FieldSet(fieldsV1: nested(FieldSet.maximumDepth + 1)) }?.code == .limitExceeded)
    }

    /// Random sets over few names, so that they meet.
    static func random(_ generator: inout SeededGenerator) -> FieldSet {
        let elements: [PathElement] = [
            .field("a"), .field("b"), .field(""), .key([.init("n", .string("x"))]),
            .key([.init("n", .int(1)), .init("o", .bool(true))]), .value(.int(1)), .value(.float(0.5)),
            .value(.string("a")),
        ]
        return FieldSet(
            (0..<Int.random(in: 0...12, using: &generator)).map { _ in
                FieldPath(
                    (0..<Int.random(in: 1...3, using: &generator)).map { _ in
                        elements[Int.random(in: 0..<elements.count, using: &generator)]
                    })
            })
    }

    @Test("the algebra is that of sets of paths", arguments: 0..<300)
    func algebra(round: Int) throws {
        var generator = SeededGenerator(seed: UInt64(round))
        let one = Self.random(&generator), another = Self.random(&generator)
        let a = Set(one.paths), b = Set(another.paths)
        func isBelow(_ path: FieldPath, _ set: Set<FieldPath>) -> Bool {
            set.contains { path.elements.starts(with: $0.elements) }
        }
        #expect(Set(one.union(another).paths) == a.union(b))
        #expect(Set(one.intersection(another).paths) == a.intersection(b))
        #expect(Set(one.subtracting(another).paths) == a.subtracting(b))
        #expect(Set(one.subtractingTrees(another).paths) == a.filter { !isBelow($0, b) })
        #expect(Set(one.intersectingTrees(another).paths) == a.filter { isBelow($0, b) })
        #expect(
            Set(one.leaves.paths)
                == a.filter { leaf in !a.contains { $0 != leaf && $0.elements.starts(with: leaf.elements) } })
        for path in a.union(b) { #expect(one.contains(path) == a.contains(path)) }
        // Equal sets are the same trees, whichever way they came to be.
        #expect(one.union(another) == FieldSet(Array(a.union(b))))
        #expect(one.subtracting(another) == FieldSet(Array(a.subtracting(b))))
        #expect(try FieldSet(fieldsV1: one.fieldsV1) == one)
    }

    @Test("an endpoint's filter leaves what its users can own")
    func filters() throws {
        let set = try FieldSet(
            fieldsV1: yaml("{'f:spec': {'f:a': {}}, 'f:status': {'.': {}, 'f:b': {}}, 'f:metadata': {'f:labels': {}}}"))
        let status = FieldSet([FieldPath(fields: "status")])
        #expect(FieldFilter.all.apply(to: set) == set)
        #expect(
            FieldFilter.excluding(status).apply(to: set).paths.map(\.description).sorted() == [
                ".metadata.labels", ".spec.a",
            ])
        #expect(FieldFilter.only(status).apply(to: set).paths.map(\.description) == [".status", ".status.b"])
    }

    @Test(
        "strings are quoted as Go quotes them",
        arguments: [
            ("a\tb", #""a\tb""#), ("\u{7}\u{8}\u{B}\u{C}", #""\a\b\v\f""#), ("é", #""é""#), ("\u{7F}", #""\x7f""#),
            ("\u{A0}", #""\u00a0""#), ("\u{E000}", #""\ue000""#), ("\u{F0000}", #""\U000f0000""#), ("😀", #""😀""#),
        ])
    func quoting(text: String, quoted: String) {
        #expect(PathElement.value(.string(text)).description == "[=\(quoted)]")
    }
}
