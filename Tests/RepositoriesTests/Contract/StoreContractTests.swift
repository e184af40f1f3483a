// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import Documents
import OCI
import Repositories
import TestServers
import Testing

@Suite("Every store keeps the same promises") struct StoreContractTests {
    private static let repository = "example.org/things"
    private static let sample = SampleArtifact(["{}", "one layer", "another layer"])

    @Test("what is pushed is there, byte for byte, also for another reader", arguments: StoreEngine.installed)
    func roundTrip(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let sample = Self.sample
        try await sample.push(to: subject.store, Self.repository, tag: "1.0.0")
        try await subject.store.finish()
        for store in [subject.store, try await subject.reopen()] {
            for reference in ["1.0.0", sample.digest.description] {
                let found = try #require(try await store.resolve(reference, in: Self.repository))
                #expect(found.digest == sample.digest)
                #expect(found.mediaType == SampleArtifact.mediaType)
                #expect(found.size == Int64(sample.manifest.count))
            }
            let manifest = try await store.manifest(sample.digest, in: Self.repository)
            #expect(manifest.bytes == sample.manifest && manifest.mediaType == SampleArtifact.mediaType)
            for bytes in sample.blobs {
                let digest = Digest(of: bytes)
                #expect(try await store.blobSize(digest, in: Self.repository) == Int64(bytes.count))
                let stream = try await store.openBlob(digest, size: Int64(bytes.count), in: Self.repository)
                #expect(try await stream.collect(limit: 1000) == bytes)
            }
        }
    }

    @Test("what is not there is not found", arguments: StoreEngine.installed)
    func missing(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let unknown = Digest(of: Array("nobody has this".utf8))
        try await Self.sample.push(to: subject.store, Self.repository, tag: "1.0.0")
        for repository in [Self.repository, "example.org/nothing"] {
            #expect(try await subject.store.resolve("2.0.0", in: repository) == nil)
            #expect(try await subject.store.resolve(unknown.description, in: repository) == nil)
            #expect(try await subject.store.blobSize(unknown, in: repository) == nil)
            let manifest = await faultOf { _ = try await subject.store.manifest(unknown, in: repository) }
            #expect(manifest?.code == .notFound)
            let blob = await faultOf {
                for try await _ in try await subject.store.openBlob(unknown, size: nil, in: repository) {}
            }
            #expect(blob?.code == .notFound)
        }
        #expect(try await subject.store.tags(in: "example.org/nothing") == [])
    }

    @Test("bytes that are not those of the digest never become visible", arguments: StoreEngine.installed)
    func wrongBytes(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let right = Array("the right bytes".utf8)
        let digest = Digest(of: right)
        for wrong in ["the wrong bytes", "short", "far more bytes than were announced"] {
            let bytes = Array(wrong.utf8)
            let source = BlobSource(digest: digest, size: Int64(right.count), open: { ByteStream(bytes) })
            let fault = await faultOf { _ = try await subject.store.pushBlob(source, in: Self.repository) }
            #expect(fault?.code == .mismatch, "\(wrong): \(String(describing: fault))")
            #expect(try await subject.store.blobSize(digest, in: Self.repository) == nil)
        }
        _ = try await subject.store.pushBlob(.memory(right), in: Self.repository)
        #expect(try await subject.store.blobSize(digest, in: Self.repository) == Int64(right.count))
    }

    @Test("a source that fails leaves nothing and says why", arguments: StoreEngine.installed)
    func failingSource(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let bytes = [UInt8](repeating: 7, count: 3_000_000)
        let digest = Digest(of: bytes)
        let source = BlobSource(
            digest: digest, size: Int64(bytes.count),
            open: {
                let sent = Guarded(0)
                return ByteStream {
                    let offset = sent.withLock { sent in
                        defer { sent += 100_000 }
                        return sent
                    }
                    guard offset < 2_000_000 else { throw Fault(.unavailable, "the tape is torn") }
                    return bytes[offset..<offset + 100_000]
                }
            })
        let fault = await faultOf { _ = try await subject.store.pushBlob(source, in: Self.repository) }
        #expect(fault?.message.contains("the tape is torn") == true, "\(String(describing: fault))")
        #expect(try await subject.store.blobSize(digest, in: Self.repository) == nil)
    }

    @Test("pushing again moves nothing", arguments: StoreEngine.installed)
    func again(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let bytes = Array("once is enough".utf8)
        let first = try await subject.store.pushBlob(.memory(bytes), in: Self.repository)
        guard case .pushed = first else { return #expect(Bool(false), "\(first)") }
        let source = BlobSource(
            digest: Digest(of: bytes), size: Int64(bytes.count),
            open: { throw Fault(.internal, "a blob that is there must not be read again") })
        let second = try await subject.store.pushBlob(source, in: Self.repository)
        guard case .alreadyThere = second else { return #expect(Bool(false), "\(second)") }
    }

    @Test("no bytes at all are a blob too", arguments: StoreEngine.installed)
    func empty(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        _ = try await subject.store.pushBlob(.memory([]), in: Self.repository)
        let store = subject.store
        #expect(try await store.blobSize(Digest(of: [UInt8]()), in: Self.repository) == 0)
        let stream = try await store.openBlob(Digest(of: [UInt8]()), size: 0, in: Self.repository)
        #expect(try await stream.collect(limit: 10) == [])
    }

    @Test("a blob may be named by the longer digest", arguments: StoreEngine.installed)
    func longDigest(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let bytes = Array("named by 512 bits".utf8), digest = Digest(of: bytes, algorithm: .sha512)
        let wrong = await faultOf {
            _ = try await subject.store.pushBlob(
                .memory(Array("other 512 bits...".utf8), as: digest), in: Self.repository)
        }
        #expect(wrong?.code == .mismatch)
        _ = try await subject.store.pushBlob(.memory(bytes, as: digest), in: Self.repository)
        let stream = try await subject.store.openBlob(digest, size: Int64(bytes.count), in: Self.repository)
        #expect(try await stream.collect(limit: 100) == bytes)
    }

    @Test("equal blobs are kept once, whoever pushes them", arguments: StoreEngine.archives)
    func once(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        for repository in [Self.repository, "example.org/others"] {
            try await Self.sample.push(to: subject.store, repository, tag: "1.0.0")
        }
        let archive = try #require(try await subject.reopen() as? CommonTransportArchive)
        if engine == .folder {
            #expect(try FileSystem.names(in: "\(archive.name)/blobs").count == 4)
        } else {
            let (index, _) = try await TarIndex.open(archive.name, temporaryFolder: nil)
            #expect(index.entries.count { $0.entry.kind == .file } == 5)
        }
    }

    @Test("32 MiB stream through in pieces", arguments: StoreEngine.installed)
    func large(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let piece = (0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
        @Sendable func open() -> ByteStream {
            let left = Guarded(32)
            return ByteStream {
                let number = left.withLock { left in
                    left -= 1
                    return left
                }
                guard number >= 0 else { return nil }
                var chunk = piece
                chunk[0] = UInt8(number)
                return chunk[...]
            }
        }
        var hasher = DigestHasher()
        for try await chunk in open() { hasher.update(chunk) }
        let digest = hasher.finalize()
        let source = BlobSource(digest: digest, size: 32 << 20, open: { open() })
        _ = try await subject.store.pushBlob(source, in: Self.repository)
        var size = 0
        for try await chunk in try await subject.store.openBlob(digest, size: 32 << 20, in: Self.repository) {
            size += chunk.count
            // What is kept in memory is one piece already.
            #expect(chunk.count <= 4 << 20 || engine == .memory, "a blob comes in pieces")
        }
        #expect(size == 32 << 20)
    }

    @Test("content of unknown digest gets one", arguments: StoreEngine.installed)
    func ingest(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let bytes = Array("whatever this is".utf8)
        let found = try await subject.store.ingest(in: Self.repository) { ByteStream(bytes) }
        #expect(found.digest == Digest(of: bytes) && found.size == Int64(bytes.count))
        let stream = try await subject.store.openBlob(found.digest, size: nil, in: Self.repository)
        #expect(try await stream.collect(limit: 100) == bytes)
    }

    @Test("tags are listed in order, move, and go", arguments: StoreEngine.installed)
    func tags(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let store = subject.store
        let other = SampleArtifact(["{}", "something else"])
        for number in 1...120 { try await Self.sample.push(to: store, Self.repository, tag: "v\(number)") }
        try await other.push(to: store, Self.repository, tag: "v7")
        #expect(try await store.tags(in: Self.repository) == (1...120).map { "v\($0)" }.sorted())
        #expect(try await store.resolve("v7", in: Self.repository)?.digest == other.digest)
        #expect(try await store.resolve("v8", in: Self.repository)?.digest == Self.sample.digest)
        if engine.rawValue.hasPrefix("registry") { return }
        try await store.untag("v7", in: Self.repository)
        #expect(try await store.resolve("v7", in: Self.repository) == nil)
        #expect(try await store.tags(in: Self.repository).count == 119)
        #expect(try await store.resolve(other.digest.description, in: Self.repository) != nil)
    }

    @Test("repositories are listed by prefix, in order", arguments: StoreEngine.installed)
    func repositories(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        for name in ["example.org/beta", "example.org/alpha", "other.org/gamma"] {
            try await Self.sample.push(to: subject.store, name, tag: "1.0.0")
        }
        #expect(
            try await subject.store.repositories(prefix: "example.org/") == ["example.org/alpha", "example.org/beta"])
    }

    @Test("a manifest is refused whose children are missing or whose type is a lie", arguments: StoreEngine.installed)
    func badManifests(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let lonely = SampleArtifact(["{}", "a layer nobody pushed"])
        let fault = await faultOf {
            _ = try await subject.store.pushManifest(
                lonely.manifest, mediaType: SampleArtifact.mediaType, in: Self.repository, tag: "1.0.0")
        }
        #expect(fault != nil)
        #expect(try await subject.store.resolve("1.0.0", in: Self.repository) == nil)
        try await Self.sample.push(to: subject.store, Self.repository, tag: nil)
        let both = String(decoding: Self.sample.manifest, as: UTF8.self).dropLast() + #","manifests":[]}"#
        let lie = await faultOf {
            _ = try await subject.store.pushManifest(
                Array(both.utf8), mediaType: SampleArtifact.mediaType, in: Self.repository, tag: "1.0.0")
        }
        #expect(lie?.code == .corrupt)
    }

    @Test("an index is kept with its manifests, and refused without them", arguments: StoreEngine.installed)
    func indexes(engine: StoreEngine) async throws {
        let subject = try await engine.make(), type = MediaType.imageIndex.rawValue
        let entry = OCIDescriptor(
            mediaType: SampleArtifact.mediaType, digest: Self.sample.digest, size: Int64(Self.sample.manifest.count))
        let index = JSON.object(["schemaVersion": 2, "mediaType": .string(type), "manifests": [entry.json]]).encoded()
        let fault = await faultOf {
            _ = try await subject.store.pushManifest(index, mediaType: type, in: Self.repository, tag: "all")
        }
        #expect(fault != nil)
        #expect(try await subject.store.resolve("all", in: Self.repository) == nil)
        try await Self.sample.push(to: subject.store, Self.repository, tag: nil)
        _ = try await subject.store.pushManifest(index, mediaType: type, in: Self.repository, tag: "all")
        let store = try await subject.reopen()
        let root = try #require(try await store.resolve("all", in: Self.repository))
        #expect(root.digest == Digest(of: index) && root.mediaType == type)
        #expect(
            try await ArtifactContent(store: store, repository: Self.repository, root: root).nodes().count == 5)
    }

    @Test("who refers to a manifest is listed, by type if asked", arguments: StoreEngine.installed)
    func referrers(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        try await Self.sample.push(to: subject.store, Self.repository, tag: "1.0.0")
        let signature = SampleArtifact(["{}", "signed"], subject: Self.sample, artifactType: "application/x.signature")
        let inventory = SampleArtifact(["{}", "listed"], subject: Self.sample, artifactType: "application/x.inventory")
        for artifact in [signature, inventory] { try await artifact.push(to: subject.store, Self.repository, tag: nil) }
        let all = try await subject.store.referrers(of: Self.sample.digest, in: Self.repository, artifactType: nil)
        #expect(Set(all.map(\.digest)) == [signature.digest, inventory.digest])
        let some = try await subject.store.referrers(
            of: Self.sample.digest, in: Self.repository, artifactType: "application/x.signature")
        #expect(some.map(\.digest) == [signature.digest])
        let none = try await subject.store.referrers(of: signature.digest, in: Self.repository, artifactType: nil)
        #expect(none.isEmpty)
    }

    @Test("many push at once", arguments: StoreEngine.installed)
    func concurrent(engine: StoreEngine) async throws {
        let subject = try await engine.make()
        let artifacts = (0..<24).map { SampleArtifact(["{}", "shared", "own \($0)"]) }
        try await Array(artifacts.enumerated().map { Numbered(number: $0.offset, artifact: $0.element) })
            .forEachConcurrently(limit: 8) { item in
                try await item.artifact.push(to: subject.store, Self.repository, tag: "v\(item.number)")
            }
        let reopened = try await subject.reopen()
        for (number, artifact) in artifacts.enumerated() {
            #expect(try await reopened.resolve("v\(number)", in: Self.repository)?.digest == artifact.digest)
        }
    }

    private struct Numbered: Sendable {
        let number: Int
        let artifact: SampleArtifact
    }

    @Test(
        "a wrong password is refused as such, and so is an authority nobody trusts",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
    func credentials() async throws {
        let server = try await RegistryServer(.basic)
        let fault = await faultOf { try await server.client(password: "guess").ping() }
        #expect(fault?.code == .unauthorized)
        #expect(fault?.description.contains("guess") == false)
        try await server.client().ping()
    }
}
