// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import Testing

@Suite("Names and identities") struct IdentityTests {
    @Test(
        "component names",
        arguments: [
            ("acme.org/x", true), ("github.com/a-b/c_d.e/f1", true), ("ocm.software/podinfo", true), ("a.bc/d", true),
            ("", false), ("acme.org", false), ("acme/x", false), ("Acme.org/x", false), ("acme.org/X", false),
            ("acme.o/x", false),
            ("acme.org/", false), ("acme.org//x", false), ("acme.org/1x", false), ("1acme.org/x", false),
            ("acme.org/x/", false),
            ("acme.org/../x", false), ("acme.org/x y", false), ("acme.0rg/x", false), ("acme.org/é", false),
            ("a_b.org/x", false),
            ("acme.org/" + String(repeating: "x", count: 246), true),
            ("acme.org/" + String(repeating: "x", count: 247), false),
        ])
    func componentNames(text: String, isValid: Bool) {
        #expect((failure { _ = try ComponentName(text) } == nil) == isValid)
    }

    @Test(
        "element names",
        arguments: [
            ("aa", true), ("a-b_c+d", true), ("1a", true), ("a", false), ("", false), ("-a", false), ("a-", false),
            ("aA", false),
            ("a.b", false), ("a/b", false), ("..", false), ("ä1", false),
        ])
    func elementNames(text: String, isValid: Bool) {
        #expect((failure { _ = try ElementName(text) } == nil) == isValid)
    }

    @Test(
        "versions and their tags",
        arguments: [
            ("1.0.0", "1.0.0"), ("v1", "v1"), ("1.2", "1.2"), ("1.0.0+build.7", "1.0.0.build-build.7"),
            ("1.0.0-rc.1+a", "1.0.0-rc.1.build-a"),
        ])
    func tags(text: String, tag: String) throws {
        #expect(try ComponentVersion(text).tag == tag)
        #expect(try ComponentVersion(tag: tag).text == text)
    }

    @Test(
        "what is no version",
        arguments: [
            "", "latest", "1.0.0.0", "01.0.0", "1.0.0-01", "1.0.0+", "1.0.0+a+b", "-1", "1 0",
            "1.0.0+" + String(repeating: "a", count: 120),
        ])
    func notVersions(text: String) { #expect(failure { _ = try ComponentVersion(text) }?.code == .invalid) }

    @Test("what is no tag of a version", arguments: ["latest", "sha256-ab.sig", "1.0.0+a", ""])
    func notTags(text: String) { #expect(failure { _ = try ComponentVersion(tag: text) }?.code == .invalid) }

    @Test("versions are ordered by meaning, then by text") func order() throws {
        let texts = [
            "0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-rc.2", "1.0.0-rc.10", "1.0.0", "v1.0.0", "1.0.1", "1.10.0",
        ]
        let versions = try texts.reversed().map { try ComponentVersion($0) }
        #expect(versions.sorted().map(\.text) == texts)
        #expect(try ComponentVersion("1.0.0") != ComponentVersion("v1.0.0"))
        #expect(try #require(VersionConstraint("~1.0")).allows(try ComponentVersion("v1.0.5")))
    }

    @Test(
        "types with and without a version",
        arguments: [
            ("localBlob", "localBlob", nil), ("localBlob/v1", "localBlob", "v1"), ("git/v1alpha1", "git", "v1alpha1"),
            ("landscaper.gardener.cloud/blueprint", "landscaper.gardener.cloud/blueprint", nil), ("a/v", "a/v", nil),
            ("a/vx", "a/vx", nil),
            ("x.y/z/v2beta3", "x.y/z", "v2beta3"),
        ] as [(String, String, String?)])
    func types(text: String, name: String, version: String?) throws {
        let type = try TypeName(text)
        #expect(type.name == name && type.version == version && type.description == text)
        #expect(type.isOne(of: [name], version: version ?? "v1"))
    }

    @Test("selectors match by their attributes") func selectors() {
        let identity = ElementIdentity(name: "image", version: "1", extraIdentity: ["os": "linux", "version": "9"])
        #expect(identity.attributes == ["name": "image", "version": "1", "os": "linux"])
        #expect(
            identity.matches(["name": "image", "os": "linux"]) && identity.matches([:])
                && !identity.matches(["os": "mac"]))
        #expect(identity.json.text() == #"{"name":"image","os":"linux","version":"1"}"#)
    }

    @Test(
        "digests of one content are recognised under every name, and nothing is renamed",
        arguments: [
            ("SHA-256", "ociArtifactDigest/v1", "SHA-256", "genericBlobDigest/v1", true),
            ("sha256", "ociArtefactDigest/v1", "SHA-256", "ociArtifactDigest/v1", true),
            ("SHA-256", "genericBlobDigest/v1", "SHA-256", "jsonNormalisation/v3", false),
            ("SHA-256", "genericBlobDigest/v1", "SHA-512", "genericBlobDigest/v1", false),
            ("MD5", "genericBlobDigest/v1", "MD5", "genericBlobDigest/v1", false),
        ])
    func digests(hash: String, name: String, otherHash: String, otherName: String, isSame: Bool) {
        let value = String(repeating: "ab", count: 32)
        let a = DigestSpecification(hashAlgorithm: hash, normalisationAlgorithm: name, value: value)
        let b = DigestSpecification(hashAlgorithm: otherHash, normalisationAlgorithm: otherName, value: value)
        #expect(a.isSameContent(as: b) == isSame && b.isSameContent(as: a) == isSame)
        #expect(a.json["hashAlgorithm"] == .string(hash) && a.json["normalisationAlgorithm"] == .string(name))
        let other = DigestSpecification(
            hashAlgorithm: hash, normalisationAlgorithm: name, value: String(repeating: "cd", count: 32))
        #expect(!a.isSameContent(as: other))
        #expect(!DigestSpecification.excluded.isSameContent(as: .excluded) && DigestSpecification.excluded.isExcluded)
    }

    @Test("an unknown hash and a wrong value are told apart") func digestFaults() {
        func digest(_ hash: String, _ value: String) -> Fault? {
            failure {
                _ = try DigestSpecification(hashAlgorithm: hash, normalisationAlgorithm: "x", value: value).digest()
            }
        }
        #expect(digest("MD5", "ab")?.code == .unsupported)
        #expect(digest("SHA-256", "AB")?.code == .invalid)
        #expect(digest("NO-DIGEST", "NO-DIGEST")?.code == .unsupported)
    }
}
