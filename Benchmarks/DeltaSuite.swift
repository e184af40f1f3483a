// SPDX-License-Identifier: Apache-2.0

import Basics
import CommandLineKit
import Cryptography
import Deltas

/// `benchmarks delta`
struct DeltaSuite: Command {
    static let configuration = CommandConfiguration(
        "delta",
        abstract:
            "Cut points beside SHA-256; a 1 GiB layer with one changed file, and one compressed, beside xdelta3 and zstd"
    )

    func run(in context: BenchmarkContext) async throws {
        cutPoints(context)
        try await LayerCase(context: context).run()
    }

    /// The search for cut points and a digest over the same bytes in memory, in turn.
    private func cutPoints(_ context: BenchmarkContext) {
        var noise = Noise(seed: 7)
        let bytes = noise.bytes((256 << 20) / context.options.divisor)
        let gigabytes = Double(bytes.count) / 1e9
        for average in [2048, 4096, 16_384, 65_536] {
            var (search, digest, sizes): ([Double], [Double], [Int]) = ([], [], [])
            for _ in 1...context.options.rounds {
                var start = ContinuousClock.now
                sizes = Self.cut(bytes, ContentChunker(average: average))
                search.append(gigabytes / ((ContinuousClock.now - start) / .seconds(1)))
                start = ContinuousClock.now
                _ = Digest(of: bytes)
                digest.append(gigabytes / ((ContinuousClock.now - start) / .seconds(1)))
            }
            let name = "cut points, average \(average)"
            var figure = Figure(suite: "delta", name: name, metric: "speed", value: median(search), unit: "GB/s")
            figure.peer = ("SHA-256", median(digest), median(zip(search, digest).map { $0 / $1 }))
            context.report(figure)
            context.report(
                Figure(
                    suite: "delta", name: name, metric: "mean_size", value: Double(bytes.count) / Double(sizes.count),
                    unit: "B"))
        }
    }

    private static func cut(_ bytes: [UInt8], _ chunker: ContentChunker) -> [Int] {
        var sizes: [Int] = []
        let span = bytes.span
        var offset = 0
        while offset < span.count {
            let size = chunker.chunkLength(span.extracting(offset..<span.count))
            sizes.append(size)
            offset += size
        }
        return sizes
    }
}
