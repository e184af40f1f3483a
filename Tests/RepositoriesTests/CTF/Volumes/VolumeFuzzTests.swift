// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import TestInputs
import Testing

@testable import Repositories

@Suite("A damaged header of a volume is refused, or says the same when it is written again") struct VolumeFuzzTests {
    static func sample(number: Int, count: Int64, volumeSize: Int64) -> [UInt8] {
        let digest = Digest(of: [UInt8(truncatingIfNeeded: number)])
        let total = (count - 1) * (volumeSize - 512) + 7
        return VolumeHeader(
            number: number, count: Int(count), totalSize: total, volumeSize: volumeSize, set: digest, payload: digest,
            whole: digest
        ).encoded()
    }

    @Test("thousands of times", arguments: [1, 2, 3] as [UInt64]) func mutations(seed: UInt64) throws {
        let samples = [
            Self.sample(number: 1, count: 1, volumeSize: 4096),
            Self.sample(number: 3, count: 5, volumeSize: 25_000_000_000),
            Self.sample(number: 99_999, count: 100_000, volumeSize: 1 << 32),
        ]
        for bytes in samples { #expect(try VolumeHeader(parsing: bytes[...], source: "it").encoded() == bytes) }
        var mutator = ByteMutator(samples: samples, tokens: ["\u{0}\u{0}", "\u{7F}\u{7F}", "Sovereign"], seed: seed)
        var accepted = 0
        for round in 0..<4000 {
            var bytes = mutator.next()
            // Every other time the checksum is made to fit, or little beyond it would be tested.
            if round.isMultiple(of: 2), bytes.count == VolumeHeader.byteCount { VolumeFault.sealed(&bytes) }
            let header: VolumeHeader
            do { header = try VolumeHeader(parsing: bytes[...], source: "it") } catch {
                #expect([.invalid, .mismatch, .corrupt, .unsupported].contains(error.code), "\(error)")
                continue
            }
            accepted += 1
            #expect(header.encoded() == bytes)
            #expect((1...header.count).contains(header.number) && header.count <= VolumeHeader.countLimit)
            #expect(!header.range.isEmpty && header.range.upperBound <= header.totalSize)
            #expect(Int64(header.range.count) + 512 <= header.volumeSize)
            #expect((header.number == header.count) == (header.range.upperBound == header.totalSize))
        }
        #expect(accepted > 100)
    }
}
