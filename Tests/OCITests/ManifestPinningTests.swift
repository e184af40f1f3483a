// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import Testing

@Suite(
    "A digest means these bytes and no others", .enabled(if: ScriptedRegistry.python != nil, "python3 is not installed")
)
struct ManifestPinningTests {
    private let sha256 = Digest(of: Array("another manifest".utf8))
    private let sha512 = Digest(of: Array("another manifest".utf8), algorithm: .sha512)

    @Test(
        "who asks for a digest is not given another manifest, however it is answered",
        arguments: ["app", "headless", "weak", "liar", "untyped"])
    func pinned(repository: String) async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(nil)
        for digest in [sha256, sha512] {
            let fault = await faultOf { _ = try await client.resolve("\(digest)", in: repository) }
            #expect(fault?.code == .mismatch, "\(digest)")
            let read = await faultOf { _ = try await client.manifest(digest, in: repository) }
            #expect(read?.code == .mismatch)
        }
    }

    @Test(
        "a tag stands for the manifest, whatever the registry leaves out",
        arguments: ["app", "headless", "weak", "untyped"])
    func tagged(repository: String) async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(nil)
        let expected = try #require(try await client.resolve("v1", in: "app"))
        let found = try #require(try await client.resolve("v1", in: repository))
        #expect(found == expected)
        // It is found again by its digest, so that what was resolved once stays resolved.
        #expect(try await client.resolve("\(found.digest)", in: repository) == expected)
    }

    @Test("an image of the time before digests is refused by its name") func ancient() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(nil)
        let fault = await faultOf { _ = try await client.resolve("v1", in: "ancient") }
        #expect(fault?.code == .unsupported && fault?.fix != nil, "\(String(describing: fault))")
    }

    @Test("a registry that stores another manifest than it was given is found out") func rewritten() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(nil)
        let digest = try #require(try await client.resolve("v1", in: "app")).digest
        let (bytes, type) = try await client.manifest(digest, in: "app")
        #expect(
            try await client.pushManifest(bytes, mediaType: type, in: "app", tag: "v2").digest == digest)
        let fault = await faultOf {
            _ = try await client.pushManifest(bytes, mediaType: type, in: "rewriter", tag: "v2")
        }
        #expect(fault?.code == .mismatch)
    }

    @Test("addresses inside a manifest are never followed") func foreign() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(nil)
        let root = try #require(try await client.resolve("v1", in: "foreign"))
        let fault = await faultOf {
            for try await _ in try await OCILayoutWriter.tar(root: root, from: client, repository: "foreign") {}
        }
        #expect(fault?.code == .notFound)
        #expect(try !registry.requests().contains { $0.port == registry.other })
    }
}
