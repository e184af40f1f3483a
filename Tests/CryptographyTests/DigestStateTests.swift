// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import TestInputs
import Testing

@Suite("Digests that are gone on with") struct DigestStateTests {
    static let content = (0..<20_000).flatMap { Digest(of: Array("\($0)".utf8)).bytes }

    @Test(
        "are those of the whole content, wherever they are taken up", arguments: Digest.Algorithm.allCases,
        [0, 128, 1280, 65_536, 639_872])
    func resumed(algorithm: Digest.Algorithm, offset: Int) throws {
        var first = ResumableHasher(algorithm)
        first.update(Self.content[..<offset])
        let known = first.state
        let state = try #require(known)
        #expect(state.offset == Int64(offset) && state.algorithm == algorithm)
        let read = try #require(DigestState(bytes: state.bytes))
        #expect(read == state)
        var second = ResumableHasher(resuming: read)
        for start in stride(from: offset, to: Self.content.count, by: 4097) {
            second.update(Self.content[start..<min(start + 4097, Self.content.count)])
        }
        first.update(Self.content[offset...])
        let digests = [first.finalize(), second.finalize()]
        #expect(digests == Array(repeating: Digest(of: Self.content, algorithm: algorithm), count: 2))
    }

    @Test("have no state where a block is not full", arguments: Digest.Algorithm.allCases, [1, 64, 127, 129])
    func unaligned(algorithm: Digest.Algorithm, offset: Int) {
        var hasher = ResumableHasher(algorithm)
        hasher.update(Self.content[..<offset])
        let state = hasher.state
        #expect(state == nil)
    }

    @Test("count 64 bits, far behind what anybody has digested", arguments: Digest.Algorithm.allCases)
    func large(algorithm: Digest.Algorithm) throws {
        var bytes = ResumableHasher(algorithm).state?.bytes ?? []
        bytes.replaceSubrange(2..<10, with: [0, 0, 0x40, 0, 0, 0, 0, 0x80])
        let state = try #require(DigestState(bytes: bytes))
        var hasher = ResumableHasher(resuming: state)
        hasher.update(Self.content[..<128])
        let offset = hasher.state?.offset
        #expect(offset == 0x4000_0000_0100)
        var other = ResumableHasher(algorithm)
        other.update(Self.content[..<128])
        let (digest, plain) = (hasher.finalize(), other.finalize())
        #expect(digest != plain)
    }

    private static func start(_ algorithm: Digest.Algorithm) throws -> [UInt8] {
        let state = ResumableHasher(algorithm).state
        return try #require(state).bytes
    }

    @Test("are not taken from malformed states") func malformed() throws {
        let good = try Self.start(.sha256), long = try Self.start(.sha512)
        let bad: [[UInt8]] = [
            [], [1], [1, 0], Array(good.dropLast()), good + [0], [0] + good.dropFirst(), [2] + good.dropFirst(),
            [1, 1] + good.dropFirst(2), [1, 2] + good.dropFirst(2), [1, 0] + long.dropFirst(2),
            [1, 0, 0, 0, 0, 0, 0, 0, 0, 1] + good.dropFirst(10), [1, 0, 0, 0, 0, 0, 0, 0, 0, 64] + good.dropFirst(10),
            [1, 0, 0x80, 0, 0, 0, 0, 0, 0, 0] + good.dropFirst(10),
            [1, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x80] + good.dropFirst(10),
        ]
        for bytes in bad { #expect(DigestState(bytes: bytes) == nil, "\(bytes.hex)") }
    }

    @Test("damaged states are refused or written back as they are", arguments: [1, 2] as [UInt64])
    func damaged(seed: UInt64) throws {
        let samples = try Digest.Algorithm.allCases.map(Self.start)
        var mutator = ByteMutator(samples: samples, seed: seed)
        var understood = 0
        for _ in 0..<2000 {
            let bytes = mutator.next()
            guard let state = DigestState(bytes: bytes) else { continue }
            understood += 1
            #expect(state.bytes == bytes)
            var hasher = ResumableHasher(resuming: state)
            hasher.update([1, 2, 3])
            _ = hasher.finalize()
        }
        #expect(understood > 100)
    }

    @Test("check a stream from the middle, and tell their states on the way") func streams() async throws {
        let content = Array(repeating: Self.content, count: 9).flatMap { $0 }
        let digest = Digest(of: content), noted = Guarded<[DigestState]>([])
        let pieces = stride(from: 0, to: content.count, by: 100_003).map {
            content[$0..<min($0 + 100_003, content.count)]
        }
        let whole = ByteStream.concatenating(pieces.map { piece in { ByteStream(Array(piece)) } }).verified(
            digest: digest, size: Int64(content.count), of: "it",
            noting: { state in noted.withLock { $0.append(state) } })
        #expect(try await whole.collect(limit: content.count) == content)
        let states = noted.withLock { $0 }
        #expect(states.map(\.offset) == [DigestState.interval, 2 * DigestState.interval])
        for state in states {
            let rest = Array(content[Int(state.offset)...])
            let good = ByteStream(rest).verified(
                digest: digest, size: Int64(content.count), of: "it", resuming: state)
            #expect(try await good.collect(limit: content.count) == rest)
            let fault = await #expect(throws: Fault.self) {
                _ = try await ByteStream(Array(rest.dropLast())).verified(
                    digest: digest, size: Int64(content.count), of: "it", resuming: state
                ).collect(limit: content.count)
            }
            #expect(fault?.code == .mismatch)
        }
    }
}
