// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import KubernetesPatches
import Testing

/// One step in the life of a widget: who does what; the outcome is what is expected of it.
struct Step: Sendable {
    enum Kind: Sendable { case apply, force, update }
    let kind: Kind
    let manager: String
    let spec: String

    static func apply(_ manager: String, _ spec: String) -> Step { Step(kind: .apply, manager: manager, spec: spec) }
    static func force(_ manager: String, _ spec: String) -> Step { Step(kind: .force, manager: manager, spec: spec) }
    static func update(_ manager: String, _ spec: String) -> Step { Step(kind: .update, manager: manager, spec: spec) }
}

/// What a series of steps ends with.
struct Story: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [Step]
    let spec: String
    let owners: [String]

    init(_ title: String, _ steps: [Step], _ spec: String, _ owners: [String]) {
        (testDescription, self.steps, self.spec, self.owners) = (title, steps, spec, owners)
    }
}

@Suite("Server-side apply") struct ApplyTests {
    static func run(_ steps: [Step]) throws -> JSON? {
        var live: JSON?
        for (index, step) in steps.enumerated() {
            let object = Schemas.makeWidget(step.spec), time = Timestamp.minute(index)
            switch step.kind {
            case .update:
                live = Schemas.widgets.update(live: live, new: object, manager: step.manager, at: time).object
            case .apply, .force:
                live = try Schemas.widgets.apply(
                    object, to: live, manager: step.manager, force: step.kind == .force, at: time
                ).object
            }
        }
        return live
    }

    static let stories: [Story] = [
        Story(
            "a new object is what was applied", [.apply("a", "{name: x, map: {k: v}}")], "{name: x, map: {k: v}}",
            ["a Apply: .spec.name .spec.map.k"]),
        Story(
            "what a manager applies no more is removed",
            [.apply("a", "{name: x, flag: true, map: {k: v, l: w}}"), .apply("a", "{name: x, map: {k: v}}")],
            "{name: x, map: {k: v}}", ["a Apply: .spec.name .spec.map.k"]),
        Story(
            "what another manager owns too stays",
            [.apply("a", "{name: x, flag: true}"), .apply("b", "{name: x}"), .apply("a", "{flag: true}")],
            "{name: x, flag: true}", ["b Apply: .spec.name", "a Apply: .spec.flag"]),
        Story(
            "the same value is shared", [.apply("a", "{name: x}"), .apply("b", "{name: x, flag: true}")],
            "{name: x, flag: true}", ["a Apply: .spec.name", "b Apply: .spec.flag .spec.name"]),
        Story(
            "a forced value changes hands", [.apply("a", "{name: x, flag: true}"), .force("b", "{name: yy}")],
            "{name: yy, flag: true}", ["a Apply: .spec.flag", "b Apply: .spec.name"]),
        Story(
            "who loses all has no entry", [.apply("a", "{name: x}"), .force("b", "{name: yy}")], "{name: yy}",
            ["b Apply: .spec.name"]),
        Story(
            "an update takes what it changes",
            [.apply("a", "{name: x, replicas: 1}"), .update("u", "{name: x, replicas: 2}")], "{name: x, replicas: 2}",
            ["a Apply: .spec.name", "u Update: .spec.replicas"]),
        Story(
            "what an update removes leaves all",
            [.apply("a", "{name: x, map: {k: v}}"), .apply("b", "{name: x}"), .update("u", "{map: {k: v}}")],
            "{map: {k: v}}", ["a Apply: .spec.map.k"]),
        Story(
            "what an applier lost it does not prune",
            [
                .apply("a", "{name: x, flag: true}"), .update("u", "{name: yy, flag: true}"),
                .apply("a", "{flag: true}"),
            ],
            "{name: yy, flag: true}", ["a Apply: .spec.flag", "u Update: .spec.name"]),
        // Keyed lists.
        Story(
            "elements of a keyed list are owned one by one",
            [.apply("a", "{items: [{name: i, value: x}]}"), .apply("b", "{items: [{name: j, value: yy}]}")],
            "{items: [{name: i, value: x}, {name: j, value: yy}]}",
            [
                #"a Apply: .spec.items[name="i"] .spec.items[name="i"].name .spec.items[name="i"].value"#,
                #"b Apply: .spec.items[name="j"] .spec.items[name="j"].name .spec.items[name="j"].value"#,
            ]),
        Story(
            "an element that is applied no more is removed",
            [.apply("a", "{items: [{name: i}, {name: j}]}"), .apply("a", "{items: [{name: j}]}")],
            "{items: [{name: j}]}",
            [#"a Apply: .spec.items[name="j"] .spec.items[name="j"].name"#]),
        Story(
            "of an element that another owns only what was owned is removed",
            [
                .apply("a", "{items: [{name: i, value: x}]}"), .apply("b", "{items: [{name: i, list: [l]}]}"),
                .apply("a", "{}"),
            ],
            "{items: [{name: i, list: [l]}]}",
            [
                #"b Apply: .spec.items[name="i"] .spec.items[name="i"].list .spec.items[name="i"].name"#,
                "a Apply: .spec",
            ]),
        Story(
            "an element goes with what an updater added to it when nobody applies it",
            [
                .apply("a", "{items: [{name: i}]}"), .update("u", "{items: [{name: i, value: x}]}"),
                .apply("a", "{name: nn}"),
            ],
            "{name: nn}", ["a Apply: .spec.name"]),
        Story(
            "an element stays with what an updater added to it when another applies it",
            [
                .apply("a", "{items: [{name: i}, {name: j, value: v}]}"), .apply("b", "{items: [{name: j}]}"),
                .update("u", "{items: [{name: i}, {name: j, value: v, list: [l]}]}"),
                .apply("a", "{items: [{name: i}]}"),
            ], "{items: [{name: i}, {name: j, list: [l]}]}",
            [
                #"b Apply: .spec.items[name="j"] .spec.items[name="j"].name"#,
                #"a Apply: .spec.items[name="i"] .spec.items[name="i"].name"#, #"u Update: .spec.items[name="j"].list"#,
            ]),
        Story(
            "an object stays with what an updater added to it",
            [.apply("a", "{struct: {a: x}}"), .update("u", "{struct: {a: x, b: z}}"), .apply("a", "{}")],
            "{struct: {b: z}}", ["a Apply: .spec", "u Update: .spec.struct.b"]),
        Story(
            "a key with a default is the same element",
            [.apply("a", "{ports: [{port: 80, protocol: TCP}]}"), .apply("b", "{ports: [{port: 80, host: h}]}")],
            "{ports: [{port: 80, protocol: TCP, host: h}]}",
            [
                #"a Apply: .spec.ports[port=80,protocol="TCP"] .spec.ports[port=80,protocol="TCP"].port .spec.ports[port=80,protocol="TCP"].protocol"#,
                #"b Apply: .spec.ports[port=80,protocol="TCP"] .spec.ports[port=80,protocol="TCP"].host .spec.ports[port=80,protocol="TCP"].port"#,
            ]),
        // Sets.
        Story(
            "a set grows by what each applies", [.apply("a", "{set: [x, yy]}"), .apply("b", "{set: [z, x]}")],
            "{set: [z, x, yy]}",
            [#"a Apply: .spec.set[="x"] .spec.set[="yy"]"#, #"b Apply: .spec.set[="x"] .spec.set[="z"]"#]),
        Story(
            "an item that only one owned leaves a set",
            [.apply("a", "{set: [x, yy]}"), .apply("b", "{set: [x]}"), .apply("a", "{set: [yy]}")], "{set: [x, yy]}",
            [#"b Apply: .spec.set[="x"]"#, #"a Apply: .spec.set[="yy"]"#]),
        Story(
            "a set whose last item leaves goes", [.apply("a", "{set: [x], name: nn}"), .apply("a", "{name: nn}")],
            "{name: nn}", ["a Apply: .spec.name"]),
        Story(
            "numbers are items by their value", [.apply("a", "{numbers: [1, 2.5]}"), .apply("b", "{numbers: [1.0]}")],
            "{numbers: [1, 2.5]}", ["b Apply: .spec.numbers[=1]", "a Apply: .spec.numbers[=1] .spec.numbers[=2.5]"]),
        // Wholes.
        Story(
            "atomic objects and lists are owned as wholes",
            [.apply("a", "{list: [x], atomicMap: {k: v}, atomicStruct: {a: x}}")],
            "{list: [x], atomicMap: {k: v}, atomicStruct: {a: x}}",
            ["a Apply: .spec.atomicMap .spec.atomicStruct .spec.list"]),
        Story(
            "a whole is replaced", [.apply("a", "{atomicMap: {k: v}}"), .force("b", "{atomicMap: {l: w}}")],
            "{atomicMap: {l: w}}", ["b Apply: .spec.atomicMap"]),
        Story(
            "an object without a schema is owned by member, its lists as wholes",
            [.apply("a", "{free: {x: {yy: 1, l: [1, 2]}, z: []}}")], "{free: {x: {yy: 1, l: [1, 2]}, z: []}}",
            ["a Apply: .spec.free.x .spec.free.z .spec.free.x.l .spec.free.x.yy"]),
        Story(
            "empty values are owned", [.apply("a", "{map: {}, struct: {}, list: [], set: []}")],
            "{map: {}, struct: {}, list: [], set: []}", ["a Apply: .spec.list .spec.map .spec.struct"]),
        Story(
            "an embedded object's metadata merges as metadata does",
            [
                .apply("a", "{template: {apiVersion: v1, kind: P, metadata: {finalizers: [x]}}}"),
                .apply("b", "{template: {metadata: {finalizers: [yy]}}}"),
            ],
            "{template: {apiVersion: v1, kind: P, metadata: {finalizers: [x, yy]}}}",
            [
                #"a Apply: .spec.template.apiVersion .spec.template.kind .spec.template.metadata.finalizers[="x"]"#,
                #"b Apply: .spec.template.metadata.finalizers[="yy"]"#,
            ]),
        Story(
            "a map of objects loses a member with all that was owned in it",
            [.apply("a", "{structs: {k: {a: x}, l: {a: yy}}}"), .apply("a", "{structs: {l: {a: yy}}}")],
            "{structs: {l: {a: yy}}}",
            ["a Apply: .spec.structs.l .spec.structs.l.a"]),
        Story(
            "what loses all it had goes, but is null where another owns it and the schema does not name it",
            [
                .apply("a", "{structs: {k: {a: x}}, struct: {a: x}}"),
                .update("u", "{structs: {k: {a: x}, l: {}}, struct: {a: x}}"),
                .apply("b", "{structs: {k: {}}, struct: {}}"), .apply("a", "{name: z}"),
            ], "{structs: {l: {}, k: null}, name: z}",
            ["b Apply: .spec.structs.k", "a Apply: .spec.name", "u Update: .spec.structs.l"]),
        // Created by others.
        Story(
            "a creator owns all by update", [.update("u", "{name: x, items: [{name: i}], list: [], map: {}}")],
            "{name: x, items: [{name: i}], list: [], map: {}}",
            [
                #"u Update: .spec .spec.items .spec.list .spec.map .spec.name .spec.items[name="i"] .spec.items[name="i"].name"#
            ]),
        Story(
            "a creator's values are shared by an applier that has the same",
            [.update("u", "{name: x, flag: true}"), .apply("a", "{name: x}"), .apply("a", "{}")],
            "{name: x, flag: true}", ["a Apply: .spec", "u Update: .spec .spec.flag .spec.name"]),
        Story(
            "an updater that changes what it set keeps one entry",
            [.update("u", "{name: x}"), .update("u", "{name: yy, flag: true}")],
            "{name: yy, flag: true}", ["u Update: .spec .spec.flag .spec.name"]),
    ]

    @Test("what there is and who has it", arguments: stories)
    func story(_ story: Story) throws {
        let live = try Self.run(story.steps)
        #expect(live?["spec"]?.text(sortedKeys: true) == yaml(story.spec).text(sortedKeys: true))
        #expect(live?.owners == story.owners)
        // All that is in the object fits, and what is there is owned once more by whom applies it again.
        if let last = story.steps.last, last.kind != .update {
            let again = try Schemas.widgets.apply(
                Schemas.makeWidget(last.spec), to: live, manager: last.manager, force: true, at: .minute(99))
            #expect(!again.isChanged && again.object == live)
        }
    }

    static let conflicts: [(title: String, steps: [Step], apply: String, causes: [String])] = [
        (
            "another value of an applier", [.apply("a", "{name: x}")], "{name: yy}",
            [#"conflict with "a" at .spec.name"#]
        ),
        (
            "another value of an updater", [.update("u", "{name: x}")], "{name: yy}",
            [#"conflict with "u" using example.org/v1 at 2027-01-15T08:00:00Z at .spec.name"#]
        ),
        (
            "several managers and places",
            [.apply("b", "{name: x, items: [{name: i, value: v}]}"), .apply("a", "{flag: true, atomicMap: {k: v}}")],
            "{name: yy, flag: false, atomicMap: {k: w}, items: [{name: i, value: w}]}",
            [
                #"conflict with "a" at .spec.atomicMap"#, #"conflict with "a" at .spec.flag"#,
                #"conflict with "b" at .spec.name"#,
                #"conflict with "b" at .spec.items[name="i"].value"#,
            ]
        ),
        (
            "another kind of value", [.apply("a", "{free: {x: {yy: 1}}}")], "{free: {x: 2}}",
            [#"conflict with "a" at .spec.free.x"#]
        ),
        ("the same value", [.apply("a", "{name: x, numbers: [1]}")], "{name: x, numbers: [1.0]}", []),
        ("an order that differs", [.apply("a", "{set: [x, yy]}")], "{set: [yy, x]}", []),
        (
            "a whole with members in another order", [.apply("a", "{atomicMap: {k: v, l: w}}")],
            "{atomicMap: {l: w, k: v}}", []
        ),
        (
            "a list as a whole in another order", [.apply("a", "{list: [x, yy]}")], "{list: [yy, x]}",
            [#"conflict with "a" at .spec.list"#]
        ),
        ("the manager itself", [.apply("c", "{name: x}")], "{name: yy}", []),
        (
            "the manager's update", [.update("c", "{name: x}")], "{name: yy}",
            [#"conflict with "c" using example.org/v1 at 2027-01-15T08:00:00Z at .spec.name"#]
        ),
    ]

    @Test("another value of what others own is a conflict", arguments: conflicts)
    func conflict(title: String, steps: [Step], apply: String, causes: [String]) throws {
        let live = try Self.run(steps)
        let body = {
            try Schemas.widgets.apply(Schemas.makeWidget(apply), to: live, manager: "c", force: false, at: .minute(9))
        }
        let fault = failure(body)
        let found = (fault?.cause as? ApplyConflicts)?.conflicts ?? []
        #expect(found.map { "\($0.message) at \($0.field)" } == causes)
        #expect(found.allSatisfy { $0.reason == "FieldManagerConflict" })
        #expect(fault?.code == (causes.isEmpty ? nil : .conflict))
    }

    @Test("the message of a conflict is the API server's")
    func messages() throws {
        let one = failure { try Self.run([.apply("a", "{name: x}"), .apply("b", "{name: yy}")]) }
        #expect(one?.message == #"Apply failed with 1 conflict: conflict with "a": .spec.name"#)
        let more = failure {
            try Self.run([
                .update("u", "{name: x, flag: true}"), .apply("a", "{replicas: 1}"),
                .apply("b", "{name: yy, flag: false, replicas: 2}"),
            ])
        }
        #expect(
            more?.message == """
                Apply failed with 3 conflicts: conflicts with "a":
                - .spec.replicas
                conflicts with "u" using example.org/v1 at 2027-01-15T08:00:00Z:
                - .spec.flag
                - .spec.name
                """)
    }

    static let refused: [(configuration: String, sentence: String)] = [
        (
            "{apiVersion: example.org/v2, kind: Widget}",
            "Incorrect version specified in apply patch. Specified patch version: example.org/v2, expected: example.org/v1"
        ),
        ("{kind: Widget}", "Incorrect version"),
        ("{apiVersion: example.org/v1, kind: Other}", "invalid object type: Other"),
        (
            "{apiVersion: example.org/v1, kind: Widget, metadata: {managedFields: []}}",
            "metadata.managedFields must be nil"
        ),
        (
            "{apiVersion: example.org/v1, kind: Widget, metadata: {managedFields: [{}]}}",
            "metadata.managedFields must be nil"
        ),
        ("{apiVersion: example.org/v1, kind: Widget, spec: {other: 1}}", ".spec.other: field not declared in schema"),
        (
            "{apiVersion: example.org/v1, kind: Widget, spec: {replicas: x}}",
            ".spec.replicas: expected numeric, got string"
        ),
        ("{apiVersion: example.org/v1, kind: Widget, spec: {items: {}}}", ".spec.items: expected list, got map"),
        ("{apiVersion: example.org/v1, kind: Widget, spec: {map: [x]}}", ".spec.map: expected map, got list"),
        (
            "{apiVersion: example.org/v1, kind: Widget, spec: {items: [{name: a}, {name: a}]}}",
            #".spec.items: duplicate entries for key [name="a"]"#
        ),
        (
            "{apiVersion: example.org/v1, kind: Widget, spec: {set: [a, a]}}",
            #".spec.set: duplicate entries for key [="a"]"#
        ),
        ("{apiVersion: example.org/v1, kind: Widget, spec: {set: [null]}}", "a set holds scalars"),
        ("{apiVersion: example.org/v1, kind: Widget, spec: {items: [{value: a}]}}", "omits all key fields"),
        ("{apiVersion: example.org/v1, kind: Widget, spec: {items: [x]}}", "a list with keys holds maps"),
        ("{apiVersion: example.org/v1, kind: Widget, spec: {items: [{name: [x]}]}}", "the key name must be a scalar"),
        ("[]", "Incorrect version"),
    ]

    @Test("a configuration that cannot be applied is refused", arguments: refused)
    func refusal(configuration: String, sentence: String) {
        let fault = failure {
            try Schemas.widgets.apply(yaml(configuration), to: nil, manager: "a", force: true, at: .minute(0))
        }
        #expect(fault?.code == .invalid && fault?.message.contains(sentence) == true, "\(fault as Any)")
    }

    @Test("elements that share a name are replaced by the one that is applied, and owned together before")
    func duplicates() throws {
        let stored = Schemas.makeWidget("{items: [{name: i, value: x}, {name: j}, {name: i, value: yy}]}")
        var live = Schemas.widgets.update(live: nil, new: stored, manager: "u", at: .minute(0)).object
        #expect(
            live.owners == [
                #"u Update: .spec .spec.items .spec.items[name="i"] .spec.items[name="j"] .spec.items[name="j"].name"#
            ])
        live = try Schemas.widgets.apply(
            Schemas.makeWidget("{items: [{name: j, value: z}]}"), to: live, manager: "a", force: false, at: .minute(1)
        ).object
        #expect(live["spec"]?["items"]?.array?.count == 3)
        let applied = Schemas.makeWidget("{items: [{name: i, value: z}]}")
        #expect(
            failure { try Schemas.widgets.apply(applied, to: live, manager: "b", force: false, at: .minute(2)) }?.code
                == .conflict)
        live = try Schemas.widgets.apply(applied, to: live, manager: "b", force: true, at: .minute(2)).object
        #expect(live["spec"]?["items"]?.text() == #"[{"name":"i","value":"z"},{"name":"j","value":"z"}]"#)
        #expect(live.owners.last?.hasPrefix("u Update: .spec .spec.items") == true)
    }
}
