// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import Repositories
import Testing

@Suite("Large blobs that are only partly in an archive") struct PartialBlobTests {
    private static let content = (0..<200_000).flatMap { Digest(of: Array("\($0)".utf8)).bytes }
    private static let digest = Digest(of: content)
    private static let part = "blobs/.part-sha256.\(digest.hex)"
    private static let blob = "blobs/sha256.\(digest.hex)"
    private let folder: TemporaryFolder
    private var path: String { "\(folder.path)/archive" }

    init() throws { folder = try TemporaryFolder() }

    /// The content in pieces, breaking off at a byte; `opened` notes where it is read from.
    private func source(endingAt end: Int? = nil, opened: Guarded<[Int64]> = Guarded([])) -> BlobSource {
        let open: @Sendable (Int64) async throws -> ByteStream = { offset in
            opened.withLock { $0.append(offset) }
            let position = Guarded(Int(offset))
            return ByteStream {
                let start = position.withLock { $0 }
                if let end, start >= end { throw Fault(.unavailable, "the source broke off") }
                guard start < Self.content.count else { return nil }
                let piece = Self.content[start..<min(start + 100_000, end ?? Self.content.count, Self.content.count)]
                position.withLock { $0 = piece.endIndex }
                return piece
            }
        }
        return BlobSource(
            digest: Self.digest, size: Int64(Self.content.count), openFrom: open, open: { try await open(0) })
    }

    private func archive() async throws -> CommonTransportArchive {
        FileSystem.exists(path)
            ? try await .open(path: path, writable: true) : try await .create(path: path, format: .directory)
    }

    @Test("go on where the source broke off, in the same run and in another", arguments: [true, false])
    func goesOn(sameRun: Bool) async throws {
        var store = try await archive()
        let fault = await faultOf { [store] in _ = try await store.pushBlob(source(endingAt: 5_000_000), in: "app") }
        #expect(fault?.code == .unavailable)
        #expect(!FileSystem.exists("\(path)/\(Self.blob)"))
        let kept = try #require(try FileSystem.entry(at: "\(path)/\(Self.part)")).size
        #expect(kept == 4_900_000)
        if !sameRun {
            store = try await CommonTransportArchive.create(path: "\(folder.path)/other", format: .directory)
            store = try await archive()
        }
        let opened = Guarded<[Int64]>([])
        guard case .pushed = try await store.pushBlob(source(opened: opened), in: "app") else {
            return #expect(Bool(false), "nothing was pushed")
        }
        #expect(opened.withLock { $0 } == [kept])
        #expect(try FileSystem.read("\(path)/\(Self.blob)", limit: 1 << 24) == Self.content)
        #expect(try #require(try FileSystem.entry(at: "\(path)/\(Self.blob)")).mode & 0o222 == 0)
        #expect(!FileSystem.exists("\(path)/\(Self.part)"))
    }

    @Test(
        "are thrown away and begun anew when their bytes are wrong or no part of the blob",
        arguments: ["damaged", "too long", "of all bytes, and wrong", "link", "empty"])
    func wrong(what: String) async throws {
        let store = try await archive()
        let part = "\(path)/\(Self.part)", elsewhere = "\(folder.path)/elsewhere"
        try FileSystem.write(Array("untouched".utf8), to: elsewhere)
        var bytes = Array(Self.content.prefix(4_500_000))
        bytes[4_000_000] ^= 1
        switch what {
        case "too long": bytes = Self.content + [1]
        case "of all bytes, and wrong": bytes = Self.content.dropLast() + [1]
        case "empty": bytes = []
        default: break
        }
        if what == "link" {
            let made = try await ChildProcess.run(["ln", "-s", elsewhere, part])
            #expect(made.status == 0)
        } else {
            try FileSystem.write(bytes, to: part)
        }
        let opened = Guarded<[Int64]>([])
        _ = try await store.pushBlob(source(opened: opened), in: "app")
        #expect(opened.withLock { $0.last } == 0)
        #expect(opened.withLock { $0.count } <= 2)
        #expect(try FileSystem.read("\(path)/\(Self.blob)", limit: 1 << 24) == Self.content)
        #expect(try FileSystem.read(elsewhere, limit: 100) == Array("untouched".utf8))
    }

    @Test("are not kept when the source has other bytes") func mismatch() async throws {
        let store = try await archive()
        var bytes = Self.content
        bytes[6_000_000] ^= 1
        let other = bytes
        let source = BlobSource(
            digest: Self.digest, size: Int64(other.count),
            openFrom: { ByteStream(Array(other.dropFirst(Int($0)))) }, open: { ByteStream(other) })
        let fault = await faultOf { _ = try await store.pushBlob(source, in: "app") }
        #expect(fault?.code == .mismatch)
        #expect(try files(in: "\(path)/blobs").isEmpty)
    }

    @Test("are no part of the archive, and go when a run has succeeded") func finish() async throws {
        let store = try await archive()
        _ = await faultOf { _ = try await store.pushBlob(source(endingAt: 5_000_000), in: "app") }
        try await SampleArtifact(["{}", "a layer"]).push(to: store, "app", tag: "1.0.0")
        #expect(FileSystem.exists("\(path)/\(Self.part)"))
        let other = try await CommonTransportArchive.open(path: path)
        #expect(try await other.blobSize(Self.digest, in: "app") == nil)
        try await store.finish()
        #expect(!FileSystem.exists("\(path)/\(Self.part)"))
    }

    @Test("are written by one at a time") func concurrent() async throws {
        let store = try await archive()
        try await (0..<4).forEachConcurrently(limit: 4) { _ in _ = try await store.pushBlob(source(), in: "app") }
        try await store.finish()
        #expect(try files(in: "\(path)/blobs").keys.sorted() == ["sha256.\(Self.digest.hex)"])
        #expect(try FileSystem.read("\(path)/\(Self.blob)", limit: 1 << 24) == Self.content)
    }

    @Test(
        "of a tar that was being prepared when its process was killed are taken over, checked",
        arguments: ["part", "whole", "damaged"])
    func tar(what: String) async throws {
        let abandoned = "\(folder.path)/.tmp-archive.tar-abandoned", tar = "\(folder.path)/archive.tar"
        try FileSystem.makeFolder("\(abandoned)/blobs")
        var bytes = Self.content
        if what == "part" { bytes = Array(bytes.prefix(4_800_000)) }
        if what == "damaged" { bytes[17] ^= 1 }
        try FileSystem.write(bytes, to: "\(abandoned)/\(what == "part" ? Self.part : Self.blob)", mode: 0o444)
        try FileSystem.write(Array("no blob".utf8), to: "\(abandoned)/blobs/other")
        let store = try await CommonTransportArchive.create(path: tar, format: .tar)
        #expect(!FileSystem.exists(abandoned))
        let opened = Guarded<[Int64]>([])
        _ = try await store.pushBlob(source(opened: opened), in: "app")
        #expect(opened.withLock { $0.last } == (what == "damaged" ? 0 : Int64(bytes.count)))
        try await store.finish()
        let reader = try await CommonTransportArchive.open(path: tar)
        let stream = try await reader.openBlob(Self.digest, size: nil, in: "app")
        #expect(try await stream.collect(limit: 1 << 24) == Self.content)
    }

    @Test("of a tar that nobody wants any more are not packed") func unwanted() async throws {
        let abandoned = "\(folder.path)/.tmp-archive.tar-abandoned", tar = "\(folder.path)/archive.tar"
        try FileSystem.makeFolder("\(abandoned)/blobs")
        try FileSystem.write(Self.content, to: "\(abandoned)/\(Self.blob)", mode: 0o444)
        let store = try await CommonTransportArchive.create(path: tar, format: .tar)
        try await SampleArtifact(["{}", "a layer"]).push(to: store, "app", tag: "1.0.0")
        try await store.finish()
        #expect(try #require(try FileSystem.entry(at: tar)).size < 100_000)
    }
}
