// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Registry
import RegistryRules
import RegistryServer
import Repositories
import TestServers
import TestSite
import Testing
import Web

@Suite("Images are shown when a verified version names them") struct PendingTagTests {
    private static let name = "acme/images/app"
    private let keys: TemporaryFolder
    init() throws { keys = try TemporaryFolder(prefix: "pending") }

    /// Pushes a version that names an image, signed with a key.
    private func vouch(
        _ version: String, for image: SampleImage, _ site: SignedSite, key: PrivateKey = SignedSite.signer
    ) async throws {
        var sample = try Sample("acme.org/app:\(version)")
        sample.add("image", imageAt: "registry.example.org/\(Self.name):v1", image.digest)
        try await site.repository().commit(sample.descriptor(key), contents: sample.contents)
    }

    @Test("an image stays invisible until its version comes, and after a restart too") func pending() async throws {
        var site = try await SignedSite(keys)
        let image = SampleImage("a layer"), stranger = SampleImage("another layer")
        try await image.push(to: site.client(), Self.name, tag: "v1")
        try await stranger.push(to: site.client(), Self.name, tag: "v2")
        let signature = SampleImage("a signature", subject: image)
        try await signature.push(to: site.client(), Self.name, tag: nil)
        let layer = Digest(of: image.blobs[1])
        for _ in 0..<2 {
            #expect(try await site.tags(Self.name) == [])
            for path in ["manifests/v1", "manifests/\(image.digest)", "blobs/\(layer)"] {
                #expect(try await !site.isShown("\(Self.name)/\(path)"), "\(path)")
            }
            #expect(try await site.ask("\(Self.name)/referrers/\(image.digest)").json?["manifests"]?.array == [])
            // Who may push goes on with what is there.
            for path in ["manifests/\(image.digest)", "blobs/\(layer)"] {
                #expect(try await site.ask("\(Self.name)/\(path)", isPusher: true).status == 200, "\(path)")
            }
            site = try await site.restarted()
        }
        await #expect(throws: Fault.self) {
            try await vouch("1.0.0", for: image, site, key: SignedSite.stranger)
        }
        #expect(try await site.tags(Self.name) == [])
        try await vouch("1.0.0", for: image, site)
        for _ in 0..<2 {
            #expect(try await site.tags(Self.name) == ["v1"])
            for path in ["manifests/v1", "manifests/\(image.digest)", "blobs/\(layer)"] {
                #expect(try await site.isShown("\(Self.name)/\(path)"), "\(path)")
            }
            for path in ["manifests/v2", "manifests/\(stranger.digest)", "blobs/\(Digest(of: stranger.blobs[1]))"] {
                #expect(try await !site.isShown("\(Self.name)/\(path)"), "\(path)")
            }
            site = try await site.restarted()
        }
    }

    @Test("an image that comes after its version, or under another tag, is visible at once; also without a tag")
    func afterwards() async throws {
        let first = try await SignedSite(keys)
        let image = SampleImage("a layer")
        try await vouch("1.0.0", for: image, first)
        try await image.push(to: first.client(), Self.name, tag: "v1")
        #expect(try await first.tags(Self.name) == ["v1"])
        let site = try await first.restarted()
        try await image.push(to: site.client(), Self.name, tag: "stable")
        #expect(try await site.tags(Self.name) == ["stable", "v1"])
        try await image.push(to: site.client(), "acme/other", tag: nil)
        #expect(try await site.isShown("acme/other/manifests/\(image.digest)"))
        #expect(try await site.isShown("acme/other/blobs/\(Digest(of: image.blobs[1]))"))
        // What no version vouches for any more is not shown when it is pushed anew.
        try await site.client().untag("1.0.0", in: "acme/component-descriptors/acme.org/app")
        try await image.push(to: site.client(), Self.name, tag: "later")
        #expect(try await site.tags(Self.name) == ["stable", "v1"])
        // Without a shown tag, who has its digest does not get it either.
        for tag in ["", "stable", "v1"] {
            if !tag.isEmpty { try await site.client().untag(tag, in: Self.name) }
            for _ in 0..<2 {
                for path in ["manifests/\(image.digest)", "blobs/\(Digest(of: image.blobs[1]))"] {
                    #expect(try await site.isShown("\(Self.name)/\(path)") == (tag != "v1"), "\(path) \(tag)")
                }
            }
        }
    }

    @Test("a tag goes on showing what was verified while its successor is pending") func successor() async throws {
        let site = try await SignedSite(keys)
        let old = SampleImage("a layer"), new = SampleImage("another layer")
        try await vouch("1.0.0", for: old, site)
        try await old.push(to: site.client(), Self.name, tag: "v1")
        try await new.push(to: site.client(), Self.name, tag: "v1")
        func digest(_ site: SignedSite) throws -> Digest? {
            try site.site.host.registry.manifest(.tag("v1"), in: RepositoryName(Self.name))?.digest
        }
        #expect(try digest(site) == old.digest)
        // Deleting what is pending leaves what is shown.
        let name = try RepositoryName(Self.name)
        try await site.site.host.registry.deleteManifest(new.digest, in: name, by: "test")
        #expect(try digest(site) == old.digest)
        #expect(try site.site.host.registry.tagEntries(in: name).count == 1)
        try await new.push(to: site.client(), Self.name, tag: "v1")
        let entries = try site.site.host.registry.tagEntries(in: name)
        #expect(entries.map(\.isPending) == [false, true])
        let after = try await site.restarted(rebuilt: true)
        #expect(try after.site.host.registry.tagEntries(in: name) == entries)
        #expect(try digest(after) == old.digest)
        try await vouch("1.0.1", for: new, after)
        #expect(try digest(after) == new.digest)
        #expect(try after.site.host.registry.tagEntries(in: name).count == 1)
    }

    @Test("images and versions that come at the same time find each other, whichever is first") func together()
        async throws
    {
        let site = try await SignedSite(keys)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                let image = SampleImage("layer \(number)")
                group.addTask { try await image.push(to: site.client(), "acme/images/\(number)", tag: "v1") }
                group.addTask { try await vouch("1.0.\(number)", for: image, site) }
            }
            try await group.waitForAll()
        }
        for number in 0..<24 { #expect(try await site.tags("acme/images/\(number)") == ["v1"], "\(number)") }
    }

    @Test("a rule can refuse what is not verified straight away") func refused() async throws {
        let site = try await SignedSite(keys) {
            [try SignatureRule(prefix: $0.prefix, demands: $0.demands, unverified: .refused)]
        }
        let image = SampleImage("a layer")
        await #expect(throws: Fault.self) { try await image.push(to: site.client(), Self.name, tag: "v1") }
        #expect(try site.site.host.registry.tagEntries(in: RepositoryName(Self.name)).isEmpty)
        try await vouch("1.0.0", for: image, site)
        try await image.push(to: site.client(), Self.name, tag: "v1")
        #expect(try await site.tags(Self.name) == ["v1"])
    }

    @Test("repositories elsewhere are not concerned, and a longer prefix has its own rule") func prefixes() async throws
    {
        let site = try await SignedSite(keys) { rule in
            let path = "\(keys.path)/stranger.pem"
            try FileSystem.write(Array(SignedSite.stranger.publicKey.pem().utf8), to: path)
            return [
                rule,
                try SignatureRule(prefix: "acme/lab", demands: [.init(name: nil, keys: [.publicKey(path: path)])]),
            ]
        }
        let image = SampleImage("a layer")
        for name in ["free/app", "acmes/app"] {
            try await image.push(to: site.client(), name, tag: "v1")
            #expect(try await site.tags(name) == ["v1"])
            #expect(try await site.isShown("\(name)/blobs/\(Digest(of: image.blobs[1]))"))
        }
        let sample = try Sample("acme.org/app:1.0.0")
        try await site.repository("free").commit(sample.descriptor(nil), contents: .init())
        #expect(try await site.tags("free/component-descriptors/acme.org/app") == ["1.0.0"])
        try await site.repository("acme/lab").commit(sample.descriptor(SignedSite.stranger), contents: .init())
        await #expect(throws: Fault.self) {
            try await site.repository("acme/lab").commit(
                Sample("acme.org/app:2.0.0").descriptor(), contents: .init())
        }
        // A version below the one prefix vouches for nothing below the other.
        var lab = try Sample("acme.org/app:3.0.0")
        lab.add("image", imageAt: "registry.example.org/\(Self.name):v1", image.digest)
        try await image.push(to: site.client(), Self.name, tag: "v1")
        try await site.repository("acme/lab").commit(lab.descriptor(SignedSite.stranger), contents: .init())
        #expect(try await site.tags(Self.name) == [])
    }

    @Test("a blob that is not shown cannot be mounted by who may not push there") func mount() async throws {
        let rules = """
            [{repositories: ["acme/**"], users: ["\(RegistryServer.user)"], allow: [pull, push]},
             {repositories: ["**"], anonymous: true, allow: [pull]},
             {repositories: ["open/**"], anonymous: true, allow: [pull, push]}]
            """
        let site = try await SignedSite(keys, access: rules)
        let image = SampleImage("a layer")
        try await image.push(to: site.client(), Self.name, tag: "v1")
        let layer = Digest(of: image.blobs[1])
        for from in ["&from=\(Self.name)", ""] {
            let answer = try await site.ask("open/app/blobs/uploads/?mount=\(layer)\(from)", method: .post)
            #expect(answer.status == 202)
        }
        try await vouch("1.0.0", for: image, site)
        let answer = try await site.ask("open/app/blobs/uploads/?mount=\(layer)&from=\(Self.name)", method: .post)
        #expect(answer.status == 201)
    }

    @Test("other keys change what is shown at the next start; keys that cannot be read show nothing")
    func otherKeys() async throws {
        var site = try await SignedSite(keys)
        let image = SampleImage("a layer")
        try await vouch("1.0.0", for: image, site)
        try await image.push(to: site.client(), Self.name, tag: "v1")
        site = try await site.restarted(key: SignedSite.stranger)
        #expect(try await site.tags(Self.name) == [])
        #expect(try await site.tags("acme/component-descriptors/acme.org/app") == [])
        #expect(site.reports.withLock { $0.contains { $0.message.contains("acme.org/app:1.0.0") } })
        site = try await site.restarted()
        #expect(try await site.tags(Self.name) == ["v1"])
        #expect(try await site.tags("acme/component-descriptors/acme.org/app") == ["1.0.0"])
        try FileSystem.removeFile("\(keys.path)/release.pem")
        await #expect(throws: Fault.self) { try await vouch("1.0.1", for: image, site) }
        #expect(try await site.tags("acme/component-descriptors/acme.org/app") == ["1.0.0"])
        #expect(site.reports.withLock { $0.contains { $0.message.contains("release.pem") } })
    }

    @Test(
        "skopeo's push waits for the version, and skopeo pulls it then",
        .enabled(if: ServerProgram.find("skopeo") != nil, "skopeo is not installed"))
    func skopeo() async throws {
        let site = try await SignedSite(keys)
        let image = SampleImage("a layer"), layout = "\(keys.path)/layout"
        try Self.writeLayout(image, layout)
        let place = "docker://localhost:\(site.site.host.port)/\(Self.name):v1"
        func skopeo(_ arguments: String...) async throws -> ChildProcess.Result {
            try await ChildProcess.run(
                [ServerProgram.find("skopeo") ?? "skopeo"] + arguments,
                environment: Environment(["HOME": keys.path, "PATH": "/usr/bin:/bin", "TMPDIR": keys.path]))
        }
        let credentials = "\(RegistryServer.user):\(RegistryServer.password)"
        let pushed = try await skopeo(
            "copy", "--insecure-policy", "--preserve-digests", "--dest-tls-verify=false", "--dest-creds", credentials,
            "oci:\(layout):v1", place)
        #expect(pushed.status == 0, "\(String(decoding: pushed.stderr, as: UTF8.self))")
        #expect(try await site.tags(Self.name) == [])
        let early = try await skopeo("inspect", "--tls-verify=false", "--creds", credentials, place)
        #expect(early.status != 0)
        try await vouch("1.0.0", for: image, site)
        let late = try await skopeo("inspect", "--tls-verify=false", "--creds", credentials, place)
        #expect(late.status == 0, "\(String(decoding: late.stderr, as: UTF8.self))")
        #expect(try await site.tags(Self.name) == ["v1"])
    }

    private static func writeLayout(_ image: SampleImage, _ path: String) throws {
        for folder in ["", "/blobs", "/blobs/sha256"] { try FileSystem.makeFolder(path + folder) }
        for bytes in image.blobs + [image.manifest] {
            try FileSystem.write(bytes, to: "\(path)/blobs/sha256/\(Digest(of: bytes).hex)")
        }
        try FileSystem.write(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), to: "\(path)/oci-layout")
        let index: JSON = [
            "schemaVersion": 2,
            "manifests": [
                [
                    "mediaType": .string(SampleImage.mediaType), "digest": .string("\(image.digest)"),
                    "size": .number(JSONNumber(Int64(image.manifest.count))),
                    "annotations": ["org.opencontainers.image.ref.name": "v1"],
                ]
            ],
        ]
        try FileSystem.write(index.encoded(), to: "\(path)/index.json")
    }
}
