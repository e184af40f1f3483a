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

    /// Whether any of them is given.
    var isAsked: Bool { !have.isEmpty || since != nil || volumeSize != nil || verifyInventory != nil || deltas }

    /// Opens an archive that is cut into volumes; nil when none is asked for.
    func openVolumes(
        _ target: RepositoryLocator, _ type: ArchiveFormat?, _ context: OCMContext
    ) async throws -> (any ComponentVersionRepository)? {
        guard let volumeSize else { return nil }
        return try await context.connections.createVolumes(target, format: type, volumeSize: volumeSize.bytes)
    }

    /// What the receiver is taken to have; nil when nothing is asked for.
    func assumed(
        by targets: [RepositoryLocator], _ roots: [ComponentVersionIdentity], from source: ComponentVersionSource,
        _ options: TransferOptions, _ context: OCMContext
    ) async throws -> AssumedBlobs? {
        guard !have.isEmpty || since != nil else {
            guard verifyInventory == nil else { throw UsageError("--verify-inventory needs --have") }
            return nil
        }
        for target in targets {
            guard case .archive = target.kind else {
                throw UsageError(
                    "--have and --since are for archives, and \(target) is none",
                    fix: "leave them out; what a registry has is never moved again")
            }
        }
        var assumed = AssumedBlobs()
        if let since {
            assumed = try await BaseVersionReader(source: source, access: context.access, options: options).blobs(
                of: since, for: roots)
        }
        for file in have { try read(file, context).assume(in: &assumed) }
        return assumed
    }

    /// Tells the archives that will be written what to leave out; a dry run, which has none, says how much that is.
    static func apply(_ assumed: AssumedBlobs, to plan: TransferPlan, dryRun: Bool, _ context: OCMContext) async throws
    {
        guard !dryRun else {
            let (blobs, bytes) = try await plan.leftOut(assumed)
            return context.terminal.note(
                "note: \(blobs) blobs of \(ByteCount(bytes)) would be left out, taken to be there: "
                    + assumed.basis.joined(separator: ", "))
        }
        for target in plan.targets {
            guard let archive = target.repository.storeRepository?.store as? CommonTransportArchive else { continue }
            try archive.leaveOut(assumed)
        }
    }

    /// Tells the archive that is written which blobs may travel as deltas of what the receiver has.
    func applyDeltas(
        to plan: TargetPlan, from source: ComponentVersionSource, _ options: TransferOptions, _ context: OCMContext
    ) async throws {
        guard deltas else { return }
        guard !have.isEmpty || since != nil else {
            throw UsageError("--deltas needs --have or --since", fix: "say what the receiver has")
        }
        guard let archive = plan.repository.storeRepository?.store as? CommonTransportArchive else { return }
        let inventories = try have.map { try Inventory.read($0).inventory }
        let bases = try await DeltaCandidates(source: source, access: context.access, options: options).find(
            for: plan,
            earlier: { name in
                since ?? inventories.lazy.compactMap { $0.newestVersion(of: name) }.first
            }, isThere: { archive.leavesOut($0, size: $1) })
        try archive.makeDeltas(bases)
    }

    private func read(_ file: String, _ context: OCMContext) throws -> Inventory {
        let (inventory, signed) = try Inventory.read(file)
        if let verifyInventory {
            let key = try TrustResolver.publicKey(verifyInventory.path)
            _ = try signed.verify(with: key, name: verifyInventory.name, source: file)
        } else {
            let state = signed.signatures.isEmpty ? "is not signed" : "was not verified; use --verify-inventory KEY"
            context.terminal.note("note: the inventory \(file) \(state)")
        }
        return inventory
    }

    /// Says what the archives that were written leave out.
    static func report(_ plan: TransferPlan, _ context: OCMContext) {
        for target in plan.targets {
            guard let archive = target.repository.storeRepository?.store as? CommonTransportArchive else { continue }
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
