// SPDX-License-Identifier: Apache-2.0

public import Basics
public import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import Repositories
internal import Transfer

/// The options of a transfer that say what an archive leaves out, and how it is cut.
struct DifferenceOptions: ParsableOptions {
    @Option(
        help: "leave out of the archive what this inventory of the receiver holds; repeatable", valueName: "INVENTORY",
        completion: .file)
    var have: [String] = []
    @Option(help: "verify inventories with this public key", valueName: "KEY", completion: .file)
    var verifyInventory: NamedFile?
    @Option(help: "leave out of the archive the blobs of this version, which the receiver has") var since:
        ComponentVersion?
    @Flag(help: "let blobs that changed since then travel as deltas; needs --have or --since") var deltas = false
    @Option(help: "cut the archive into volumes of at most this size, such as 25GB or 4GiB") var volumeSize: ByteCount?

    init() {}

    /// How the archives of a transfer are written; checked against its targets. Inventories are verified.
    func packing(_ format: ArchiveFormat?, for targets: [RepositoryLocator], _ context: OCMContext) throws
        -> ArchivePacking
    {
        var packing = ArchivePacking()
        (packing.format, packing.volumeSize, packing.since) = (format, volumeSize?.bytes, since)
        packing.makesDeltas = deltas
        guard !have.isEmpty || since != nil else {
            guard verifyInventory == nil else { throw UsageError("--verify-inventory needs --have") }
            guard !deltas else {
                throw UsageError("--deltas needs --have or --since", fix: "say what the receiver has")
            }
            return packing
        }
        for target in targets {
            guard case .archive = target.kind else {
                throw UsageError(
                    "--have and --since are for archives, and \(target) is none",
                    fix: "leave them out; what a registry has is never moved again")
            }
        }
        for file in have { packing.inventories.append(try pinned(file, context)) }
        return packing
    }

    private func pinned(_ file: String, _ context: OCMContext) throws -> ArchivePacking.PinnedInventory {
        let pinned = try ArchivePacking.PinnedInventory(reading: file)
        let signed = try pinned.read().signed
        if let verifyInventory {
            let key = try TrustResolver.publicKey(verifyInventory.path)
            _ = try signed.verify(with: key, name: verifyInventory.name, source: file)
        } else {
            let state = signed.signatures.isEmpty ? "is not signed" : "was not verified; use --verify-inventory KEY"
            context.terminal.note("note: the inventory \(file) \(state)")
        }
        return pinned
    }

    /// Says how much archives would leave out that are not written.
    static func forecast(_ assumed: AssumedBlobs, _ plan: TransferPlan, _ context: OCMContext) async throws {
        let (blobs, bytes) = try await plan.leftOut(assumed)
        context.terminal.note(
            "note: \(blobs) blobs of \(ByteCount(bytes)) would be left out, taken to be there: "
                + assumed.basis.joined(separator: ", "))
    }

    /// Says what the archives that were written leave out.
    static func report(_ targets: [any ComponentVersionRepository], _ context: OCMContext) {
        for target in targets {
            guard let archive = target.storeRepository?.store as? CommonTransportArchive else { continue }
            let omitted = archive.omittedBlobs
            guard !omitted.isEmpty else { continue }
            let bytes = omitted.reduce(Int64(0)) { $0 + $1.size }
            let deltas = omitted.compactMap(\.delta)
            if !deltas.isEmpty {
                context.terminal.note(
                    "note: \(deltas.count) of them travel as deltas of \(ByteCount(deltas.reduce(0) { $0 + $1.size }))")
            }
            context.terminal.note(
                "note: \(target.locator) leaves out \(omitted.count) blobs of \(ByteCount(bytes)), taken to be there: "
                    + archive.omissionBasis.joined(separator: ", "))
        }
    }
}

extension ByteCount: ArgumentValue {
    /// Reads `512`, `10MiB`, `25GB`.
    public init(argument: String) throws {
        guard let size = Self(parsing: argument), size.bytes > 0 else {
            throw UsageError("“\(argument)” is no size", fix: "write it as 25GB, 4GiB or 700MB")
        }
        self = size
    }
    /// `SIZE`.
    public static var defaultValueName: String { "SIZE" }
    /// As it reads well.
    public var argumentText: String { description }
}

extension ComponentVersion: ArgumentValue {
    init(argument: String) throws { try self.init(argument) }
    static var allCompletions: [String] { [] }
    static var defaultValueName: String { "VERSION" }
    var argumentText: String { text }
}
