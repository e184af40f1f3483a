// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Evidence
internal import Operations
internal import Orchestration
internal import Repositories
internal import Transfer
internal import WebClient

/// The options that both transfer commands take.
struct TransferOptionGroup: ParsableOptions {
    @Flag(short: "r", help: "carry referenced component versions too") var recursive = false
    @Flag(short: "V", help: "carry all resources by value") var copyResources = false
    @Flag(short: "L", help: "carry resources of relation local by value") var copyLocalResources = false
    @Flag(help: "carry sources by value") var copySources = false
    @Flag(short: "f", help: "replace versions in the target that have other content") var overwrite = false
    @Flag(help: "write versions as if the target did not have them") var enforce = false
    @Flag(help: "leave versions that are in the target alone") var noUpdate = false
    @Flag(short: "E", help: "do not look below versions that are in the target") var stopOnExisting = false
    @Option(short: "N", help: "access types that stay references", valueName: "TYPE,…") var omitAccessTypes: [String] =
        []
    @Option(short: "u", help: "how OCI artifacts are stored in a registry: localBlob (default) or ociArtifact")
    var uploadAs: TransferOptions.UploadAs?
    @Option(
        help: "send contents of some kinds to a place of their own: ocm/ociArtifacts, ocm/mavenPackage or "
            + "ocm/npmPackage, with its address; repeatable, beside those of the configuration",
        valueName: "NAME[:TYPE[:MEDIATYPE[:PRIORITY]]]=ADDRESS")
    var uploader: [String] = []
    @Flag(help: "leave all contents beside their descriptors, whatever the configuration says") var disableUploads =
        false
    @Option(
        help: "verify this signature with this public key before anything moves; repeatable", valueName: "NAME=KEY",
        completion: .file)
    var verify: [NamedFile] = []
    @Option(short: "t", help: "the format of a new archive: directory, tar or tgz") var type: ArchiveFormat?
    @Option(help: "another repository to look up referenced versions; repeatable") var lookup: [RepositoryLocator] = []
    @OptionGroup var difference: DifferenceOptions
    @OptionGroup var evidence: EvidenceOptions
    @Option(short: "j", help: "how many resources move at once; without it 2, and small ones beside them")
    var concurrencyLimit: Int?
    @OptionGroup var limits: TransferLimitOptions
    @OptionGroup var journal: JournalOptions
    @Flag(help: "print the plan and move nothing") var dryRun = false
    @Option(short: "o", help: "text, json or yaml") var output = OutputFormat.text

    init() {}

    func options(
        _ context: OCMContext, _ evidence: @escaping EvidenceObserver = { _ in }
    ) throws -> TransferOptions {
        guard !(noUpdate && (overwrite || enforce)) else {
            throw UsageError("--no-update contradicts --overwrite and --enforce")
        }
        var options = try TransferOptions(context.configuration)
        try options.setRun(verify, concurrency: concurrencyLimit, limits, evidence, in: context)
        if recursive { options.isRecursive = true }
        if copyResources || copyLocalResources { options.copyResources = copyResources ? .all : .local }
        if copySources { options.copiesSources = true }
        if noUpdate || enforce || overwrite { options.existing = noUpdate ? .skip : enforce ? .enforce : .replace }
        if stopOnExisting { options.stopsOnExisting = true }
        options.omittedAccessTypes.formUnion(omitAccessTypes.flatMap { $0.split(separator: ",").map(String.init) })
        if let uploadAs { options.uploadAs = uploadAs }
        if !disableUploads {
            options.uploads = try UploadHandler.all(in: context.configuration)
            options.uploads += try uploader.map { text throws(Fault) in try UploadHandler(notation: text) }
        }
        return options
    }

    /// Plans, and unless it is a dry run carries out, the transfer of some versions.
    func transfer(
        _ select: @Sendable (any ComponentVersionRepository) async throws -> [ComponentVersionIdentity],
        from source: any ComponentVersionRepository, to targets: [RepositoryLocator], in context: OCMContext
    ) async throws {
        let run = evidence.run("transfer", from: source.locator, to: targets, options: named)
        try await evidence.recording(run, in: context) { observer in
            try await carry(select, from: source, to: targets, in: context, observer)
        }
    }

    /// What was asked for, by the names of the options.
    private var named: [String: String] {
        [
            "recursive": "\(recursive)", "copy-resources": "\(copyResources)", "copy-sources": "\(copySources)",
            "overwrite": "\(overwrite)", "enforce": "\(enforce)", "dry-run": "\(dryRun)",
            "verify": verify.map(\.argumentText).joined(separator: ","),
            "lookup": lookup.map(\.description).joined(separator: " "),
        ]
    }

    private func carry(
        _ select: @Sendable (any ComponentVersionRepository) async throws -> [ComponentVersionIdentity],
        from source: any ComponentVersionRepository, to targets: [RepositoryLocator], in context: OCMContext,
        _ evidence: @escaping EvidenceObserver
    ) async throws {
        let options = try options(context, evidence)
        try await DiskBudget.$current.withValue(options.budgets?.disk) {
            try await carry(select, from: source, to: targets, options, in: context)
        }
    }

    private func carry(
        _ select: @Sendable (any ComponentVersionRepository) async throws -> [ComponentVersionIdentity],
        from source: any ComponentVersionRepository, to targets: [RepositoryLocator], _ options: TransferOptions,
        in context: OCMContext
    ) async throws {
        let kept = Guarded<TransferJournal?>(nil)
        defer { kept.withLock { $0 }?.close() }
        let planned = try await planned(
            { repository in
                let roots = try await select(repository)
                guard !dryRun else { return roots }
                let fingerprint = TransferFingerprint.digest(
                    from: source.locator, to: targets, roots: roots, options: options)
                // Before the targets are opened, whose uploads it notes.
                let opened = try await journal.open(fingerprint, context)
                kept.withLock { $0 = opened }
                return roots
            }, from: source, to: targets, options, onlyPlanning: dryRun, in: context)
        let plan = planned.plan
        var generator = TransferGenerator(
            plan, publishesArtifacts: options.uploadAs == .ociArtifact, packing: planned.packing)
        let specification = generator.specification()
        guard !dryRun else {
            return context.present(specification, as: output) { plan.text }
        }
        let report = try await GeneratedTransfer(context: context, options: options)
            .run(plan, generator, specification)
        try kept.withLock { $0 }?.end(isDone: report.isComplete, context)
        DifferenceOptions.report(plan.targets.map(\.repository), context)
        try context.present(report, of: plan, as: output)
    }

    /// Reads the source and asks the targets.
    func planned(
        _ select: @Sendable (any ComponentVersionRepository) async throws -> [ComponentVersionIdentity],
        from source: any ComponentVersionRepository, to targets: [RepositoryLocator], _ options: TransferOptions,
        onlyPlanning: Bool = true, in context: OCMContext
    ) async throws -> PlannedTransfer {
        let packing = try difference.packing(type, for: targets, context)
        let found = try await context.source(source, lookup: lookup)
        let roots = try await select(source)
        let assumed = try await packing.assumed(for: roots, from: found, context.access, options)
        var repositories: [any ComponentVersionRepository] = []
        for target in targets { repositories.append(try await openTarget(target, packing, onlyPlanning, context)) }
        let planner = TransferPlanner(source: found, targets: repositories, access: context.access, options: options)
        var plan = try await planner.plan(roots)
        if let assumed {
            if onlyPlanning {
                try await DifferenceOptions.forecast(assumed, plan, context)
                plan = try await plan.leavingOut(assumed)
            } else {
                try await packing.apply(assumed, to: plan, from: found, context.access, options)
            }
        }
        plan = try await plan.receiving(
            lookup: Array(found.repositories.dropFirst()), concurrency: options.concurrency, mounting: !onlyPlanning,
            temporaryFolder: options.temporaryFolder)
        let record = PackingRecord(packing, roots: roots, lookup: lookup, options: options, assumed: assumed)
        return PlannedTransfer(plan: plan, packing: record, assumed: assumed)
    }

    /// What only plans must not make the archive that would be written.
    private func openTarget(
        _ target: RepositoryLocator, _ packing: ArchivePacking, _ onlyPlanning: Bool, _ context: OCMContext
    ) async throws -> any ComponentVersionRepository {
        guard onlyPlanning else { return try await packing.open(target, context.connections) }
        if packing.volumeSize != nil { try RepositoryConnections.requireArchive(target) }
        do {
            return try await context.connections.open(target, .read)
        } catch let fault as Fault where fault.code == .notFound {
            return EmptyRepository(locator: target)
        }
    }
}

/// A plan, and what it was made from.
struct PlannedTransfer {
    let plan: TransferPlan
    /// How its archives are written.
    let packing: PackingRecord
    /// What their receiver is taken to have.
    let assumed: AssumedBlobs?
}

extension TransferOptions.UploadAs: ArgumentValue {}
