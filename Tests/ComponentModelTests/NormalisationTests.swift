// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import Testing

@Suite("Normalisation") struct NormalisationTests {
    private static let digest =
        #"{"hashAlgorithm":"SHA-256","normalisationAlgorithm":"genericBlobDigest/v1","value":"810ff2fb242a5dee4220f2cb0e6a519891fb67f2f828a6cab4ef8894633b1f50"}"#

    @Test(
        "small documents have the published digests",
        arguments: [
            ("", NormalisationAlgorithm.v1, "37f7f500d87f4b0a8765649f7c047db382e272b73e042805131df57279991b2b"),
            ("", .v2, "33aeb8c46ea4bacbf0bc3ac42c186c7f5e313584601a93bf861c016d73c9e4f1"),
            ("", .v3, "33aeb8c46ea4bacbf0bc3ac42c186c7f5e313584601a93bf861c016d73c9e4f1"),
            ("", .v4alpha1, "33aeb8c46ea4bacbf0bc3ac42c186c7f5e313584601a93bf861c016d73c9e4f1"),
            ("test", .v1, "9d8fc24cf27d1092f58098286d9f63c6824c2daf739c19789f64c062d1f30cc5"),
            ("test", .v2, "6e8e9eb0af1c4c0b9dcc4161168b3f0ad913bc85e4234688dd6d4b283fe4b956"),
            ("test", .v3, "6e8e9eb0af1c4c0b9dcc4161168b3f0ad913bc85e4234688dd6d4b283fe4b956"),
            ("test", .v4alpha1, "6e8e9eb0af1c4c0b9dcc4161168b3f0ad913bc85e4234688dd6d4b283fe4b956"),
        ])
    func published(resource: String, algorithm: NormalisationAlgorithm, expected: String) throws {
        let item =
            #"{"name":"test","version":"v1","type":"plainText","relation":"local","access":{"type":"x"},"digest":\#(Self.digest)}"#
        let text =
            #"{"meta":{"schemaVersion":"v2"},"component":{"name":"test.de/x","version":"v1","provider":"mandelsoft","resources":[\#(resource.isEmpty ? "" : item)],"sources":null}}"#
        #expect(Digest(of: try parse(text).normalised(algorithm)).hex == expected)
    }

    @Test("what no tool reads is no part of the digest", arguments: NormalisationAlgorithm.allCases)
    func unknownFields(algorithm: NormalisationAlgorithm) throws {
        let plain = try descriptor(#","resources":[\#(resource("aa"))]"#)
        let extra = try descriptor(
            #","x":1,"labels":[{"name":"l","value":1,"y":2}],"repositoryContexts":[{"type":"t"}],"resources":[\#(resource("aa", more: #","z":{"q":null},"labels":[],"extraIdentity":{},"srcRefs":[{"identitySelector":{"name":"s"}}],"digest":null"#))]"#,
            top: #","signatures":[],"nestedDigests":null"#)
        #expect(text(try plain.normalised(algorithm)) == text(try extra.normalised(algorithm)))
    }

    @Test(
        "only signed labels count, with four fields; references keep all of theirs from v2 on",
        arguments: [
            (NormalisationAlgorithm.v1, false), (.v2, true), (.v3, true), (.v4alpha1, true),
        ])
    func labels(algorithm: NormalisationAlgorithm, keepsReferenceLabels: Bool) throws {
        let labels =
            #""labels":[{"name":"a","value":1},{"name":"b","value":2,"signing":true,"version":"v1","merge":{"algorithm":"default"},"u":0}]"#
        let normalised = text(
            try descriptor(
                #",\#(labels),"componentReferences":[{"name":"rr","version":"1","componentName":"test.de/y",\#(labels)}]"#
            ).normalised(algorithm))
        #expect(normalised.contains(#""name":"a""#) == keepsReferenceLabels)
        #expect(normalised.contains("merge") == keepsReferenceLabels && !normalised.contains(#""u""#))
        #expect(normalised.contains(#""version":"v1""#) && normalised.contains(#""signing":true"#))
    }

    @Test("identities are completed by v1 and v2 only, and not for the last of a group") func defaulting() throws {
        let descriptor = try descriptor(
            #","resources":[\#(resource("image", version: "1.0.0")),\#(resource("image", version: "2.0.0")),\#(resource("image", version: "3.0.0"))]"#
        )
        for algorithm in [NormalisationAlgorithm.v2, .v3] {
            let normalised = text(try descriptor.normalised(algorithm))
            #expect(normalised.contains(#"{"extraIdentity":{"version":"1.0.0"}"#) == (algorithm == .v2))
            #expect(normalised.contains(#"{"extraIdentity":{"version":"2.0.0"}"#) == (algorithm == .v2))
            #expect(!normalised.contains(#"{"extraIdentity":{"version":"3.0.0"}"#))
        }
        let v1 = text(try descriptor.normalised(.v1))
        #expect(
            v1.contains(
                #"{"extraIdentity":null},{"name":"image"},{"relation":"local"},{"type":"blob"},{"version":"3.0.0"}"#))
    }

    @Test("the digest of a resource without content is dropped", arguments: ["none", "None", "none/v1"])
    func noContent(type: String) throws {
        let item =
            #"{"name":"aa","version":"1","type":"t","relation":"local","access":{"type":"\#(type)"},"digest":{"hashAlgorithm":"x","normalisationAlgorithm":"y","value":"z"}}"#
        #expect(!text(try descriptor(#","resources":[\#(item)]"#).normalised(.v3)).contains("digest"))
    }

    @Test("null in signed values stays, but for v4alpha1; both forms are candidates") func nulls() throws {
        let descriptor = try descriptor(
            #","labels":[{"name":"l","value":{"a":null,"b":[null,{"c":null}]},"signing":true}]"#)
        #expect(text(try descriptor.normalised(.v3)).contains(#""value":{"a":null,"b":[null,{"c":null}]}"#))
        #expect(text(try descriptor.normalised(.v4alpha1)).contains(#""value":{"b":[null,{}]}"#))
        let candidates = try descriptor.normalisationCandidates(.v4alpha1)
        #expect(candidates.contains(try descriptor.normalised(.v3)))
    }

    @Test("the form of the Go library is a candidate of v4alpha1 only") func goLibrary() throws {
        let descriptor = try descriptor(
            #","labels":[{"name":"l","value":1,"version":"v1","signing":true}],"componentReferences":[{"name":"rr","version":"1","componentName":"test.de/y"}]"#
        )
        let candidates = try descriptor.normalisationCandidates(.v4alpha1).map(text)
        #expect(try candidates.count == 2 && candidates[0] == text(descriptor.normalised(.v3)))
        #expect(candidates[1].contains(#""digest":{"hashAlgorithm":"","normalisationAlgorithm":"","value":""}"#))
        #expect(
            !candidates[1].contains(#""version":"v1"},"#)
                && candidates[1].contains(#"{"name":"l","signing":true,"value":1}"#))
        #expect(try descriptor.normalisationCandidates(.v3).count == 1)
    }

    @Test("an all-empty digest is none, and a candidate as it stands") func emptyDigest() throws {
        let empty = #","digest":{"hashAlgorithm":"","normalisationAlgorithm":"","value":""}"#
        let descriptor = try descriptor(
            #","componentReferences":[{"name":"rr","version":"1","componentName":"test.de/y"\#(empty)}]"#)
        #expect(descriptor.references[0].digest == nil)
        #expect(!text(try descriptor.normalised(.v3)).contains("digest"))
        #expect(try descriptor.normalisationCandidates(.v3).count == 2)
    }

    @Test(
        "v1 escapes strings as Go does",
        arguments: [
            ("<b>&</b>", #"\u003cb\u003e\u0026\u003c/b\u003e"#), ("\u{2028}\u{2029}", #"\u2028\u2029"#), ("ä€😀", "ä€😀"),
            ("\"\\\n\r\t", #"\"\\\n\r\t"#), ("\u{1}\u{1f}", #"\u0001\u001f"#), ("\u{7f}", "\u{7f}"),
        ])
    func escapes(value: String, expected: String) throws {
        var changed = try descriptor()
        changed.labels = [try Label(name: "l", value: .string(value), isSigned: true)]
        #expect(text(try changed.normalised(.v1)).contains(#"{"value":"\#(expected)"}"#))
    }

    @Test(
        "numbers are doubles",
        arguments: [
            ("1.0", "1"), ("1e21", "1e+21"), ("9007199254740993", "9007199254740992"), ("1e-7", "1e-7"), ("0.5", "0.5"),
        ])
    func numbers(number: String, expected: String) throws {
        let descriptor = try descriptor(#","labels":[{"name":"l","value":\#(number),"signing":true}]"#)
        #expect(text(try descriptor.normalised(.v3)).contains(#""value":\#(expected)}"#))
        #expect(text(try descriptor.normalised(.v1)).contains(#"{"value":\#(expected)}"#))
    }

    @Test("both schemas have one model from v2 on", arguments: [NormalisationAlgorithm.v2, .v3, .v4alpha1])
    func schemas(algorithm: NormalisationAlgorithm) throws {
        let v2 = try descriptor(
            #","resources":[\#(resource("aa"))],"componentReferences":[{"name":"rr","version":"1","componentName":"test.de/y"}]"#
        )
        let v3 = try parse(
            #"{"apiVersion":"ocm.software/v3alpha1","kind":"ComponentVersion","metadata":{"name":"test.de/x","version":"v1","provider":{"name":"p"}},"spec":{"resources":[\#(resource("aa"))],"references":[{"name":"rr","version":"1","componentName":"test.de/y"}]}}"#
        )
        #expect(text(try v2.normalised(algorithm)) == text(try v3.normalised(algorithm)))
        #expect(v3.schema == .v3alpha1 && v3.json["apiVersion"] == "ocm.software/v3alpha1")
    }

    @Test("ten thousand resources are normalised") func large() throws {
        var large = try descriptor()
        let access = try TypedSpecification(["type": "none"])
        for index in 0..<10_000 {
            large.resources.append(
                try Resource(
                    name: ElementName("resource-\(index)"), version: "1.0.0", type: "blob", relation: .local,
                    access: access))
        }
        for algorithm in NormalisationAlgorithm.allCases {
            let bytes = try large.normalised(algorithm)
            #expect(text(bytes).split(separator: "resource-").count == 10_001)
        }
    }

    @Test("what keeps a signature from covering everything is found") func findings() throws {
        let full = #","digest":\#(Self.digest)"#
        let none = #"{"name":"nn","version":"1","type":"t","relation":"local","access":{"type":"none"}\#(full)}"#
        let descriptor = try descriptor(
            #","resources":[\#(resource("aa")),\#(resource("bb", more: full)),\#(none)],"componentReferences":[{"name":"rr","version":"1","componentName":"test.de/y"}]"#
        )
        #expect(
            descriptor.digestibilityFindings.map(\.problem) == [
                .referenceWithoutDigest, .resourceWithoutDigest, .digestWithoutContent,
            ])
        #expect(
            try ComponentModelTests.descriptor(#","resources":[\#(resource("bb", more: full))]"#).digestibilityFindings
                .isEmpty)
    }
}
