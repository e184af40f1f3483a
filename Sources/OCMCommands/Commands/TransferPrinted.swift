// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CELWorkbench
internal import CommandLineKit
internal import Documents
internal import Evidence
internal import Orchestration
internal import Repositories
internal import Transfer

/// `ocm transfer --transfer-spec FILE`
struct TransferPrinted: Command {
    static let configuration = CommandConfiguration(
        "transfer", abstract: "Run a transfer that --dry-run printed",
        discussion: """
            What is carried, how, and to where was settled when the specification was printed. It is refused when a \
            source, an inventory or an earlier version that it was made from has changed since. After a crash, the \
            same command goes on where it was, also in the middle of a blob.
            """,
        examples: [
            "ocm transfer cv -r ./archive//acme.org/app:1.0.0 registry.enclave/ocm --dry-run -o yaml > plan.yaml",
            "ocm transfer --transfer-spec plan.yaml --verify acme-signature=keys/acme-public.pem",
        ])

    @Option(
        help: "run what --dry-run printed, - for standard input; refused when a source has changed since",
        valueName: "FILE", completion: .file)
    var transferSpec: String
    @Option(
        help: "verify this signature with this public key before anything moves; repeatable", valueName: "NAME=KEY",
        completion: .file)
    var verify: [NamedFile] = []
    @OptionGroup var evidence: EvidenceOptions
    @Option(short: "j", help: "how many resources move at once; without it 2, and small ones beside them")
    var concurrencyLimit: Int?
    @OptionGroup var limits: TransferLimitOptions
    @OptionGroup var journal: JournalOptions
    @Option(short: "o", help: "text, json or yaml") var output = OutputFormat.text

    func run(in context: OCMContext) async throws {
        try await PrintedTransfer(
            file: transferSpec, verify: verify, evidence: evidence, concurrency: concurrencyLimit, limits: limits,
            journal: journal, output: output
        ).run(in: context)
    }
}

/// Runs a specification that was printed before.
struct PrintedTransfer {
    let file: String
    let verify: [NamedFile]
    let evidence: EvidenceOptions
    let concurrency: Int?
    let limits: TransferLimitOptions
    let journal: JournalOptions
    let output: OutputFormat

    func run(in context: OCMContext) async throws {
        let described = EvidenceRun(
            program: "ocm \(Version.text)", command: "transfer", source: file,
            options: ["verify": verify.map(\.argumentText).joined(separator: ",")])
        try await evidence.recording(described, in: context) { observer in
            let options = try options(context, observer)
            let source = file == "-" ? "standard input" : file
            let specification = try OrchestrationSpecification(
                YAML.document(VariableNotation.contents(file), source: source))
            let kept = try await journal.open(
                TransferFingerprint.digest(of: specification.document.root), context)
            defer { kept?.close() }
            let report = try await DiskBudget.$current.withValue(options.budgets?.disk) {
                try await GeneratedTransfer(context: context, options: options).run(specification)
            }
            try kept?.end(isDone: report.isComplete, context)
            try context.present(report, of: nil, as: output)
        }
    }

    private func options(_ context: OCMContext, _ evidence: @escaping EvidenceObserver) throws -> TransferOptions {
        var options = TransferOptions()
        try options.setRun(verify, concurrency: concurrency, limits, evidence, in: context)
        return options
    }
}

extension TransferOptions {
    /// What belongs to a run and not to what it carries: whom it trusts, what it may take, and who writes it down.
    mutating func setRun(
        _ verify: [NamedFile], concurrency: Int?, _ limits: TransferLimitOptions,
        _ evidence: @escaping EvidenceObserver,
        in context: OCMContext
    ) throws {
        guard (1...64).contains(concurrency ?? 1) else { throw UsageError("--concurrency-limit must be 1 to 64") }
        trust = try TrustResolver(context: context).trust(verify)
        let budgets = try TransferBudgets(limits.values, jobs: concurrency)
        self.concurrency = budgets.jobs
        self.budgets = budgets
        self.evidence = evidence
        temporaryFolder = context.globals.tempFolder
    }
}

extension TransferOptionGroup {
    /// Runs a specification that was printed before; refuses options that were settled then.
    func run(specification file: String, _ others: [String], in context: OCMContext) async throws {
        guard !dryRun else { throw UsageError("--dry-run prints a specification; this one is printed already") }
        if let option = (others + settled).first {
            throw UsageError(
                "\(option) has no place beside --transfer-spec: the specification says what is carried, and how",
                fix: "give \(option) when the specification is printed, or name source and target instead")
        }
        try await PrintedTransfer(
            file: file, verify: verify, evidence: evidence, concurrency: concurrencyLimit, limits: limits,
            journal: journal, output: output
        ).run(in: context)
    }

    /// The options that are given and that a printed specification has an answer for.
    private var settled: [String] {
        let options: [(String, Bool)] = [
            ("--recursive", recursive), ("--copy-resources", copyResources),
            ("--copy-local-resources", copyLocalResources), ("--copy-sources", copySources),
            ("--overwrite", overwrite), ("--enforce", enforce), ("--no-update", noUpdate),
            ("--stop-on-existing", stopOnExisting), ("--omit-access-types", !omitAccessTypes.isEmpty),
            ("--upload-as", uploadAs != nil), ("--uploader", !uploader.isEmpty), ("--disable-uploads", disableUploads),
            ("--type", type != nil), ("--lookup", !lookup.isEmpty), ("--have", !difference.have.isEmpty),
            ("--verify-inventory", difference.verifyInventory != nil), ("--since", difference.since != nil),
            ("--deltas", difference.deltas), ("--volume-size", difference.volumeSize != nil),
        ]
        return options.filter(\.1).map(\.0)
    }
}
