// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import OCI
import Repositories
import TestRegistry
import Testing
import Transfer
import WebClient

@Suite("A run that goes on reads nothing that the target has") struct ResumedReadingTests {
    private static let fingerprint = Digest(of: Array("the transfer".utf8))
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Connections of one process, with the journal that the one before has left.
    private func process() async throws -> (connections: RepositoryConnections, journal: TransferJournal) {
        let connections = RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())
        let journal = try await TransferJournal.open("\(folder.path)/journal", fingerprint: Self.fingerprint)
        connections.noteUploads(in: journal)
        return (connections, journal)
    }

    private func open(_ url: String, _ connections: RepositoryConnections) async throws -> StoreRepository {
        try #require(try await connections.open(try RepositoryLocator(url), .create(nil)).storeRepository)
    }

    /// What was read of blobs, by digest, since so many requests.
    private func blobReads(_ registry: HostileRegistry, since count: Int = 0) -> [String] {
        registry.requests.dropFirst(count).filter { $0.method == "GET" && $0.path.contains("/blobs/") }.map {
            String($0.path.split(separator: "/").last ?? "")
        }
    }

    private static func noise(_ seed: Int) -> [UInt8] {
        (0..<200).flatMap { Digest(of: Array("\(seed).\($0)".utf8)).bytes }
    }

    @Test("after a failure in the middle, each content is read from its source once in all", arguments: [1, 5, 12])
    func goesOn(stored: Int) async throws {
        let layers = (100..<106).map(Self.noise)
        let product = SharedProduct(
            "acme.org/one", blobs: (0..<10).map { ("blob\($0)", Self.noise($0)) }, images: [("image", layers)])
        let first = try HostileRegistry(), second = try HostileRegistry()
        let writer = try await process()
        try await product.write(to: open(first.url, writer.connections))
        try writer.journal.remove()

        // The target takes some blobs and then no more.
        second.setFaults([RegistryFault(.putBlob, .status(403), at: stored + 1...Int.max)])
        let broken = try await process()
        let failed = try await SharedProduct.carry(
            [product], from: open(first.url, broken.connections), to: [open(second.url, broken.connections)],
            broken.connections)
        #expect(failed.targets.first?.failure?.code == .forbidden)
        broken.journal.close()
        let there = Set(second.blobs(in: product.repository).keys)
        // Pushes that were under way when the run was given up may not have arrived.
        #expect(there.count <= stored && second.tags(in: product.repository).isEmpty)
        #expect(stored < 5 || !there.isEmpty)

        second.setFaults([])
        let (read, written) = (first.requests.count, second.requests.count)
        let next = try await process()
        let done = try await SharedProduct.carry(
            [product], from: open(first.url, next.connections), to: [open(second.url, next.connections)],
            next.connections)
        #expect(done.targets.first?.failure == nil)
        // The version is read: its descriptor and nothing else that the target has.
        let again = blobReads(first, since: read)
        #expect(there.isDisjoint(with: again), "\(there.intersection(again).count) blobs were read again")
        #expect(Set(again).count == again.count)
        let contents = Set((product.blobs.map(\.bytes) + layers + [Array("{}".utf8)]).map { "\(Digest(of: $0))" })
        #expect(Set(again).intersection(contents) == contents.subtracting(there))
        // Nor does it go over the wire again.
        let bytes = second.requests.dropFirst(written).reduce(0) { $0 + $1.body.count }
        let missing = contents.subtracting(there).count
        #expect(bytes < missing * Self.noise(0).count + 20_000, "\(bytes) bytes for \(missing) blobs")
        let asked = second.requests.dropFirst(written).filter { $0.method == "HEAD" }.map(\.path)
        #expect(Set(asked).count == asked.count)
    }

    @Test("a content of unknown size that was finished is asked for and not read") func unknownSize() async throws {
        let registry = try HostileRegistry(), bytes = Self.noise(1), opened = Guarded(0)
        let identity = try ComponentVersionIdentity("acme.org/one:1.0.0")
        let content = ResourceContent.blob(
            BlobContent(mediaType: "text/plain", digest: Digest(of: bytes)) {
                opened.withLock { $0 += 1 }
                return ByteStream(bytes)
            })
        for run in 1...2 {
            let (connections, journal) = try await process()
            let skipped = Guarded<Int64>(0)
            let placed = try await open(registry.url, connections).place(
                content, for: identity,
                observer: PlacementObserver(skipped: { bytes in skipped.withLock { $0 += bytes } }))
            #expect(placed.descriptor.digest == Digest(of: bytes) && placed.descriptor.size == Int64(bytes.count))
            #expect(skipped.withLock { $0 } == (run == 1 ? 0 : Int64(bytes.count)))
            #expect(opened.withLock { $0 } == 1)
            journal.close()
        }
        #expect(registry.requests.filter { $0.method == "HEAD" }.count == 2)
    }

    @Test(
        "what the journal says is not believed",
        arguments: ["blob is gone", "another size", "manifest is gone", "layer is gone"])
    func doubted(what: String) async throws {
        let registry = try HostileRegistry(), bytes = Self.noise(1), opened = Guarded(0)
        let product = SharedProduct("acme.org/one", blobs: [], images: [("image", [bytes, Self.noise(2)])])
        let source = StoreRepository(MemoryStore(name: "source"), locator: try RepositoryLocator("./source"))
        try await product.write(to: source)
        let version = try await source.get(product.identity)
        let root = try #require(version.contents.artifacts.values.first)
        let isBlob = ["blob is gone", "another size"].contains(what)
        let content =
            isBlob
            ? ResourceContent.blob(
                BlobContent(mediaType: "text/plain", digest: Digest(of: bytes)) {
                    opened.withLock { $0 += 1 }
                    return ByteStream(bytes)
                })
            : .artifact(
                ArtifactContent(
                    store: source.store, repository: source.repository(of: product.identity.name), root: root))
        let digest = isBlob ? Digest(of: bytes) : root.digest
        let key = UploadKey(
            registry: "http://\(registry.host)", repository: product.repository, digest: digest)
        let (connections, journal) = try await process()
        if what == "another size" {
            registry.putBlob(bytes, in: product.repository)
            journal.noteFinished(key, size: 7)
        } else {
            journal.noteFinished(key, size: isBlob ? Int64(bytes.count) : root.size)
        }
        if what == "layer is gone" {
            registry.putBlob(bytes, in: product.repository)
            let stored = try await source.store.manifest(
                root.digest, in: source.repository(of: product.identity.name))
            registry.putManifest(stored.bytes, mediaType: stored.mediaType, in: product.repository)
        }
        let target = try await open(registry.url, connections)
        _ = try await target.place(content, for: product.identity, observer: PlacementObserver())
        #expect(registry.blobs(in: product.repository)["\(Digest(of: bytes))"] == bytes)
        #expect(opened.withLock { $0 } == (isBlob ? 1 : 0))
        if !isBlob { #expect(registry.blobs(in: product.repository).count == 3) }
    }

    @Test("an artifact that was finished is found again without its source") func artifact() async throws {
        let product = SharedProduct("acme.org/one", blobs: [], images: [("image", (1..<4).map(Self.noise))])
        let first = try HostileRegistry(), second = try HostileRegistry()
        let writer = try await process()
        try await product.write(to: open(first.url, writer.connections))
        try writer.journal.remove()
        for run in 1...2 {
            let (connections, journal) = try await process()
            let source = try await open(first.url, connections)
            let version = try await source.get(product.identity)
            let root = try #require(version.contents.artifacts.values.first)
            let count = first.requests.count
            let content = ArtifactContent(
                store: source.store, repository: source.repository(of: product.identity.name), root: root)
            _ = try await open(second.url, connections).place(
                .artifact(content), for: product.identity, observer: PlacementObserver())
            #expect((first.requests.count == count) == (run == 2))
            journal.close()
        }
        #expect(second.requests.count { $0.method == "PUT" && $0.path.contains("/blobs/") } == 4)
    }
}
