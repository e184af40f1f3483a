// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Testing

@testable import Repositories

@Suite("Archives that leave out what their receiver has") struct DifferenceArchiveTests {
    private static let repository = "component-descriptors/acme.org/demo"
    private static let sample = SampleArtifact(["{}", "old layer", "new layer"])
    private static let old = Digest(of: Array("old layer".utf8))

    private static func assumed(_ sizes: [Digest: Int64?]) throws -> AssumedBlobs {
        var assumed = AssumedBlobs()
        assumed.add(basis: "acme.org/demo:1.0.0")
        for (digest, size) in sizes { assumed.add(digest, size: size, holder: try ComponentName("acme.org/base")) }
        return assumed
    }

    private static func make(_ format: ArchiveFormat, _ folder: TemporaryFolder) async throws -> String {
        let path = "\(folder.path)/archive"
        let archive = try await CommonTransportArchive.create(path: path, format: format)
        try archive.leaveOut(try assumed([old: 9, Digest(of: [1]): 1]))
        try await sample.push(to: archive, repository, tag: "1.1.0")
        try await archive.finish()
        return path
    }

    @Test("hold all but that, and a record of it", arguments: [ArchiveFormat.directory, .tar, .tgz])
    func record(format: ArchiveFormat) async throws {
        let folder = try TemporaryFolder()
        let path = try await Self.make(format, folder)
        let archive = try await CommonTransportArchive.open(path: path)
        let omitted = try #require(archive.omittedBlobs.first)
        #expect(archive.omittedBlobs.count == 1 && archive.omissionBasis == ["acme.org/demo:1.0.0"])
        #expect(omitted.digest == Self.old && omitted.size == 9 && omitted.mediaType == "text/plain")
        #expect(omitted.repositories == [Self.repository] && omitted.holders.map(\.text) == ["acme.org/base"])
        #expect(try await archive.blobSize(Self.old, in: Self.repository) == nil)
        #expect(try await archive.blobSize(Digest(of: Array("new layer".utf8)), in: Self.repository) == 9)
        #expect(try await archive.manifest(Self.sample.digest, in: Self.repository).bytes == Self.sample.manifest)

        let fault = await faultOf { _ = try await archive.openBlob(Self.old, size: 9, in: Self.repository) }
        #expect(fault?.code == .notFound)
        for text in ["\(Self.old)", "text/plain", "acme.org/demo", "leaves out", "acme.org/demo:1.0.0"] {
            #expect(fault?.message.contains(text) == true, "\(fault?.message ?? "")")
        }
        archive.supply(Self.old) { ByteStream(Array("old layer".utf8)) }
        let stream = try await archive.openBlob(Self.old, size: 9, in: Self.repository)
        #expect(try await stream.collect(limit: 100) == Array("old layer".utf8))
        archive.supply(Self.old) { ByteStream(Array("bad layer".utf8)) }
        let wrong = await faultOf {
            _ = try await archive.openBlob(Self.old, size: 9, in: Self.repository).collect(limit: 100)
        }
        #expect(wrong?.code == .mismatch)
    }

    @Test("get a blob after all, and forget that it was left out", arguments: [ArchiveFormat.directory, .tar])
    func completed(format: ArchiveFormat) async throws {
        let folder = try TemporaryFolder()
        let path = try await Self.make(format, folder)
        do {
            let archive = try await CommonTransportArchive.open(path: path, writable: true)
            // What names the blob may be written again without it.
            _ = try await archive.pushManifest(
                Self.sample.manifest, mediaType: SampleArtifact.mediaType, in: Self.repository, tag: "1.1.1")
            #expect(archive.omittedBlobs.count == 1)
            try await Self.sample.push(to: archive, Self.repository, tag: "1.1.2")
            #expect(archive.omittedBlobs.isEmpty)
            try await archive.finish()
        }
        let archive = try await CommonTransportArchive.open(path: path)
        #expect(archive.omittedBlobs.isEmpty)
        #expect(try await archive.blobSize(Self.old, in: Self.repository) == 9)
        if format == .directory { #expect(!FileSystem.exists("\(path)/omitted-blobs.json")) }
    }

    @Test("never leave out what is known by another size, nor what no one is taken to have") func sizes() async throws {
        let folder = try TemporaryFolder()
        let archive = try await CommonTransportArchive.create(path: "\(folder.path)/archive")
        try archive.leaveOut(try Self.assumed([Self.old: 10]))
        try await Self.sample.push(to: archive, Self.repository, tag: "1.1.0")
        #expect(archive.omittedBlobs.isEmpty)
        let lacking = SampleArtifact(["{}", "a layer that is nowhere"])
        let fault = await faultOf {
            _ = try await archive.pushManifest(
                lacking.manifest, mediaType: SampleArtifact.mediaType, in: Self.repository, tag: nil)
        }
        #expect(fault?.code == .invalid)
    }

    @Test("leave out contents whose digest shows only when they are read") func ingested() async throws {
        let folder = try TemporaryFolder()
        let archive = try await CommonTransportArchive.create(path: "\(folder.path)/archive")
        try archive.leaveOut(try Self.assumed([Self.old: nil]))
        for text in ["old layer", "new layer"] {
            let stored = try await archive.ingest(in: Self.repository) { ByteStream(Array(text.utf8)) }
            #expect(stored.size == 9 && stored.digest == Digest(of: Array(text.utf8)))
        }
        #expect(try FileSystem.names(in: "\(folder.path)/archive/blobs").count == 1)
    }

    @Test("hold every descriptor, also one that the receiver has") func descriptors() async throws {
        let whole = MemoryStore()
        try await SampleVersion("acme.org/demo:1.0.0").commit(to: StoreRepository(whole))
        let root = try #require(try await whole.resolve("1.0.0", in: Self.repository))
        let (bytes, type) = try await whole.manifest(root.digest, in: Self.repository)
        let manifest = try OCIManifest(parsing: bytes, mediaType: type, source: "it")
        let folder = try TemporaryFolder()
        let archive = try await CommonTransportArchive.create(path: "\(folder.path)/archive")
        try archive.leaveOut(
            try Self.assumed(Dictionary(uniqueKeysWithValues: manifest.children.map { ($0.digest, $0.size) })))
        try await SampleVersion("acme.org/demo:1.0.0").commit(to: StoreRepository(archive))
        try await archive.finish()
        let read = try await CommonTransportArchive.open(path: "\(folder.path)/archive")
        #expect(read.omittedBlobs.isEmpty)
        _ = try await StoreRepository(read).get(ComponentVersionIdentity("acme.org/demo:1.0.0"))
    }

    @Test("write the same record for the same content") func reproducible() async throws {
        let (a, b) = (try TemporaryFolder(), try TemporaryFolder())
        #expect(try await files(in: Self.make(.directory, a)) == files(in: Self.make(.directory, b)))
    }
}
