// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CELWorkbench
internal import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Evidence
internal import Operations
internal import Orchestration
internal import Transfer

/// `ocm transfer specification FILE`
struct TransferSpecification: Command {
    static let configuration = CommandConfiguration(
        "specification", aliases: ["spec"], abstract: "Do what a transformation specification describes",
        discussion: """
            A specification lists operations whose properties may read, in ${…}, the properties and outputs of others; \
            that gives their order. Everything is checked before the first operation runs: kinds, references, circles \
            and types. What one operation reads and another writes goes from one repository to the other without a \
            file between them.

            A failure stops the operations that wait for it and no others. When some are done and some are not, the \
            exit code is 5. When content or a signature is not what it should be, it is 3.

            After a crash, the same command goes on where it was, also in the middle of a blob that goes to a \
            registry. Operations run again, verifications among them; what is written already is not moved again.

            A specification signs and verifies with keys that are named here, and reads no key files by itself.
            """,
        examples: [
            "ocm transfer specification transfer-spec.yaml --dry-run",
            "ocm transfer specification transfer-spec.yaml --jobs 8 -o json",
        ])

    @Argument(help: "a YAML or JSON file, - for standard input", valueName: "FILE", completion: .file)
    var file: String
    @Flag(help: "check it and show the order, and do nothing") var dryRun = false
    @OptionGroup var limits: TransferLimitOptions
    @OptionGroup var plugins: PluginOptions
    @Option(
        help: "a private key that the specification may sign with, under the name by which it knows it; repeatable",
        valueName: "NAME=FILE", completion: .file)
    var signingKey: [NamedFile] = []
    @Option(
        help: "a public key that the specification may verify with, by its name; repeatable; others come from the "
            + "configuration", valueName: "NAME=FILE", completion: .file)
    var publicKey: [NamedFile] = []
    @OptionGroup var evidence: EvidenceOptions
    @OptionGroup var journal: JournalOptions
    @Option(short: "o", help: "table, json or yaml") var output = OutputFormat.table

    mutating func validate() throws {
        guard (signingKey + publicKey).allSatisfy({ $0.name != nil }) else {
            throw UsageError("a key needs the name by which the specification knows it: NAME=FILE")
        }
    }

    func run(in context: OCMContext) async throws {
        let source = file == "-" ? "standard input" : file
        let document = try YAML.document(VariableNotation.contents(file), source: source)
        let budgets = try TransferBudgets(limits.values, jobs: 4)
        let described = EvidenceRun(
            program: "ocm \(Version.text)", command: "transfer specification", source: source,
            options: ["jobs": "\(budgets.jobs)"])
        let run: @Sendable (@escaping EvidenceObserver) async throws -> (OrchestrationGraph, SpecificationReport) = {
            evidence in
            try await context.withProgress { observer in
                let (specification, operations) = try await plugins.specification(document, context, observer: observer)
                let graph = try OrchestrationGraph(
                    specification, types: operations.map(\.type), together: TransferRun.isGenerated(specification))
                guard !dryRun else { return (graph, SpecificationReport(operations: [], moved: [:])) }
                let kept = try await journal.open(TransferFingerprint.digest(of: document.root), context)
                defer { kept?.close() }
                let report = try await DiskBudget.$current.withValue(budgets.disk) {
                    try await execute(specification, graph, operations, budgets, observer, evidence, in: context)
                }
                try kept?.end(isDone: report.operations.allSatisfy(\.outcome.isFinished), context)
                return (graph, report)
            }
        }
        if dryRun {
            let (graph, _) = try await run { _ in }
            return context.present(graph.json, as: output) { graph.text }
        }
        try await evidence.recording(described, in: context) { observer in
            try present(await run(observer).1, observer, in: context)
        }
    }

    private func present(
        _ report: SpecificationReport, _ evidence: EvidenceObserver, in context: OCMContext
    ) throws {
        for item in report.operations {
            switch item.outcome {
            case .finished: try evidence(.operationFinished(item.id))
            case .failed(let fault): try evidence(.operationFailed(item.id, reason: fault.message))
            case .skipped(let other): try evidence(.operationFailed(item.id, reason: "\(other) is not done"))
            }
        }
        context.present(report.json, as: output) { report.text }
        let lost = report.operations.filter { !$0.outcome.isFinished }
        guard !lost.isEmpty else { return }
        let first = lost.lazy.compactMap(\.outcome.failure).first
        let fix = first?.fix ?? "mend what failed"
        throw Fault(
            report.alarm ?? (lost.count < report.operations.count ? .partial : .invalid),
            "\(lost.count) of \(report.operations.count) operations are not done",
            fix: "\(fix); then run it again: what is written already is not moved again", cause: first)
    }

    private func keys(_ context: OCMContext) throws -> OperationKeys {
        var signing: [String: PrivateKey] = [:], verification: [String: VerificationKey] = [:]
        for file in signingKey { signing[file.name ?? ""] = try context.privateKey(file.path) }
        for file in publicKey { verification[file.name ?? ""] = .key(try TrustResolver.publicKey(file.path)) }
        let trust = TrustResolver(context: context)
        return OperationKeys(signing: signing) { [verification] name throws(Fault) in
            if let key = verification[name] { return key }
            for scheme in SignatureScheme.allCases {
                if let key = try trust.configuredKey(signature: name, algorithm: scheme.rawValue) { return key }
            }
            return nil
        }
    }

    private func execute(
        _ specification: OrchestrationSpecification, _ graph: OrchestrationGraph,
        _ operations: [Orchestration.Operation], _ budgets: TransferBudgets,
        _ observer: @escaping ProgressObserver, _ evidence: @escaping EvidenceObserver, in context: OCMContext
    ) async throws -> SpecificationReport {
        let run = OperationContext(
            connections: context.connections, keys: try keys(context), observer: observer, budgets: budgets,
            evidence: evidence)
        if TransferRun.isGenerated(specification) {
            let transfer = try TransferRun(specification, operations: operations, context: run)
            _ = try await transfer.requireFreshness()
            try await transfer.prepare(resolver: context.resolver, concurrency: budgets.jobs)
        }
        var settings = ExecutionSettings(width: budgets.jobs)
        settings.observe = { event in event.failure.map(observer) }
        let report = try await GraphExecutor(graph, settings, operations: operations, context: run).run()
        try await run.finish()
        return SpecificationReport(
            operations: report, moved: Dictionary(uniqueKeysWithValues: report.map { ($0.id, run.moved(by: [$0.id])) }))
    }
}

extension OrchestrationGraph {
    fileprivate var json: JSON {
        .array(
            nodes.map { node in
                [
                    "id": .string(node.operation.id), "type": .string(node.type.name),
                    "waitsFor": .array(node.dependencies.map { .string($0) }),
                ]
            })
    }

    fileprivate var text: String {
        var table = Table(columns: ["OPERATION", "TYPE", "WAITS FOR"])
        for node in nodes {
            let waits = node.dependencies.isEmpty ? "-" : node.dependencies.joined(separator: ", ")
            table.add([node.operation.id, node.type.name, waits])
        }
        return table.text()
    }
}
