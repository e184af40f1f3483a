// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Repositories
import TestRegistry
import Testing

@testable import OCI

@Suite("Equal bytes move once into a registry") struct EqualBlobTests {
    private static let bytes = [UInt8](repeating: 0x61, count: 50_000)
    private static let digest = Digest(of: bytes)

    /// A source that counts how often it is opened.
    private struct Source {
        let opened = Guarded(0)

        func blob(_ bytes: [UInt8] = EqualBlobTests.bytes, as digest: Digest = EqualBlobTests.digest) -> BlobSource {
            BlobSource(digest: digest, size: Int64(bytes.count)) { [opened] in
                opened.withLock { $0 += 1 }
                return ByteStream(bytes)
            }
        }
        var count: Int { opened.withLock { $0 } }
    }

    private func mounts(_ registry: HostileRegistry) -> [WireRequest] {
        registry.requests.filter { $0.method == "POST" && !$0.query("mount").isEmpty }
    }

    private func puts(_ registry: HostileRegistry) -> [WireRequest] {
        registry.requests.filter { $0.method == "PUT" && $0.path.contains("/blobs/uploads/") }
    }

    @Test("pushed to one repository by many at once, a blob is read and sent once, and asked for once")
    func together() async throws {
        let registry = try HostileRegistry(), client = try Direction.client(registry), source = Source()
        let outcomes = try await (0..<8).mapConcurrently(limit: 8) { _ in
            try await client.pushBlob(source.blob(), in: "a")
        }
        #expect(outcomes.count { $0 == .pushed } == 1 && outcomes.count { $0 == .alreadyThere } == 7)
        #expect(source.count == 1 && puts(registry).count == 1)
        #expect(registry.requests.count { $0.method == "HEAD" } == 1)
    }

    @Test(
        "what one repository of a registry has is mounted into the others", arguments: HostileRegistry.Access.allCases)
    func mounted(access: HostileRegistry.Access) async throws {
        let registry = try HostileRegistry(access: access), client = try Direction.client(registry), source = Source()
        let outcomes = try await (0..<6).mapConcurrently(limit: 6) { number in
            try await client.pushBlob(source.blob(), in: "r\(number)")
        }
        #expect(outcomes.count { $0 == .pushed } == 1 && outcomes.count { $0 == .mounted } == 5)
        #expect(source.count == 1 && puts(registry).count == 1)
        for number in 0..<6 { #expect(registry.blobs(in: "r\(number)") == ["\(Self.digest)": Self.bytes]) }
        let mounted = mounts(registry).filter { access == .open || $0.field("Authorization") != nil }
        #expect(Set(mounted.map { $0.query("from") }).count == 1)
        // What was there before the run serves as well.
        let bytes = Array("found".utf8)
        registry.putBlob(bytes, in: "old")
        #expect(try await client.pushBlob(.init(bytes), in: "old") == .alreadyThere)
        #expect(try await client.pushBlob(.init(bytes), in: "new") == .mounted)
        #expect(registry.leaks.isEmpty)
    }

    @Test("a mount is asked for with the right to read where it comes from") func scopes() async throws {
        let registry = try HostileRegistry(access: .token), client = try Direction.client(registry)
        for repository in ["a", "b"] { _ = try await client.pushBlob(.init(Self.bytes), in: repository) }
        let asked = registry.requests.filter { $0.path == "/token" }.map { $0.query("scope") }
        #expect(asked.contains(["repository:b:pull,push", "repository:a:pull"]), "\(asked)")
        #expect(!asked.contains { $0.contains("repository:a:pull,push") && $0.count > 1 }, "\(asked)")
    }

    @Test(
        "where mounts are refused, bytes move, and what was refused is not asked for again",
        arguments: [202, 400, 403, 404, 405])
    func refused(status: Int) async throws {
        let registry = try HostileRegistry([RegistryFault(.beginUpload, .refuseMount(status))])
        let client = try Direction.client(registry)
        for number in 0..<4 {
            let bytes = Array("blob \(number)".utf8)
            for repository in ["a", "b", "c", "d", "e"] {
                #expect(try await client.pushBlob(.init(bytes), in: repository) == .pushed)
            }
        }
        #expect(puts(registry).count == 20)
        // Each pair of repositories was tried once, and after three of them none.
        #expect(mounts(registry).count == 3)
        for repository in ["a", "b", "c", "d", "e"] { #expect(registry.blobs(in: repository).count == 4) }
    }

    @Test("a mount that is said to be done and is not shows, and the bytes move") func liar() async throws {
        let registry = try HostileRegistry([RegistryFault(.beginUpload, .refuseMount(201))])
        let client = try Direction.client(registry), source = Source()
        #expect(try await client.pushBlob(source.blob(), in: "a") == .pushed)
        #expect(try await client.pushBlob(source.blob(), in: "b") == .pushed)
        #expect(mounts(registry).count == 1 && source.count == 2)
        #expect(registry.blobs(in: "b") == ["\(Self.digest)": Self.bytes])
    }

    @Test("a registry that lies about a mount and again when it is asked makes nothing visible") func stubbornLiar()
        async throws
    {
        let registry = try HostileRegistry(), client = try Direction.client(registry)
        let target = StoreRepository(client, locator: try RepositoryLocator(registry.url))
        _ = try await client.pushBlob(.init(Self.bytes), in: "elsewhere")
        registry.setFaults([
            RegistryFault(.beginUpload, .refuseMount(201)),
            RegistryFault(.headBlob, .claim(size: Self.bytes.count), at: 2...2),
        ])
        let product = SharedProduct("acme.org/one", blobs: [("data", Self.bytes)])
        do {
            _ = try await product.write(to: target)
            Issue.record("it was written")
        } catch let fault as Fault {
            #expect(
                fault.code == .notFound && fault.message.contains("lacks a content that it said it has"), "\(fault)")
            #expect(fault.message.contains(registry.host) && fault.fix?.contains("run it again") == true, "\(fault)")
        }
        #expect(registry.tags(in: product.repository).isEmpty)
        // Nothing of what it said is believed any more.
        registry.setFaults([])
        _ = try await product.write(to: target)
        #expect(registry.blobs(in: product.repository)["\(Self.digest)"] == Self.bytes)
    }

    @Test("nothing is mounted from another registry") func registries() async throws {
        let first = try HostileRegistry(), second = try HostileRegistry(), source = Source()
        for registry in [first, second] {
            let client = try Direction.client(registry)
            #expect(try await client.pushBlob(source.blob(), in: registry.port == first.port ? "a" : "b") == .pushed)
        }
        #expect(source.count == 2 && mounts(first).isEmpty && mounts(second).isEmpty)
    }

    // MARK: What is wrong or breaks off

    @Test("bytes that are not those of the digest are nobody's: each source is verified, nothing is mounted")
    func wrong() async throws {
        let registry = try HostileRegistry(), client = try Direction.client(registry)
        var other = Self.bytes
        other[17] ^= 1
        let wrong = Source(), evil = other
        try await (0..<4).forEachConcurrently(limit: 4) { number in
            await #expect { _ = try await client.pushBlob(wrong.blob(evil), in: "r\(number % 2)") } throws: {
                ($0 as? Fault)?.code == .mismatch
            }
        }
        #expect(wrong.count == 4 && mounts(registry).isEmpty)
        #expect(registry.blobs(in: "r0").isEmpty && registry.blobs(in: "r1").isEmpty)
        #expect(try await client.pushBlob(.init(Self.bytes), in: "r0") == .pushed)
    }

    @Test("a digest that is known in one size is not known in another") func sizes() async throws {
        let registry = try HostileRegistry(), client = try Direction.client(registry)
        _ = try await client.pushBlob(.init(Self.bytes), in: "a")
        for repository in ["a", "b"] {
            let short = BlobSource(digest: Self.digest, size: 5) { ByteStream(Array("short".utf8)) }
            await #expect { _ = try await client.pushBlob(short, in: repository) } throws: {
                ($0 as? Fault)?.code == .mismatch
            }
        }
        #expect(registry.blobs(in: "a") == ["\(Self.digest)": Self.bytes])
    }

    @Test("who waits takes over from one that fails or is cancelled", arguments: [false, true], ["a", "b"])
    func takenOver(isCancelled: Bool, repository: String) async throws {
        let registry = try HostileRegistry(), client = try Direction.client(registry)
        let (opened, isOpen) = AsyncStream.makeStream(of: Void.self)
        let (told, end) = AsyncStream.makeStream(of: Void.self)
        let broken = BlobSource(digest: Self.digest, size: Int64(Self.bytes.count)) {
            isOpen.finish()
            return ByteStream {
                for await _ in told {}
                throw Fault(.forbidden, "the source ended")
            }
        }
        let first = Task { try await client.pushBlob(broken, in: "a") }
        for await _ in opened {}
        let source = Source()
        let second = Task { try await client.pushBlob(source.blob(), in: repository) }
        // The second has asked for the blob, or waits for who did.
        while await client.pushes.waitingCount == 0 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(source.count == 0)
        if isCancelled { first.cancel() }
        end.finish()
        await #expect(throws: (any Error).self) { try await first.value }
        #expect(try await second.value == .pushed)
        #expect(source.count == 1 && registry.blobs(in: repository) == ["\(Self.digest)": Self.bytes])
    }

    @Test("who waits and is cancelled neither waits nor harms the one that sends") func impatient() async throws {
        let registry = try HostileRegistry(), client = try Direction.client(registry)
        let (opened, isOpen) = AsyncStream.makeStream(of: Void.self)
        let (told, end) = AsyncStream.makeStream(of: Void.self)
        let slow = BlobSource(digest: Self.digest, size: Int64(Self.bytes.count)) {
            isOpen.finish()
            for await _ in told {}
            return ByteStream(Self.bytes)
        }
        let first = Task { try await client.pushBlob(slow, in: "a") }
        for await _ in opened {}
        let second = Task { try await client.pushBlob(.init(Self.bytes), in: "a") }
        while await client.pushes.waitingCount == 0 { try await Task.sleep(for: .milliseconds(1)) }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        end.finish()
        #expect(try await first.value == .pushed)
    }

    @Test("a content that has two digests is read even where the registry has the one it is stored by")
    func twoDigests() async throws {
        let registry = try HostileRegistry(), client = try Direction.client(registry)
        let target = StoreRepository(client, locator: try RepositoryLocator(registry.url))
        let identity = try ComponentVersionIdentity("acme.org/one:1.0.0")
        // Somebody else's component brings bytes that the signed digest does not allow.
        _ = try await client.pushBlob(.init(Self.bytes), in: "elsewhere")
        let signed = DigestSpecification(
            hashAlgorithm: "SHA-512", normalisationAlgorithm: "genericBlobDigest/v1",
            value: Digest(of: Array("what was signed".utf8), algorithm: .sha512).hex)
        let content = try await ResourceContent.blob(BlobContent(mediaType: "text/plain", bytes: Self.bytes))
            .bound(to: signed, thing: "the text", temporaryFolder: nil)
        for _ in 1...2 {
            await #expect {
                _ = try await target.place(content, for: identity, observer: PlacementObserver())
            } throws: { ($0 as? Fault)?.code == .mismatch }
        }
        #expect(mounts(registry).count == 1)
    }
}

extension BlobSource {
    /// Bytes in memory.
    init(_ bytes: [UInt8]) {
        self.init(digest: Digest(of: bytes), size: Int64(bytes.count)) { ByteStream(bytes) }
    }
}
