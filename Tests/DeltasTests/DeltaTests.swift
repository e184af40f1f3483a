// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import Deltas
import TestInputs
import Testing

func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
}

func base(_ bytes: [UInt8]) -> DeltaBase {
    DeltaBase(digest: Digest(of: bytes), size: Int64(bytes.count)) { offset, count in
        let start = min(bytes.count, Int(offset))
        return Array(bytes[start..<min(bytes.count, start + count)])
    }
}

func target(_ bytes: [UInt8]) -> DeltaTarget {
    DeltaTarget(digest: Digest(of: bytes), size: Int64(bytes.count)) { pieces(bytes, of: 5000) }
}

/// A stream in pieces, as a network gives them.
func pieces(_ bytes: [UInt8], of size: Int) -> ByteStream {
    let position = Guarded(0)
    return ByteStream {
        position.withLock { position in
            guard position < bytes.count else { return nil }
            defer { position += size }
            return bytes[position..<min(bytes.count, position + size)]
        }
    }
}

/// Collects what a maker puts.
final class Collector: @unchecked Sendable {
    // Proof of Sendable: one task puts and then reads.
    var bytes: [UInt8] = []
}

func make(_ content: [UInt8], from bases: [[UInt8]]) async throws -> (delta: [UInt8], DeltaStatistics) {
    let collector = Collector()
    let statistics = try await DeltaMaker().make(target(content), from: bases.map(base)) { collector.bytes += $0 }
    #expect(statistics.size == collector.bytes.count && statistics.targetSize == content.count)
    return (collector.bytes, statistics)
}

func apply(
    _ delta: [UInt8], to bases: [[UInt8]], digest: Digest, size: Int64? = nil, limits: DeltaLimits = .standard
) async throws -> [UInt8] {
    let known = Dictionary(bases.map { (Digest(of: $0), base($0)) }) { first, _ in first }
    return try await DeltaApplier(limits: limits).blob(digest, size: size, from: pieces(delta, of: 777)) { needed in
        guard let base = known[needed.digest] else { throw Fault(.notFound, "there is no \(needed.digest)") }
        return base
    }.collect(limit: 1 << 28)
}

/// Bytes like those of a tar of small files: headers with a time, contents that stay.
func archive(files: Range<Int>, time: String, changed: Set<Int> = []) -> [UInt8] {
    files.flatMap { number -> [UInt8] in
        var header = Array("folder/file-\(number).txt".utf8)
        header += [UInt8](repeating: 0, count: 136 - header.count) + Array(time.utf8)
        header += [UInt8](repeating: 0, count: 512 - header.count)
        let content = noise(1024 + 37 * (number % 50), seed: UInt64(number) + (changed.contains(number) ? 1000 : 0))
        return header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    }
}

@Suite("Deltas") struct DeltaTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let bases: [[UInt8]]
        let target: [UInt8]
        /// The most bytes the delta may have.
        let most: Int
    }

    static let old = noise(600_000)
    static let overhead = 420
    static let cases: [Case] = [
        Case(testDescription: "the same bytes", bases: [old], target: old, most: overhead),
        Case(testDescription: "no bytes", bases: [old], target: [], most: overhead),
        Case(testDescription: "no bytes from an empty base", bases: [[]], target: [], most: overhead),
        Case(testDescription: "no base", bases: [], target: Array(old[..<9000]), most: 9000 + overhead),
        Case(testDescription: "other bytes", bases: [noise(600_000, seed: 2)], target: old, most: 600_000 + overhead),
        Case(testDescription: "one byte", bases: [old], target: [7], most: overhead),
        Case(
            testDescription: "a byte is another one", bases: [old],
            target: old[..<300_000] + [old[300_000] ^ 1] + old[300_001...], most: overhead + 100),
        Case(
            testDescription: "a byte more at the start", bases: [old], target: [1] + old, most: overhead + 60),
        Case(
            testDescription: "a byte less at the start", bases: [old], target: Array(old.dropFirst()),
            most: overhead + 3000),
        Case(
            testDescription: "10 000 bytes more in the middle", bases: [old],
            target: old[..<300_000] + noise(10_000, seed: 3) + old[300_000...], most: overhead + 10_100),
        Case(
            testDescription: "100 000 bytes less in the middle", bases: [old],
            target: Array(old[..<300_000] + old[400_000...]), most: overhead + 100),
        Case(
            testDescription: "other bytes, and behind them many small changes", bases: [old],
            target: old[..<100_000] + noise(8000, seed: 3)
                + old[107_700..<300_000].enumerated().map { $0 % 150 == 0 ? $1 ^ 1 : $1 } + old[300_000...],
            most: overhead + 10_000 + 1300 * 8),
        Case(
            testDescription: "halves exchanged", bases: [old], target: Array(old[300_000...] + old[..<300_000]),
            most: overhead + 3000),
        Case(
            testDescription: "pieces of two bases", bases: [old, noise(300_000, seed: 4)],
            target: Array(noise(300_000, seed: 4)[50_000...] + old[..<200_000]), most: overhead + 6000),
        Case(
            testDescription: "bytes that compress", bases: [noise(1000)],
            target: Array(String(repeating: "text that repeats ", count: 10_000).utf8), most: overhead + 1000),
        Case(
            testDescription: "zeros", bases: [[UInt8](repeating: 0, count: 200_000)],
            target: [UInt8](repeating: 0, count: 500_000), most: overhead + 3000),
        Case(
            testDescription: "small files, all with another time",
            bases: [archive(files: 0..<300, time: "14000000000")],
            target: archive(files: 0..<300, time: "14777777777"), most: overhead + 300 * 40),
        Case(
            testDescription: "small files, some changed, some new",
            bases: [archive(files: 0..<300, time: "14000000000")],
            target: archive(files: 0..<310, time: "14000000000", changed: [5, 100]), most: overhead + 12 * 4500),
    ]

    @Test("gives the bytes again, and is small where the bases have them", arguments: cases)
    func roundTrip(example: Case) async throws {
        let (delta, statistics) = try await make(example.target, from: example.bases)
        let digest = Digest(of: example.target)
        #expect(try await apply(delta, to: example.bases, digest: digest) == example.target)
        #expect(delta.count <= example.most, "\(delta.count) bytes, \(statistics.copies) copies")
        #expect(statistics.copied + statistics.inserted == example.target.count)
        #expect(statistics.form == .bytes)
    }

    @Test("edits at random give the bytes again", arguments: 1...12 as ClosedRange<UInt64>)
    func randomEdits(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let old = noise(Int.random(in: 0...150_000, using: &generator), seed: seed)
        var new = old
        for _ in 0..<Int.random(in: 1...30, using: &generator) {
            let place = Int.random(in: 0...new.count, using: &generator)
            let end = min(new.count, place + Int.random(in: 0...3000, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: new.removeSubrange(place..<end)
            case 1: new.insert(contentsOf: noise(end - place, seed: seed + 99), at: place)
            case 2: new.insert(contentsOf: new[place..<end], at: Int.random(in: 0...new.count, using: &generator))
            default: if place < new.count { new[place] ^= 0x55 }
            }
        }
        let (delta, _) = try await make(new, from: [old])
        #expect(try await apply(delta, to: [old], digest: Digest(of: new)) == new)
    }

    @Test("a base or target that does not have its digest is refused when the delta is made")
    func wrongInputs() async throws {
        let other = noise(1000, seed: 5)
        let forged = DeltaBase(digest: Digest(of: Self.old), size: 1000, read: base(other).read)
        await #expect(throws: Fault.self) { try await DeltaMaker().make(target(Self.old), from: [forged]) { _ in } }
        let wrong = DeltaTarget(digest: Digest(of: Self.old), size: 1000) { ByteStream(other) }
        await #expect(throws: Fault.self) { try await DeltaMaker().make(wrong, from: [base(Self.old)]) { _ in } }
    }

    @Test("a base with other bytes gives an error and never all bytes of a wrong blob")
    func wrongBase() async throws {
        let new = Self.old + [1, 2, 3]
        let (delta, _) = try await make(new, from: [Self.old])
        var altered = Self.old
        altered[1000] ^= 1
        let forged = DeltaBase(digest: Digest(of: Self.old), size: Int64(Self.old.count), read: base(altered).read)
        let stream = try await DeltaApplier().blob(Digest(of: new), size: nil, from: ByteStream(delta)) { _ in forged }
        var got = 0
        do {
            while let chunk = try await stream.next() { got += chunk.count }
            Issue.record("a wrong blob came out")
        } catch let fault as Fault { #expect(fault.code == .mismatch) }
        #expect(got < new.count)
        // A base of another digest, a blob of another digest or size.
        for (digest, size) in [(Digest(of: [1]), nil), (Digest(of: new), Int64(5))] as [(Digest, Int64?)] {
            await #expect(throws: Fault.self) { try await apply(delta, to: [Self.old], digest: digest, size: size) }
        }
        await #expect(throws: Fault.self) {
            try await DeltaApplier().blob(Digest(of: new), size: nil, from: ByteStream(delta)) { _ in base(altered) }
        }
    }

    @Test("a base that can only be read from its start is spooled within its limit")
    func spooling() async throws {
        let digest = Digest(of: Self.old), size = Int64(Self.old.count)
        let spooled = try await DeltaBase.spooling(pieces(Self.old, of: 9999), digest: digest, size: size, limit: size)
        #expect(try await spooled.read(1000, 50) == Array(Self.old[1000..<1050]) && spooled.size == size)
        for (stream, limit) in [(pieces(Self.old, of: 9999), size - 1), (pieces([1] + Self.old, of: 9999), 1 << 30)] {
            await #expect(throws: Fault.self) {
                try await DeltaBase.spooling(stream, digest: digest, size: size, limit: limit)
            }
        }
    }
}
