// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
public import Cryptography
public import Repositories

/// How the archives of a transfer are written: what of their contents the receiver has already, and how they are cut.
public struct ArchivePacking: Sendable, Hashable {
    /// An inventory of a receiver, held to the bytes that it had when it was first read.
    public struct PinnedInventory: Sendable, Hashable {
        /// The file.
        public let file: String
        /// The digest of its bytes.
        public let digest: Digest

        /// Names a file whose bytes are known.
        public init(file: String, digest: Digest) { (self.file, self.digest) = (file, digest) }

        /// Reads a file and pins it.
        public init(reading file: String) throws(Fault) {
            self.init(file: file, digest: Digest(of: try FileSystem.read(file, limit: Inventory.sizeLimit)))
        }

        /// The inventory with its signatures, which are not verified.
        ///
        /// Throws `conflict` when the file is not the one that was pinned, and `invalid` when it is no inventory.
        public func read() throws(Fault) -> (inventory: Inventory, signed: SignedDocument) {
            let bytes = try FileSystem.read(file, limit: Inventory.sizeLimit)
            let found = Digest(of: bytes)
            guard found == digest else {
                throw Fault(
                    .conflict, "the inventory \(file) has changed: it was \(digest), and is \(found)",
                    fix: "bring the old one back, or make the specification again with the new one")
            }
            guard bytes.first(where: { ![0x09, 0x0A, 0x0D, 0x20].contains($0) }) == UInt8(ascii: "{") else {
                throw Fault(
                    .invalid, "\(file) is no inventory", fix: "name a file that `ocm inventory create` made")
            }
            return try Inventory.read(parsing: bytes, source: file)
        }
    }

    /// The format of a new archive; nil when its name decides.
    public var format: ArchiveFormat?
    /// The most bytes of one volume; nil when the archive is not cut.
    public var volumeSize: Int64?
    /// The version of what is carried that the receiver has.
    public var since: ComponentVersion?
    /// What receivers have.
    public var inventories: [PinnedInventory] = []
    /// Whether blobs that changed may travel as deltas of what the receiver has.
    public var makesDeltas = false

    /// Whole archives in the formats that their names ask for.
    public init() {}

    /// Whether anything is left out.
    public var isDifference: Bool { since != nil || !inventories.isEmpty }

    /// Opens a repository to write to; an archive is made in the format, and in volumes, when it is not there.
    public func open(
        _ target: RepositoryLocator, _ connections: RepositoryConnections
    ) async throws -> any ComponentVersionRepository {
        guard let volumeSize else { return try await connections.open(target, .create(format)) }
        return try await connections.createVolumes(target, format: format, volumeSize: volumeSize)
    }

    /// What the receiver is taken to have; nil when nothing is left out.
    ///
    /// Throws `notFound` when the source has no such earlier version, `conflict` when an inventory has changed.
    /// - Parameters:
    ///   - roots: the versions that are carried, without those that they refer to.
    ///   - options: what is carried of them.
    public func assumed(
        for roots: [ComponentVersionIdentity], from source: ComponentVersionSource, _ access: AccessMethods,
        _ options: TransferOptions
    ) async throws -> AssumedBlobs? {
        guard isDifference else { return nil }
        var assumed = AssumedBlobs()
        if let since {
            let reader = BaseVersionReader(source: source, access: access, options: options)
            assumed = try await reader.blobs(of: since, for: roots)
        }
        for inventory in inventories { try inventory.read().inventory.assume(in: &assumed) }
        return assumed
    }

    /// Tells the archives that will be written what to leave out, and what may travel as a delta.
    public func apply(
        _ assumed: AssumedBlobs, to plan: TransferPlan, from source: ComponentVersionSource, _ access: AccessMethods,
        _ options: TransferOptions
    ) async throws {
        let inventories = makesDeltas ? try inventories.map { try $0.read().inventory } : []
        for target in plan.targets {
            guard let archive = target.repository.storeRepository?.store as? CommonTransportArchive else { continue }
            try archive.leaveOut(assumed)
            guard makesDeltas else { continue }
            let bases = try await DeltaCandidates(source: source, access: access, options: options).find(
                for: target,
                earlier: { name in since ?? inventories.lazy.compactMap { $0.newestVersion(of: name) }.first },
                isThere: { archive.leavesOut($0, size: $1) })
            try archive.makeDeltas(bases)
        }
    }
}
