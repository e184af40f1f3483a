// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

@testable import KubernetesPatches

@Suite("Managed fields") struct ManagedFieldsTests {
    private func update(
        _ live: JSON?, _ spec: String, _ manager: String, _ minute: Int, _ tracking: FieldTracking = Schemas.widgets
    ) -> JSON {
        tracking.update(live: live, new: Schemas.makeWidget(spec), manager: manager, at: .minute(minute)).object
    }

    private func stored(_ object: JSON) -> JSON {
        var object = object
        object["metadata"]?["uid"] = "u-1"
        return object
    }

    @Test("entries are written as the API server writes them")
    func writing() throws {
        var live: JSON? = update(nil, "{name: x}", "u", 0)
        live = try Schemas.widgets.apply(
            Schemas.makeWidget("{flag: true}"), to: live, manager: "a", force: false, at: .minute(1)
        ).object
        #expect(
            live?["metadata"]?["managedFields"]?.text()
                == #"[{"manager":"a","operation":"Apply","apiVersion":"example.org/v1","time":"2027-01-15T08:01:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:flag":{}}}},{"manager":"u","operation":"Update","apiVersion":"example.org/v1","time":"2027-01-15T08:00:00Z","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{".":{},"f:name":{}}}}]"#
        )
    }

    @Test("appliers come before updaters, then by second, manager, version and endpoint")
    func order() throws {
        func entry(
            _ manager: String, _ operation: ManagedFieldsEntry.Operation, _ minute: Int?, _ version: String = "v1",
            _ sub: String = ""
        ) -> ManagedFieldsEntry {
            ManagedFieldsEntry(
                manager: manager, operation: operation, apiVersion: version, time: minute.map { .minute($0) },
                subresource: sub,
                fields: FieldSet([FieldPath(fields: "x")]))
        }
        let sorted = [
            entry("z", .apply, nil), entry("b", .apply, 1), entry("a", .apply, 2), entry("c", .update, 0),
            entry("a", .update, 1, "v1"),
            entry("a", .update, 1, "v1", "status"), entry("a", .update, 1, "v2"), entry("b", .update, 1),
        ]
        let object: JSON = ["metadata": ["managedFields": .array(sorted.reversed().map(\.json))]]
        let read = try ManagedFields(of: object)
        #expect(read.entries == sorted)
        #expect(read.written(into: [:])["metadata"]?["managedFields"] == .array(sorted.map(\.json)))
    }

    static let unreadable: [(entry: String, sentence: String)] = [
        ("1", "must be an object"), ("{}", "operation must be"),
        ("{operation: Other, apiVersion: v1, fieldsType: FieldsV1}", "operation must be"),
        ("{operation: Update, fieldsType: FieldsV1}", "apiVersion must not be empty"),
        ("{operation: Update, apiVersion: v1}", "missing fieldsType"),
        ("{operation: Update, apiVersion: v1, fieldsType: FieldsV2}", "invalid fieldsType \"FieldsV2\""),
        (
            "{operation: Update, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: []}",
            "managedFields[0]: managed fields hold"
        ),
        ("{operation: Update, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {x: {}}}", "no kind and colon"),
        ("{operation: Update, apiVersion: v1, fieldsType: FieldsV1, time: noon}", "time is no moment"),
        ("{operation: 1}", "operation must be a string"),
        ("{operation: Update, apiVersion: v1, fieldsType: FieldsV1, manager: {}}", "manager must be a string"),
    ]

    @Test(
        "entries that cannot be read are refused; an apply fails, an update keeps those that were stored",
        arguments: unreadable)
    func reading(entry: String, sentence: String) throws {
        let object = yaml(
            "{apiVersion: example.org/v1, kind: Widget, metadata: {name: w, managedFields: [\(entry), {operation: Other}]}}"
        )
        let fault = failure { try ManagedFields(of: object) }
        #expect(fault?.code == .invalid && fault?.message.contains(sentence) == true, "\(fault as Any)")
        #expect(
            failure {
                try Schemas.widgets.apply(
                    Schemas.makeWidget("{}"), to: object, manager: "a", force: true, at: .minute(0))
            }?.code == .invalid)
        let live = stored(update(nil, "{name: x}", "u", 0))
        let outcome = Schemas.widgets.update(live: live, new: object, manager: "v", at: .minute(1))
        #expect(outcome.object.owners == [], "what was removed is nobody's")
        #expect(outcome.object.bare == object.bare)
    }

    static let resets = ["[]", "[{}]", "[{manager: ''}]"]

    @Test("a client can have all forgotten; nothing is tracked until the next apply", arguments: resets)
    func reset(entries: String) throws {
        let live = stored(update(nil, "{name: x}", "u", 0))
        var new = live
        new["metadata"]?["managedFields"] = yaml(entries)
        new["spec"]?["name"] = "z"
        var object = Schemas.widgets.update(live: live, new: new, manager: "v", at: .minute(1)).object
        #expect(object["metadata"]?["managedFields"] == nil && object["spec"]?["name"] == "z")
        new = object
        new["spec"]?["flag"] = true
        object = Schemas.widgets.update(live: object, new: new, manager: "v", at: .minute(2)).object
        #expect(object.owners == [])
        object = try Schemas.widgets.apply(
            Schemas.makeWidget("{name: z}"), to: object, manager: "a", force: false, at: .minute(3)
        ).object
        #expect(object.owners == ["a Apply: .spec.name", "before-first-apply Update: .spec .spec.flag .spec.name"])
        let conflict = failure {
            try Schemas.widgets.apply(
                Schemas.makeWidget("{flag: false}"), to: object, manager: "b", force: false, at: .minute(4))
        }
        #expect(
            conflict?.message.contains(
                #"conflict with "before-first-apply" using example.org/v1 at 2027-01-15T08:03:00Z"#) == true)
    }

    @Test("managed fields that a client leaves out stay; those it sends count")
    func given() throws {
        let live = stored(update(nil, "{name: x, flag: true}", "u", 0))
        #expect(Schemas.widgets.update(live: live, new: live.bare, manager: "v", at: .minute(1)).isChanged == false)
        var new = live
        new["metadata"]?["managedFields"] = .array([
            ManagedFieldsEntry(
                manager: "w", operation: .apply, apiVersion: "example.org/v1",
                fields: FieldSet([FieldPath(fields: "spec", "name")])
            ).json
        ])
        #expect(
            Schemas.widgets.update(live: live, new: new, manager: "v", at: .minute(1)).object.owners == [
                "w Apply: .spec.name"
            ])
        new["spec"]?["flag"] = false
        #expect(
            Schemas.widgets.update(live: live, new: new, manager: "v", at: .minute(1)).object.owners
                == ["w Apply: .spec.name", "v Update: .spec.flag"])
    }

    @Test("no more than ten updaters are kept; the oldest are joined")
    func cap() throws {
        var live = stored(update(nil, "{map: {k0: v}}", "m0", 0))
        for index in 1..<14 {
            var new = live.bare
            new["spec"]?["map"]?["k\(index)"] = "v"
            live = Schemas.widgets.update(live: live, new: new, manager: "m\(index)", at: .minute(index)).object
            #expect(try ManagedFields(of: live).entries.count == min(index + 1, 10))
        }
        let entries = try ManagedFields(of: live).entries
        #expect(entries.map(\.manager) == ["ancient-changes"] + (5..<14).map { "m\($0)" })
        #expect(
            entries[0].fields.paths.map(\.description).sorted()
                == ([".spec", ".spec.map"] + (0..<5).map { ".spec.map.k\($0)" }).sorted())
        #expect(entries[0].time == .minute(4), "the moment of the youngest that was joined")
        // What was joined is disowned as any other.
        var new = live.bare
        new["spec"]?["map"]?["k0"] = nil
        live = Schemas.widgets.update(live: live, new: new, manager: "m13", at: .minute(20)).object
        #expect(try ManagedFields(of: live).entries[0].fields.contains(FieldPath(fields: "spec", "map", "k0")) == false)
    }

    @Test("an entry older than those that were joined joins them, and nothing is lost")
    func capWithOlder() throws {
        func entry(_ manager: String, _ minute: Int) -> ManagedFieldsEntry {
            ManagedFieldsEntry(
                manager: manager, operation: .update, apiVersion: "example.org/v1", time: .minute(minute),
                fields: FieldSet([FieldPath(fields: "spec", "map", manager)]))
        }
        let entries = [entry("old", 0), entry("ancient-changes", 1)] + (2..<10).map { entry("m\($0)", $0) }
        var live = Schemas.makeWidget("{map: {}}")
        for entry in entries { live["spec"]?["map"]?[entry.manager] = "v" }
        live["metadata"]?["managedFields"] = .array(entries.map(\.json))
        var new = live
        new["spec"]?["flag"] = true
        live = Schemas.widgets.update(live: live, new: new, manager: "new", at: .minute(30)).object
        let read = try ManagedFields(of: live).entries
        #expect(read.count == 10)
        #expect(read.first { $0.manager == "ancient-changes" }?.fields.count == 2)
        #expect(read.reduce(0) { $0 + $1.fields.count } == 11)
    }

    @Test("an endpoint below the object's has entries of its own and owns what it may")
    func subresources() throws {
        let status = FieldTracking(
            versions: Schemas.widgets.versions, apiVersion: "example.org/v1", kind: "Widget", subresource: "status",
            filter: .only(FieldSet([FieldPath(fields: "status")])))
        let main = FieldTracking(
            versions: Schemas.widgets.versions, apiVersion: "example.org/v1", kind: "Widget",
            filter: .excluding(FieldSet([FieldPath(fields: "status")])))
        var live = stored(
            main.update(live: nil, new: Schemas.makeWidget("{name: x}"), manager: "u", at: .minute(0)).object)
        var new = live
        new["status"] = ["phase": "Ready", "count": 1]
        new["metadata"]?["managedFields"] = [[:]]
        live = status.update(live: live, new: new, manager: "u", at: .minute(1)).object
        #expect(live.owners == ["u Update: .spec .spec.name", "u Update: .status .status.count .status.phase"])
        #expect(try ManagedFields(of: live).entries.map(\.subresource) == ["", "status"])
        let applied = yaml("{apiVersion: example.org/v1, kind: Widget, spec: {flag: true}, status: {phase: Other}}")
        let other = try main.apply(applied, to: live, manager: "a", force: false, at: .minute(2)).object
        #expect(other.owners[0] == "a Apply: .spec.flag")
        let conflict = failure { try status.apply(applied, to: live, manager: "a", force: false, at: .minute(2)) }
        #expect(
            conflict?.message
                == #"Apply failed with 1 conflict: conflict with "u" with subresource "status" using example.org/v1 at 2027-01-15T08:01:00Z: .status.phase"#
        )
    }

    @Test("what changes nothing is no change, and no moment moves")
    func noChange() throws {
        let live = stored(update(nil, "{name: x, items: [{name: i}]}", "u", 0))
        #expect(
            Schemas.widgets.update(live: live, new: live, manager: "v", at: .minute(1))
                == .init(object: live, isChanged: false))
        var config = Schemas.makeWidget("{name: x}")
        config["metadata"]?["resourceVersion"] = nil
        let first = try Schemas.widgets.apply(config, to: live, manager: "a", force: false, at: .minute(2))
        #expect(first.isChanged && first.object.bare == live.bare, "only the manager is new")
        let second = try Schemas.widgets.apply(config, to: first.object, manager: "a", force: false, at: .minute(3))
        #expect(second == .init(object: first.object, isChanged: false))
    }

    @Test("what nobody can own is in no entry")
    func neverOwned() throws {
        let object = yaml(
            "{apiVersion: example.org/v1, kind: Widget, metadata: {name: w, namespace: s, uid: u, generation: 1, resourceVersion: '1', creationTimestamp: '2026-01-02T03:04:05Z', selfLink: x, labels: {l: m}, finalizers: [f]}}"
        )
        let live = Schemas.widgets.update(live: nil, new: object, manager: "u", at: .minute(0)).object
        #expect(
            live.owners == [
                #"u Update: .metadata.finalizers .metadata.labels .metadata.finalizers[="f"] .metadata.labels.l"#
            ])
        let applied = try Schemas.widgets.apply(object, to: nil, manager: "", force: false, at: .minute(0)).object
        #expect(applied.owners == [#"unknown Apply: .metadata.finalizers[="f"] .metadata.labels.l"#])
    }

    @Test("what every object of a kind has by itself is nobody's")
    func emptyObjects() throws {
        let tracking = FieldTracking(
            versions: Schemas.deployments.versions, apiVersion: "apps/v1", kind: "Deployment",
            emptyObject: yaml(
                "{apiVersion: apps/v1, kind: Deployment, metadata: {creationTimestamp: null}, spec: {selector: null, strategy: {}, template: {metadata: {}, spec: {containers: null}}}, status: {}}"
            ))
        let object = yaml(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}, spec: {selector: {matchLabels: {a: b}}, strategy: {type: Recreate}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i, resources: {}}]}}}, status: {}}"
        )
        let live = tracking.update(live: nil, new: object, manager: "kubectl-create", at: .minute(0)).object
        #expect(
            live["metadata"]?["managedFields"]?[0]?["fieldsV1"]?.text()
                == #"{"f:spec":{"f:selector":{},"f:strategy":{"f:type":{}},"f:template":{"f:metadata":{"f:labels":{".":{},"f:a":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"c\"}":{".":{},"f:image":{},"f:name":{},"f:resources":{}}}}}}}"#
        )
    }

    @Test("an object that does not fit its schema keeps the managed fields it had")
    func misfits() throws {
        let live = stored(update(nil, "{name: x}", "u", 0))
        var new = live
        new["spec"] = yaml("{name: [1], other: 2}")
        let outcome = Schemas.widgets.update(live: live, new: new, manager: "v", at: .minute(1))
        #expect(outcome.isChanged && outcome.object.owners == live.owners && outcome.object["spec"] == new["spec"])
    }

    // MARK: versions

    private static let versions = ObjectVersions(
        ["example.org/v1": Schemas.widget, "example.org/v2": Schemas.widget],
        conversion: { object, version in
            // What v1 calls name, v2 calls `free.title`.
            var object = object
            object["apiVersion"] = .string(version)
            if version == "example.org/v2", let name = object["spec"]?["name"] {
                object["spec"]?["name"] = nil
                object["spec"]?["free"] = ["title": name]
            } else if version == "example.org/v1", let title = object["spec"]?["free"]?["title"] {
                object["spec"]?["free"] = nil
                object["spec"]?["name"] = title
            }
            return object
        })

    private func tracking(_ version: String) -> FieldTracking {
        FieldTracking(versions: Self.versions, apiVersion: version, kind: "Widget")
    }

    @Test("managers that name fields in other versions keep, share, lose and prune them")
    func conversions() throws {
        let v1 = tracking("example.org/v1"), v2 = tracking("example.org/v2")
        func v2Object(_ spec: String) -> JSON {
            yaml("{apiVersion: example.org/v2, kind: Widget, metadata: {name: w}, spec: \(spec)}")
        }
        var live = try v1.apply(
            Schemas.makeWidget("{name: x, flag: true}"), to: nil, manager: "a", force: false, at: .minute(0)
        ).object
        live = try v2.apply(
            v2Object("{free: {title: x}}"), to: Self.versions.typed(live, as: "example.org/v2")?.value, manager: "b",
            force: false, at: .minute(1)
        ).object
        #expect(live["spec"]?.text(sortedKeys: true) == #"{"flag":true,"free":{"title":"x"}}"#)
        #expect(Set(live.owners) == ["a Apply: .spec.flag .spec.name", "b Apply: .spec.free.title"])
        let fault = failure {
            try v2.apply(v2Object("{free: {title: z}}"), to: live, manager: "b", force: false, at: .minute(2))
        }
        #expect(fault?.message == #"Apply failed with 1 conflict: conflict with "a": .spec.name"#)
        // The same manager goes to the other version: one entry, and what it applied before is pruned.
        live = try v2.apply(v2Object("{replicas: 2}"), to: live, manager: "a", force: false, at: .minute(3)).object
        #expect(live["spec"]?.text(sortedKeys: true) == #"{"free":{"title":"x"},"replicas":2}"#)
        #expect(Set(live.owners) == ["a Apply: .spec.replicas", "b Apply: .spec.free.title"])
        live = try v2.apply(v2Object("{flag: true}"), to: live, manager: "b", force: false, at: .minute(4)).object
        #expect(live["spec"]?.text(sortedKeys: true) == #"{"flag":true,"replicas":2}"#)
    }

    @Test("what a manager set in a version that is no more is forgotten, and nothing is pruned for it")
    func missingVersions() throws {
        var live = try tracking("example.org/v2").apply(
            yaml("{apiVersion: example.org/v2, kind: Widget, metadata: {name: w}, spec: {flag: true}}"), to: nil,
            manager: "a", force: false, at: .minute(0)
        ).object
        live["apiVersion"] = "example.org/v1"
        let now = try Schemas.widgets.apply(
            Schemas.makeWidget("{name: x}"), to: live, manager: "a", force: false, at: .minute(1)
        ).object
        #expect(now["spec"]?.text(sortedKeys: true) == #"{"flag":true,"name":"x"}"#)
        #expect(now.owners == ["a Apply: .spec.name"])
        let other = try Schemas.widgets.apply(
            Schemas.makeWidget("{flag: false}"), to: live, manager: "b", force: false, at: .minute(1)
        ).object
        #expect(other.owners == ["b Apply: .spec.flag"])
    }

    @Test("an applier has one entry whatever the version, an updater one for each")
    func versionEntries() throws {
        let v1 = tracking("example.org/v1"), v2 = tracking("example.org/v2")
        var live = v1.update(live: nil, new: Schemas.makeWidget("{flag: true}"), manager: "u", at: .minute(0)).object
        var new = live
        new["apiVersion"] = "example.org/v2"
        new["spec"]?["replicas"] = 1
        live = v2.update(live: live, new: new, manager: "u", at: .minute(1)).object
        #expect(try ManagedFields(of: live).entries.map(\.apiVersion) == ["example.org/v1", "example.org/v2"])
    }

    // MARK: schemas that change

    @Test("places in what has become atomic are owned as a whole; what became granular stays")
    func schemaChanges() throws {
        func tracking(_ type: String, _ list: String) -> FieldTracking {
            FieldTracking(
                versions: ObjectVersions(
                    "example.org/v1",
                    MergeSchema(
                        resource: yaml(
                            """
                            {type: object, properties: {spec: {type: object, properties: {
                              map: {type: object, x-kubernetes-map-type: \(type), additionalProperties: {type: string}},
                              list: {type: array, x-kubernetes-list-type: \(list), items: {type: string}},
                              name: {type: string}}}}}
                            """))), apiVersion: "example.org/v1", kind: "Widget")
        }
        let granular = tracking("granular", "set"), atomic = tracking("atomic", "atomic")
        let first = Schemas.makeWidget("{map: {k: v}, list: [x]}")
        var live = try granular.apply(first, to: nil, manager: "a", force: false, at: .minute(0)).object
        #expect(live.owners == [#"a Apply: .spec.list[="x"] .spec.map.k"#])
        let changed = try atomic.apply(
            Schemas.makeWidget("{name: z}"), to: live, manager: "b", force: false, at: .minute(1)
        ).object
        #expect(changed.owners == ["a Apply: .spec.list .spec.map", "b Apply: .spec.name"])
        live = try atomic.apply(first, to: nil, manager: "a", force: false, at: .minute(0)).object
        #expect(live.owners == ["a Apply: .spec.list .spec.map"])
        let back = try granular.apply(
            Schemas.makeWidget("{map: {l: w}}"), to: live, manager: "b", force: false, at: .minute(1)
        ).object
        #expect(back["spec"]?["map"]?.text() == #"{"k":"v","l":"w"}"#)
        #expect(back.owners == ["a Apply: .spec.list .spec.map", "b Apply: .spec.map.l"])
    }

    // MARK: client-side apply

    private let annotation = "kubectl.kubernetes.io/last-applied-configuration"

    @Test("kubectl takes over what its client-side apply set, and keeps the annotation in step")
    func lastApplied() throws {
        let last =
            #"{"apiVersion":"example.org/v1","kind":"Widget","metadata":{"annotations":{},"name":"w"},"spec":{"name":"x","replicas":1}}"#
        var object = Schemas.makeWidget("{name: x, replicas: 3}")
        object["metadata"]?["annotations"] = [annotation: .string(last)]
        let live = Schemas.widgets.update(live: nil, new: object, manager: "kubectl-client-side-apply", at: .minute(0))
            .object
        let taken = try Schemas.widgets.apply(
            Schemas.makeWidget("{name: z}"), to: live, manager: "kubectl", force: false, at: .minute(1)
        ).object
        #expect(taken["spec"]?["name"] == "z")
        #expect(
            taken["metadata"]?["annotations"]?[annotation]?.string
                == #"{"apiVersion":"example.org/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"name":"z"}}"#
                + "\n")
        // What differs from the annotation was changed by another since.
        let fault = failure {
            try Schemas.widgets.apply(
                Schemas.makeWidget("{name: z, replicas: 2}"), to: live, manager: "kubectl", force: false, at: .minute(1)
            )
        }
        #expect((fault?.cause as? ApplyConflicts)?.conflicts.map(\.field) == [".spec.replicas"])
        #expect(
            failure {
                try Schemas.widgets.apply(
                    Schemas.makeWidget("{name: z}"), to: live, manager: "other", force: false, at: .minute(1))
            }?.code == .conflict)
        let again = try Schemas.widgets.apply(
            Schemas.makeWidget("{name: z}"), to: taken, manager: "kubectl", force: false, at: .minute(2))
        #expect(!again.isChanged)
    }
}
