// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import Repositories
import TestRegistry
import Transfer
import Web

/// A large blob most of which an earlier run has moved.
enum ResumedTransfer {
    static let repository = "large"
    /// More than is sent in one request, and than is fetched again as a whole.
    static let blob: [UInt8] = {
        var state: UInt64 = 9, bytes: [UInt8] = []
        bytes.reserveCapacity(4_300_000)
        while bytes.count < 4_300_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: state >> shift))
            }
        }
        return bytes
    }()
    static let digest = Digest(of: blob)
    /// How many bytes of it the earlier run has moved, and the digest's states that it noted.
    static let moved = 4_200_000
    static let states: [DigestState] = {
        var hasher = ResumableHasher(), states: [DigestState] = []
        while hasher.offset + DigestState.interval <= Int64(moved) {
            let start = Int(hasher.offset)
            hasher.update(blob[start..<start + Int(DigestState.interval)])
            states += hasher.state.map { [$0] } ?? []
        }
        return states
    }()

    /// A manifest that names the blob: a registry that does not have it refuses that.
    private static let manifest = Array(
        (#"{"schemaVersion":2,"config":{"mediaType":"application/octet-stream","digest":"\#(digest)","#
            + #""size":\#(blob.count)},"layers":[]}"#).utf8)

    static func key(_ registry: HostileRegistry) throws -> UploadKey {
        UploadKey(registry: try HTTPURL(registry.url).origin.description, repository: repository, digest: digest)
    }

    /// Where the earlier run has left its upload in a registry that has had no other.
    static func location(_ registry: HostileRegistry) -> String {
        "\(registry.url)/v2/\(repository)/blobs/uploads/upload-1?state=\(moved)"
    }

    /// Pushes the blob with the journal of the earlier run. Throws `.internal` when the registry or the journal has
    /// something else than it should after a success.
    ///
    /// - Parameter isKnown: whether there was an earlier run; without one, the journal is new.
    @discardableResult static func upload(
        to client: RegistryClient, _ registry: HostileRegistry, isKnown: Bool = true
    ) async throws -> TransferJournal.Counts {
        let folder = try TemporaryFolder()
        let journal = try await TransferJournal.open("\(folder.path)/journal", fingerprint: digest)
        let key = try key(registry)
        if isKnown {
            journal.note(try HTTPURL(location(registry)), of: key)
            for state in states { journal.note(state, of: key) }
        }
        let source = BlobSource(
            digest: digest, size: Int64(blob.count), openFrom: { read(from: $0) }, open: { read(from: 0) })
        _ = try await client.journaling(with: journal).pushBlob(source, in: repository)
        _ = try await client.pushManifest(
            manifest, mediaType: MediaType.imageManifest.rawValue, in: repository, tag: "1")
        guard registry.blobs(in: repository)["\(digest)"].map({ Digest(of: $0) }) == digest else {
            throw Fault(.internal, "the registry does not have the blob")
        }
        guard journal.unfinishedUpload(key) == nil else { throw Fault(.internal, "the journal has an upload left") }
        return journal.counts
    }

    /// Puts the blob into an archive that has a part of it. Throws `.internal` when the archive has something else than
    /// it should: all of it after a success, nothing of it under its name after a failure.
    static func download(from client: RegistryClient) async throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/archive", name = "sha256.\(digest.hex)"
        let archive = try await CommonTransportArchive.create(path: path, format: .directory)
        try FileSystem.write(Array(blob[..<moved]), to: "\(path)/blobs/.part-\(name)")
        // As transfers open what they read: from an offset without a check, as a whole with one.
        let size = Int64(blob.count)
        let wanted = BlobSource(
            digest: digest, size: size,
            openFrom: { try await client.openBlob(digest, size: size, from: $0, in: repository) },
            open: { try await client.openBlob(digest, size: size, in: repository) })
        do { _ = try await archive.pushBlob(wanted, in: repository) } catch {
            guard !FileSystem.exists("\(path)/blobs/\(name)") else {
                throw Fault(.internal, "a blob is visible after: \(error)")
            }
            throw error
        }
        guard Digest(of: try FileSystem.read("\(path)/blobs/\(name)", limit: 1 << 24)) == digest else {
            throw Fault(.internal, "the archive has other bytes")
        }
    }

    /// The blob's bytes in pieces, from an offset on.
    private static func read(from offset: Int64) -> ByteStream {
        let position = Guarded(Int(offset))
        return ByteStream {
            position.withLock { start in
                defer { start = min(start + 100_000, blob.count) }
                return start < blob.count ? blob[start..<min(start + 100_000, blob.count)] : nil
            }
        }
    }
}
