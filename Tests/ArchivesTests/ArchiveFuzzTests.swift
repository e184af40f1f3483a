// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import TestInputs
import Testing

@Suite("Damaged archives") struct ArchiveFuzzTests {
    static let limits: ArchiveLimits = {
        var limits = ArchiveLimits()
        (limits.entries, limits.entrySize, limits.totalSize, limits.pathLength) = (20, 4096, 16_384, 300)
        return limits
    }()

    static func tar() async throws -> [UInt8] {
        let long = String(repeating: "folder/", count: 30) + "file"
        return try await Tar.stream([
            .folder("a"), .bytes("a/hello.txt", Array("hello\n".utf8)), .bytes("ä/世界", noise(600)), .bytes(long, [1]),
            .bytes("empty", []),
        ]).collect(limit: 1 << 20)
    }

    /// Reads everything there is within the limits.
    static func read(_ bytes: [UInt8]) async throws {
        let reader = TarReader(pieces(bytes, of: 700), source: "it", limits: limits)
        var (count, total): (Int, Int64) = (0, 0)
        while let entry = try await reader.next() {
            count += 1
            let content = try await reader.content().collect(limit: 1 << 20)
            total += Int64(content.count)
            #expect(content.count == Int(entry.size) && entry.path.utf8.count <= limits.pathLength)
            #expect(!entry.path.utf8.contains(0))
        }
        #expect(count <= limits.entries && total <= limits.totalSize)
    }

    @Test("a tar is refused with a fault or keeps the limits", arguments: [1, 2] as [UInt64])
    func tar(seed: UInt64) async throws {
        let tokens = [
            "ustar", "00000000000", "77777777777", "\u{0}\u{0}", "path=../x\n", "12 path=a\n", "../../etc", "x", "L",
        ]
        let sample = try await Self.tar()
        try await Self.read(sample)
        var mutator = ByteMutator(samples: [sample], tokens: tokens, seed: seed)
        for round in 0..<1500 {
            // Damages of a header that a checksum would reveal are made to pass it, every other time.
            let bytes = mutator.next()
            let fault = await failure { try await Self.read(round.isMultiple(of: 2) ? Self.summed(bytes) : bytes) }
            if let fault {
                #expect(
                    [.invalid, .limitExceeded, .unsupported].contains(fault.code),
                    "round \(round): \(fault.code) \(fault)")
            }
        }
    }

    /// The same bytes with a right checksum in every block that looks like a header.
    static func summed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for start in stride(from: 0, to: bytes.count - 511, by: 512) where bytes[start + 257] == UInt8(ascii: "u") {
            bytes.replaceSubrange(start + 148..<start + 156, with: repeatElement(0x20, count: 8))
            let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
            let digits = String(sum, radix: 8)
            bytes.replaceSubrange(
                start + 148..<start + 156,
                with: Array((String(repeating: "0", count: 6 - digits.utf8.count) + digits + "\0 ").utf8))
        }
        return bytes
    }

    @Test("a gzip is refused with a fault or keeps the limits", arguments: [1, 2] as [UInt64])
    func gzip(seed: UInt64) async throws {
        let contents = [noise(2000), Array(String(repeating: "text ", count: 1000).utf8), try await Self.tar()]
        var samples: [[UInt8]] = []
        for content in contents {
            samples.append(try await pieces(content, of: 100).gzipped().collect(limit: 1 << 20))
        }
        samples.append(samples[0] + samples[1])
        var mutator = ByteMutator(samples: samples, tokens: ["\u{1F}", "\u{8}", "\u{0}\u{0}\u{0}"], seed: seed)
        var limits = Self.limits
        limits.totalSize = 40_000
        for round in 0..<1500 {
            let bytes = mutator.next()
            let fault = await failure {
                let content = try await pieces(bytes, of: 333).gunzipped(source: "it", limits: limits).collect(
                    limit: 1 << 20)
                #expect(content.count <= 40_000)
            }
            if let fault {
                #expect(
                    [.invalid, .limitExceeded, .corrupt].contains(fault.code), "round \(round): \(fault.code) \(fault)")
            }
        }
    }
}
