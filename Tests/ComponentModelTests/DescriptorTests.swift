// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Documents
import Testing

@Suite("Component descriptors") struct DescriptorTests {
    private static let rich = #"""
        {"zz":1.0,"meta":{"schemaVersion":"v2","extra":[1e5]},"component":{"version":"1.0.0","name":"test.de/x","future":{"b":2,"a":1},
        "provider":"{\"name\":\"acme\",\"labels\":[{\"name\":\"l\",\"value\":1}]}","creationTime":"2026-01-02T03:04:05Z",
        "labels":[{"name":"l","value":12345678901234567890,"version":"v1","merge":{"algorithm":"default"},"odd":true}],
        "repositoryContexts":null,"resources":[{"odd":1.50,"name":"aa","version":"1","type":"t","relation":"local","srcRef":[],
        "access":{"type":"localBlob/v1","localReference":"sha256:x","odd":{}},"digest":{"value":"z","hashAlgorithm":"x","normalisationAlgorithm":"y","odd":0}}],
        "sources":[],"componentReferences":null},"signatures":[{"name":"s","digest":{"hashAlgorithm":"SHA-256","normalisationAlgorithm":"n","value":"v"},
        "signature":{"algorithm":"a","mediaType":"m","value":"v"},"timestamp":{"value":"t","time":"2026-01-02T03:04:05Z"}}],
        "nestedDigests":[{"name":"test.de/y","version":"1.0.0","digest":{"hashAlgorithm":"h","normalisationAlgorithm":"n","value":"v"},"resourceDigests":[]}]}
        """#.replacing("\n", with: "")

    @Test("every field, the order of fields and the text of numbers survive") func lossless() throws {
        let descriptor = try parse(Self.rich)
        #expect(descriptor.json.text() == Self.rich)
        let again = try ComponentDescriptor(parsing: descriptor.encoded(), source: "again")
        #expect(again == descriptor && again.encoded() == descriptor.encoded())
        #expect(descriptor.provider.name == "acme" && descriptor.provider.labels["l"]?.value == 1)
        #expect(descriptor.creationTime?.description == "2026-01-02T03:04:05Z")
        #expect(descriptor.nestedDigests.map(\.identity.description) == ["test.de/y:1.0.0"])
    }

    @Test("setting a field touches only that field") func setters() throws {
        var descriptor = try parse(Self.rich)
        let access = try TypedSpecification(["type": "none"])
        descriptor.resources[0].access = access
        let expected = Self.rich.replacing(
            #"{"type":"localBlob/v1","localReference":"sha256:x","odd":{}}"#, with: #"{"type":"none"}"#)
        #expect(descriptor.json.text() == expected)
        descriptor.resources[0].digest = nil
        #expect(
            descriptor.resources[0].json["digest"] == nil && descriptor.resources[0].json["odd"]?.numberText == "1.50")
        descriptor.resources[0].labels = []
        descriptor.labels = []
        #expect(
            descriptor.resources[0].json["labels"] == nil
                && descriptor.json["component"]?.object?.keys.contains("labels") == false)
        descriptor.signatures = []
        #expect(descriptor.json["signatures"] == [] && descriptor.json["nestedDigests"] != nil)
        descriptor.references = [
            try ComponentReference(
                name: ElementName("rr"), target: ComponentVersionIdentity("test.de/z:1.0.0"))
        ]
        #expect(descriptor.json["component"]?["componentReferences"]?[0]?["componentName"] == "test.de/z")
    }

    @Test("a new descriptor has the fields the schema demands") func new() throws {
        let descriptor = ComponentDescriptor(
            identity: try ComponentVersionIdentity("acme.org/x:1.0.0"),
            provider: try Provider(name: "acme", labels: [Label(name: "l", value: "v", isSigned: true)]),
            creationTime: Timestamp(seconds: 0))
        #expect(
            descriptor.json.text()
                == #"{"meta":{"schemaVersion":"v2"},"component":{"name":"acme.org/x","version":"1.0.0","provider":"{\"name\":\"acme\",\"labels\":[{\"name\":\"l\",\"value\":\"v\",\"signing\":true}]}","creationTime":"1970-01-01T00:00:00Z","repositoryContexts":[],"resources":[],"sources":[],"componentReferences":[]}}"#
        )
        #expect(try ComponentDescriptor(json: descriptor.json, source: "x") == descriptor)
    }

    @Test("YAML is read without turning texts into numbers") func yaml() throws {
        let descriptor = try parse(
            "meta: {schemaVersion: v2}\ncomponent:\n  name: test.de/x\n  version: \"1.0\"\n  provider: p\n  creationTime: 2026-01-02T03:04:05Z\n"
        )
        #expect(descriptor.identity.version.text == "1.0" && descriptor.creationTime != nil)
        let fault = failure {
            _ = try parse("meta: {schemaVersion: v2}\ncomponent: {name: test.de/x, version: 1.0, provider: p}")
        }
        #expect(
            fault?.message == "cd: component.version is a number, not a string"
                && fault?.fix == "write it in quotes: \"1.0\"")
    }

    @Test(
        "wrong documents are refused",
        arguments: [
            ("{}", "invalid"), ("[]", "invalid"), ("a: b", "invalid"),
            (#"{"meta":{"schemaVersion":"v1"},"component":{}}"#, "unsupported"),
            (#"{"apiVersion":"ocm.software/v9","kind":"ComponentVersion"}"#, "unsupported"),
            (#"{"meta":{"schemaVersion":"v2"}}"#, "invalid"),
            (#"{"meta":{"schemaVersion":"v2"},"component":{"name":"test.de/x"}}"#, "invalid"),
            (#"{"meta":{"schemaVersion":"v2"},"component":{"name":"X","version":"1.0.0","provider":"p"}}"#, "invalid"),
            (
                #"{"meta":{"schemaVersion":"v2"},"component":{"name":"test.de/x","version":"one","provider":"p"}}"#,
                "invalid"
            ),
            (#"{"meta":{"schemaVersion":"v2"},"component":{"name":"test.de/x","version":"1.0.0"}}"#, "invalid"),
            (
                #"{"meta":{"schemaVersion":"v2"},"component":{"name":"test.de/x","version":"1.0.0","provider":""}}"#,
                "invalid"
            ),
            (
                #"{"meta":{"schemaVersion":"v2"},"component":{"name":"test.de/x","version":"1.0.0","provider":{"name":"p"}}}"#,
                "invalid"
            ),
        ])
    func refuses(text: String, code: String) { #expect(failure { _ = try parse(text) }?.code.name == code) }

    @Test(
        "wrong parts are refused, and named",
        arguments: [
            (#","resources":{}"#, "component.resources is a object, not a list"),
            (#","resources":[1]"#, "component.resources[0] is a number, not an object"),
            (#","resources":[{"version":"1"}]"#, "component.resources[0] has no name"),
            (#","resources":[{"name":"aa","version":1}]"#, "“version” of resource “aa” is a number"),
            (#","resources":[{"name":"aa","version":"1","type":"t","relation":"x"}]"#, "neither local nor external"),
            (
                #","resources":[{"name":"aa","version":"1","type":"t","relation":"local","access":{}}]"#,
                "the access of resource “aa”: a specification has no “type”"
            ),
            (
                #","resources":[{"name":"aa","version":"1","type":"t","relation":"local","digest":"x"}]"#,
                "the digest of resource “aa” is a string"
            ),
            (
                #","resources":[{"name":"aa","version":"1","type":"t","relation":"local","extraIdentity":{"os":1}}]"#,
                "“os” in the extraIdentity of resource “aa” is a number"
            ),
            (
                #","resources":[{"name":"a/../b","version":"1","type":"t","relation":"local"}]"#,
                "“a/../b” is not a name of an element"
            ),
            (#","sources":[{"name":"aa","version":"1"}]"#, "source “aa” has no “type”"),
            (
                #","componentReferences":[{"name":"aa","version":"1","componentName":"X"}]"#,
                "reference “aa”: “X” is not a component name"
            ),
            (#","labels":[{"name":"a","value":1},{"name":"a","value":2}]"#, "two labels “a”"),
            (#","labels":[{"name":"a"}]"#, "the label “a” of test.de/x:v1 has no value"),
            (#","labels":[{"name":"a","value":1,"version":"1"}]"#, "version of the label “a”"),
            (#","labels":[{"name":"a","value":1,"signing":"yes"}]"#, "“signing” of the label “a”"),
            (#","creationTime":"yesterday""#, "creationTime"), (#","creationTime":5"#, "creationTime"),
        ])
    func refusesParts(more: String, words: String) {
        let fault = failure { _ = try descriptor(more) }
        #expect(fault?.code == .invalid)
        #expect(
            fault?.message.hasPrefix("cd: ") == true && fault?.message.contains(words) == true,
            "\(fault?.message ?? "none")")
    }

    @Test(
        "identities are unique in each list: name, version and extra identity together",
        arguments: [
            ([("aa", "1", ""), ("aa", "1", "")], false), ([("aa", "1", ""), ("aa", "2", "")], true),
            ([("aa", "1", #","extraIdentity":{"os":"a"}"#), ("aa", "1", #","extraIdentity":{"os":"b"}"#)], true),
            (
                [
                    ("aa", "1", #","extraIdentity":{"os":"a","os.version":"1"}"#),
                    ("aa", "1", #","extraIdentity":{"os.version":"1","os":"a"}"#),
                ], false
            ),
        ] as [([(String, String, String)], Bool)])
    func unique(items: [(String, String, String)], isValid: Bool) throws {
        let list = items.map { resource($0.0, version: $0.1, more: $0.2) }.joined(separator: ",")
        #expect((failure { _ = try descriptor(#","resources":[\#(list)]"#) } == nil) == isValid)
        var built = try descriptor()
        built.resources = try items.map {
            try Resource(JSON(parsing: Array(resource($0.0, version: $0.1, more: $0.2).utf8), source: "r"), place: "r")
        }
        #expect((failure { _ = try built.normalised(.v3) } == nil) == isValid)
    }

    @Test("limits are named") func limits() throws {
        let large = [UInt8](repeating: 0x20, count: ComponentDescriptor.sizeLimit + 1)
        #expect(failure { _ = try ComponentDescriptor(parsing: large, source: "cd") }?.code == .limitExceeded)
        let signature =
            #"{"name":"s%","digest":{"hashAlgorithm":"h","normalisationAlgorithm":"n","value":"v"},"signature":{"algorithm":"a","mediaType":"m","value":"v"}}"#
        func signatures(_ count: Int) -> String {
            #","signatures":[\#((0..<count).map { signature.replacing("%", with: "\($0)") }.joined(separator: ","))]"#
        }
        #expect(failure { _ = try descriptor(top: signatures(64)) } == nil)
        #expect(failure { _ = try descriptor(top: signatures(65)) }?.code == .limitExceeded)
        let twice = signature.replacing("%", with: "")
        #expect(failure { _ = try descriptor(top: #","signatures":[\#(twice),\#(twice)]"#) }?.code == .invalid)
        let many = JSON.array([JSON](repeating: ["name": "aa"], count: ComponentDescriptor.elementLimit + 1))
        let fault = failure {
            _ = try ComponentDescriptor(
                json: [
                    "meta": ["schemaVersion": "v2"],
                    "component": ["name": "test.de/x", "version": "1", "provider": "p", "resources": many],
                ],
                source: "cd")
        }
        #expect(fault?.code == .limitExceeded)
    }

    @Test("nested digests complete a child, and must agree with what it has") func nested() throws {
        let digest = #"{"hashAlgorithm":"SHA-256","normalisationAlgorithm":"genericBlobDigest/v1","value":"ab"}"#
        let root = try descriptor(
            top:
                #","nestedDigests":[{"name":"test.de/y","version":"1.0.0","resourceDigests":[{"name":"aa","version":"1.0.0","digest":\#(digest)}]}]"#
        )
        let child =
            #"{"meta":{"schemaVersion":"v2"},"component":{"name":"test.de/y","version":"1.0.0","provider":"p","resources":[%]}}"#
        let plain = try parse(child.replacing("%", with: resource("aa")))
        let full = try parse(child.replacing("%", with: resource("aa", more: #","digest":\#(digest)"#)))
        #expect(try plain.completed(with: root.nestedDigests).normalised(.v3) == full.normalised(.v3))
        #expect(try full.completed(with: root.nestedDigests) == full)
        let other = try parse(
            child.replacing("%", with: resource("aa", more: #","digest":\#(digest.replacing("ab", with: "cd"))"#)))
        #expect(failure { _ = try other.completed(with: root.nestedDigests) }?.code == .mismatch)
    }
}
