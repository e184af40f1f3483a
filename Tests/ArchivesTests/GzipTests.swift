// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Testing

@Suite("gzip") struct GzipTests {
    static let contents: [(name: String, bytes: [UInt8])] = [
        ("nothing", []), ("one byte", [7]), ("noise", noise(1_000_000)),
        ("zeros", [UInt8](repeating: 0, count: 3_000_000)),
        ("exactly one buffer", noise(Chunk.preferredSize)),
    ]

    @Test("comes back, whatever the pieces", arguments: contents.indices, [1 << 20, 1000])
    func roundTrip(_ index: Int, pieceSize: Int) async throws {
        let bytes = Self.contents[index].bytes
        let packed = try await pieces(bytes, of: pieceSize).gzipped().collect(limit: 1 << 24)
        #expect(try await pieces(packed, of: pieceSize).gunzipped(source: "x.gz").collect(limit: 1 << 24) == bytes)
    }

    @Test("the header tells nothing, and the bytes depend on content and level alone", arguments: [1, 6, 9] as [Int32])
    func determinism(level: Int32) async throws {
        let bytes = noise(200_000) + [UInt8](repeating: 1, count: 900_000) + noise(100_000)
        var results: Set<[UInt8]> = []
        for size in [777, 4096, 65_536, 1 << 22] {
            results.insert(try await pieces(bytes, of: size).gzipped(level: level).collect(limit: 1 << 24))
        }
        #expect(results.count == 1)
        let first = try #require(results.first)
        #expect(Array(first.prefix(8)) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
        #expect(first[9] == 255)
        #expect(Gzip.isGzip(first[...]))
    }

    @Test("several members are one content", arguments: [1, 10, 1 << 20])
    func members(pieceSize: Int) async throws {
        let parts = [noise(1000), [], noise(70_000)]
        var packed: [UInt8] = []
        for part in parts { packed += try await ByteStream(part).gzipped().collect(limit: 1 << 20) }
        let all = try await pieces(packed, of: pieceSize).gunzipped(source: "x.gz").collect(limit: 1 << 20)
        #expect(all == Array(parts.joined()))
    }

    struct Hostile: Sendable, CustomTestStringConvertible {
        let name: String, mentions: String, change: @Sendable ([UInt8]) -> [UInt8]
        var testDescription: String { name }
    }
    static let hostile: [Hostile] = [
        Hostile(name: "empty", mentions: "empty") { _ in [] },
        Hostile(name: "not gzip", mentions: "damaged") { _ in noise(1000) },
        Hostile(name: "cut in the header", mentions: "too early") { Array($0.prefix(5)) },
        Hostile(name: "cut in the middle", mentions: "too early") { Array($0.prefix($0.count / 2)) },
        Hostile(name: "cut in the trailer", mentions: "too early") { $0.dropLast(1) },
        Hostile(name: "wrong checksum", mentions: "damaged") {
            var b = $0
            b[b.count - 8] ^= 1
            return b
        },
        Hostile(name: "wrong size", mentions: "damaged") {
            var b = $0
            b[b.count - 1] ^= 1
            return b
        },
        Hostile(name: "a changed byte", mentions: "damaged") {
            var b = $0
            b[b.count / 2] ^= 0x40
            return b
        },
        Hostile(name: "garbage behind", mentions: "behind the end") { $0 + [0x42] },
        Hostile(name: "zeros behind", mentions: "behind the end") { $0 + [0, 0, 0, 0] },
        Hostile(name: "half a member behind", mentions: "too early") { $0 + $0.prefix(12) },
        Hostile(name: "a broken header behind", mentions: "damaged") { $0 + [0x1F, 0x8C] + $0.dropFirst(2) },
    ]
    @Test("refuses what is cut, damaged or followed by something", arguments: hostile, [1, 1 << 20])
    func refuses(_ test: Hostile, pieceSize: Int) async throws {
        let packed = test.change(try await ByteStream(noise(10_000)).gzipped().collect(limit: 1 << 20))
        let fault = await failure {
            _ = try await pieces(packed, of: pieceSize).gunzipped(source: "x.gz").collect(limit: 1 << 20)
        }
        #expect(fault?.code == .invalid)
        #expect(fault?.message.contains("x.gz") == true)
        #expect(fault?.message.contains(test.mentions) == true, "\(fault?.message ?? "no failure")")
    }

    @Test("a bomb is stopped by ratio and by size")
    func bombs() async throws {
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        let left = Guarded(64)
        let source = ByteStream {
            left.withLock { left in
                left == 0
                    ? nil
                    : {
                        left -= 1
                        return zeros[...]
                    }()
            }
        }
        let bomb = try await source.gzipped(level: 9).collect(limit: 1 << 20)
        #expect(bomb.count < 100_000)
        func expand(_ limits: ArchiveLimits) async -> Fault? {
            await failure {
                var seen = 0
                for try await chunk in ByteStream(bomb).gunzipped(source: "x.gz", limits: limits) {
                    seen += chunk.count
                }
                #expect(seen == 64 << 20)
            }
        }
        #expect(await expand(.standard)?.code == .limitExceeded)
        var limits = ArchiveLimits()
        limits.expansionRatio = 2000
        #expect(await expand(limits) == nil)
        limits.totalSize = (64 << 20) - 1
        #expect(await expand(limits)?.code == .limitExceeded)
    }

    @Test("gzip reads ours and we read gzip's", .enabled(if: hasGzip, "needs gzip"))
    func interop() async throws {
        let bytes = noise(300_000) + [UInt8](repeating: 9, count: 300_000)
        let ours = try await ByteStream(bytes).gzipped().collect(limit: 1 << 22)
        #expect(try await ChildProcess.run(["gzip", "-dc"], input: ours).stdout == bytes)
        let theirs = try await ChildProcess.run(["gzip", "-c", "-9"], input: bytes).stdout
        #expect(try await ByteStream(theirs).gunzipped(source: "x.gz").collect(limit: 1 << 22) == bytes)
    }
}
