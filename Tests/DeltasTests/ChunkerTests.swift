// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Deltas
import Testing

@Suite("Cut points") struct ChunkerTests {
    static func chunks(_ bytes: [UInt8], _ chunker: ContentChunker) -> [[UInt8]] {
        var chunks: [[UInt8]] = [], start = 0
        while start < bytes.count {
            let length = chunker.chunkLength(bytes.span.extracting(start..<bytes.count))
            chunks.append(Array(bytes[start..<start + length]))
            start += length
        }
        return chunks
    }

    @Test("chunks keep their bounds and have about the average size", arguments: [512, 2048, 16_384])
    func sizes(average: Int) {
        let chunker = ContentChunker(average: average)
        let chunks = Self.chunks(noise(100 * average), chunker)
        for chunk in chunks.dropLast() { #expect(chunk.count > chunker.minimum && chunk.count <= chunker.maximum) }
        #expect((50...150).contains(chunks.count))
        #expect(chunker.average == average)
    }

    @Test("what stands before or is changed in the middle leaves almost all chunks as they are")
    func resynchronising() {
        let old = noise(200_000), chunker = ContentChunker(average: 1024)
        let known = Set(Self.chunks(old, chunker))
        for new in [noise(777, seed: 2) + old, old[..<100_000] + [1, 2, 3] + old[100_050...]] {
            let fresh = Self.chunks(new, chunker).filter { !known.contains($0) }
            #expect(fresh.count <= 8, "\(fresh.count) of \(known.count) chunks are new")
        }
    }

    @Test("zeros and other bytes without a cut point end at the longest chunk")
    func monotone() {
        let chunker = ContentChunker(average: 1024)
        #expect(Self.chunks([UInt8](repeating: 0, count: 20_000), chunker).first?.count == chunker.maximum)
        #expect(chunker.chunkLength([UInt8]().span) == 0)
        #expect(chunker.chunkLength(([5] as [UInt8]).span) == 1)
    }

    @Test("the table of random bits is the same in every run")
    func table() {
        let lengths = Self.chunks(noise(50_000), ContentChunker(average: 1024)).map(\.count)
        #expect(lengths.prefix(4) == [1495, 2115, 1170, 598])
    }
}
