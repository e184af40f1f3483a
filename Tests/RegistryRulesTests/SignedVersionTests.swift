// SPDX-License-Identifier: Apache-2.0

import AccessControl
import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Registry
import RegistryRules
import RegistryServer
import Repositories
import TestSite
import Testing

@Suite("Versions are shown when their signatures verify, and refused otherwise") struct SignedVersionTests {
    private static let name = "acme/component-descriptors/acme.org/app"
    private let keys: TemporaryFolder
    init() throws { keys = try TemporaryFolder(prefix: "signed") }

    @Test("a signed version arrives with its contents, and is there after a restart") func signed() async throws {
        var site = try await SignedSite(keys)
        let image = SampleImage("a layer")
        var sample = try Sample("acme.org/app:1.0.0")
        try await sample.add("text", "the text", to: site.repository())
        try await sample.add("image", image, to: site.repository())
        // Until then nothing of it is for readers.
        #expect(try await !site.isShown("\(Self.name)/manifests/\(image.digest)"))
        #expect(try await !site.isShown("\(Self.name)/blobs/\(Digest(of: Array("the text".utf8)))"))
        let digest = try await site.repository().commit(sample.descriptor(), contents: sample.contents)
        for _ in 0..<2 {
            #expect(try await site.tags(Self.name) == ["1.0.0"])
            for path in [
                "manifests/1.0.0", "manifests/\(digest)", "manifests/\(image.digest)",
                "blobs/\(Digest(of: Array("the text".utf8)))", "blobs/\(Digest(of: Array("a layer".utf8)))",
            ] {
                #expect(try await site.isShown("\(Self.name)/\(path)"), "\(path)")
            }
            site = try await site.restarted()
        }
        #expect(site.reports.withLock { $0.isEmpty })
    }

    /// A version that must not get through.
    struct Bad: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What the refusal says.
        let says: String
        var tag = "1.0.0"
        let make: @Sendable (SignedSite) async throws -> (ComponentDescriptor, LocalContents)

        init(
            _ what: String, says: String,
            _ make: @escaping @Sendable (SignedSite) async throws -> (ComponentDescriptor, LocalContents)
        ) {
            (testDescription, self.says, self.make) = (what, says, make)
        }

        /// A sample with a text, changed before it is signed, and its document after.
        static func sample(
            _ what: String, says: String, key: PrivateKey? = SignedSite.signer, as name: String = "release",
            change: @escaping @Sendable (inout Sample, SignedSite) async throws -> Void = { _, _ in },
            after: @escaping @Sendable (inout ComponentDescriptor) throws -> Void = { _ in }
        ) -> Bad {
            Bad(what, says: says) { site in
                var sample = try Sample("acme.org/app:1.0.0")
                try await sample.add("text", "the text", to: site.repository())
                try await change(&sample, site)
                var descriptor = try sample.descriptor(key, as: name)
                try after(&descriptor)
                return (descriptor, sample.contents)
            }
        }

        static let other = Digest(of: Array("another text".utf8))
        static let all: [Bad] = [
            sample("unsigned", says: "has no signature “release”", key: nil),
            sample("signed under another name", says: "has no signature “release”", as: "test"),
            sample("signed with another key", says: "was not made with the key", key: SignedSite.stranger),
            sample("a signature of another version, replayed", says: "the digest of") { _, _ in
            } after: { descriptor in
                descriptor.signatures = try Sample("acme.org/app:0.9.0").descriptor().signatures
            },
            sample("a field changed after signing", says: "the digest of") { _, _ in
            } after: {
                $0.provider = try Provider(.string("evil.example"), of: "the test")
            },
            sample("a resource's digest changed after signing", says: "the digest of") { _, _ in
            } after: { descriptor in
                descriptor.resources[0].digest = DigestSpecification(
                    hashAlgorithm: "SHA-256", normalisationAlgorithm: "genericBlobDigest/v1", value: other.hex)
            },
            sample("a resource's access changed to another content", says: "should have the digest") { sample, site in
                try await sample.add("other", "another text", to: site.repository())
            } after: { descriptor in
                descriptor.resources[0].access = descriptor.resources[1].access
            },
            sample("a resource without a digest", says: "has no digest") { sample, _ in
                sample.add("loose", ["type": "ociArtifact", "imageReference": "example.org/app:1"], nil)
            },
            sample("a reference to a version that is not there", says: "is not in") { sample, _ in
                try sample.refer(to: Sample("acme.org/leaf:1.0.0").descriptor())
            },
            sample("a reference to a version that is another one here", says: "is not the version") { sample, site in
                let leaf = try Sample("acme.org/leaf:1.0.0")
                try await site.repository().commit(leaf.descriptor(), contents: leaf.contents)
                var other = try Sample("acme.org/leaf:1.0.0")
                other.add("more", ["type": "none"], nil)
                try sample.refer(to: other.descriptor())
            },
            Bad("another component", says: "not one of those that belong here") { _ in
                (try Sample("acme.org/app/inner:1.0.0").descriptor(), LocalContents())
            },
        ]
    }

    @Test("what does not verify is refused with why, and nothing of it is visible", arguments: Bad.all)
    func refused(bad: Bad) async throws {
        let patterns = ["acme.org/app", "acme.org/leaf"].compactMap { RepositoryPattern($0) }
        let rule: @Sendable (SignatureRule) throws -> [SignatureRule] = {
            [try SignatureRule(prefix: $0.prefix, demands: $0.demands, components: patterns)]
        }
        let site = try await SignedSite(keys, rule: rule)
        let (descriptor, contents) = try await bad.make(site)
        let name = "acme/component-descriptors/\(descriptor.identity.name)"
        do {
            try await site.repository().commit(descriptor, contents: contents)
            Issue.record("it was taken")
        } catch {
            let fault = Fault(wrapping: error)
            #expect(fault.code == .forbidden && fault.message.contains(bad.says), "\(fault)")
        }
        let after = try await site.restarted(rule: rule)
        #expect(try await (after.tags(name) ?? []).isEmpty)
        #expect(try await !after.isShown("\(name)/manifests/1.0.0"))
        #expect(try await !after.isShown("\(name)/blobs/\(Digest(of: descriptor.encoded()))"))
        #expect(try await !after.isShown("\(name)/blobs/\(Digest(of: Array("the text".utf8)))"))
    }

    @Test("a content that belongs to no element of a version does not come with it") func smuggled() async throws {
        let site = try await SignedSite(keys)
        let client = try site.client()
        let sample = try Sample("acme.org/app:1.0.0")
        let root = try await site.repository().commit(sample.descriptor(), contents: sample.contents)
        try await client.untag("1.0.0", in: Self.name)
        let (bytes, mediaType) = try await client.manifest(root, in: Self.name)
        let stranger = Array("a stranger".utf8), digest = Digest(of: stranger)
        let blob = BlobSource(digest: digest, size: Int64(stranger.count)) { ByteStream(stranger) }
        _ = try await client.pushBlob(blob, in: Self.name)
        var json = try JSON(parsing: bytes, source: "the manifest")
        let layer = OCIDescriptor(mediaType: "text/plain", digest: digest, size: Int64(stranger.count))
        json["layers"] = .array((json["layers"]?.array ?? []) + [layer.json])
        let smuggling = json.encoded()
        await #expect(throws: Fault.self) {
            _ = try await client.pushManifest(smuggling, mediaType: mediaType, in: Self.name, tag: "1.0.0")
        }
        #expect(try await site.tags(Self.name) == [])
        #expect(try await !site.isShown("\(Self.name)/blobs/\(digest)"))
    }

    @Test("a version is not shown under the tag of another") func otherTag() async throws {
        let site = try await SignedSite(keys)
        let client = try site.client()
        let sample = try Sample("acme.org/app:1.0.0")
        let root = try await site.repository().commit(sample.descriptor(), contents: sample.contents)
        let (bytes, mediaType) = try await client.manifest(root, in: Self.name)
        await #expect(throws: Fault.self) {
            _ = try await client.pushManifest(bytes, mediaType: mediaType, in: Self.name, tag: "2.0.0")
        }
        #expect(try await site.tags(Self.name) == ["1.0.0"])
        #expect(try await site.isShown("\(Self.name)/manifests/\(root)"))
    }

    @Test("a content that rots on disk before its version comes keeps it out") func rot() async throws {
        let site = try await SignedSite(keys)
        var sample = try Sample("acme.org/app:1.0.0")
        try await sample.add("text", "the text", to: site.repository())
        let digest = Digest(of: Array("the text".utf8))
        let path = "\(site.site.host.registry.path)/blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex)"
        try FileSystem.removeFile(path)
        try FileSystem.write(Array("the tixt".utf8), to: path)
        let (descriptor, contents) = (try sample.descriptor(), sample.contents)
        await #expect(throws: Fault.self) {
            try await site.repository().commit(descriptor, contents: contents)
        }
        #expect(try await !site.isShown("\(Self.name)/manifests/1.0.0"))
        // Pushed again, it is whole again.
        try await sample.add("again", "the text", to: site.repository())
        try await site.repository().commit(descriptor, contents: contents)
        #expect(try await site.isShown("\(Self.name)/manifests/1.0.0"))
    }

    @Test("versions that a version refers to must have their own signatures, unless the rule is not recursive")
    func references() async throws {
        for isRecursive in [true, false] {
            let site = try await SignedSite(try TemporaryFolder(prefix: "signed")) {
                [try SignatureRule(prefix: $0.prefix, demands: $0.demands, isRecursive: isRecursive)]
            }
            let leaf = try Sample("acme.org/leaf:1.0.0")
            var product = try Sample("acme.org/app:1.0.0")
            try product.refer(to: leaf.descriptor())
            let pushed = try product.descriptor()
            if isRecursive {
                await #expect(throws: Fault.self) { try await site.repository().commit(pushed, contents: .init()) }
                try await site.repository().commit(leaf.descriptor(), contents: .init())
            }
            try await site.repository().commit(pushed, contents: .init())
            #expect(try await site.tags(Self.name) == ["1.0.0"])
        }
    }
}
