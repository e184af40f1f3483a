// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import TestServers

/// `benchmarks transfer`
struct TransferSuite: Command {
    static let configuration = CommandConfiguration(
        "transfer",
        abstract: "Between registries and archives, many small blobs, many components, two targets; beside other tools",
        discussion: """
            All contenders of a row run in turn in every round, after a round that does not count. Ratios are those of \
            the medians. processor is the time that a program and what it started used, registries_processor that of all \
            registries it talked to, peak_memory the sum over processes that ran at once.
            """)

    @Option(help: "only the rows whose name contains this", valueName: "TEXT") var only: String?
    @Option(
        help: "only rows that carry this: layers, of 1 GiB together; blobs, 2,000; or components, 20 of 50 blobs",
        valueName: "CONTENT") var content: Content?
    @Flag(help: "memory with 1, 4 and 10 GiB instead, which takes minutes and 22 GiB of disk") var large = false

    /// What rows carry.
    enum Content: String, ArgumentValue, CaseIterable { case layers, blobs, components }

    func run(in context: BenchmarkContext) async throws {
        let programs = TransferPrograms(ocm: try context.ocm, peers: context.peers)
        if large { return try await LargeContents(programs: programs, context: context).run() }
        for content in Content.allCases where self.content.map({ $0 == content }) ?? true {
            let work = try context.workFolder()
            context.say("transfer: making \(content.rawValue)")
            let source = try await StartedRegistry(context.peers[.registry], data: "\(work.path)/source")
            for row in try await rows(content, in: "\(work.path)/content", programs, source, context)
            where only.map({ row.name.contains($0) }) ?? true {
                try await row.run(in: work.path, context)
            }
        }
    }

    private func rows(
        _ content: Content, in folder: String, _ programs: TransferPrograms, _ source: StartedRegistry,
        _ context: BenchmarkContext
    ) async throws -> [TransferRow] {
        let divisor = context.options.divisor
        if content == .layers {
            let image = CarriedImage(folder: folder, layerSize: (128 << 20) / divisor)
            try await image.make(with: programs, in: source)
            return try image.rows(programs, from: source)
        }
        let isOne = content == .blobs
        let blobs = SmallBlobs(
            images: 20, layers: max((isOne ? 100 : 50) / divisor, 1), size: isOne ? 4096 : 16 << 10,
            isOneComponent: isOne, folder: folder)
        try await blobs.make(with: programs, in: source)
        return blobs.rows(programs, from: source)
    }
}
