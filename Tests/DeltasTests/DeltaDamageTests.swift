// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import Deltas
import TestInputs
import Testing

@Suite("Deltas that were damaged or forged") struct DeltaDamageTests {
    static let old = Array("0123456789".utf8)
    static let new = Array("01234abc56789".utf8)

    /// A delta from parts: instructions behind a header about `old` and `new`.
    static func forged(
        _ instructions: [UInt8], header: String? = nil, magic: String = "ocm-delta/1\n", length: Int? = nil
    ) -> [UInt8] {
        let header = Array(
            (header
                ?? #"{"bases":[{"digest":"\#(Digest(of: old))","size":10}],"#
                + #""target":{"digest":"\#(Digest(of: new))","size":13}}"#).utf8)
        let count = length ?? header.count
        return Array(magic.utf8) + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) } + header
            + instructions
    }

    static let right: [UInt8] = [1, 0, 0, 5, 2, 3, 0x61, 0x62, 0x63, 1, 0, 5, 5, 0]

    @Test("what is written by hand by the description of the format is read")
    func byHand() async throws {
        #expect(try await apply(Self.forged(Self.right), to: [Self.old], digest: Digest(of: Self.new)) == Self.new)
        let packed = try ZlibBlock.compressed([UInt8](repeating: 7, count: 1000).span)
        let bytes = [UInt8](repeating: 7, count: 1000)
        let header = #"{"bases":[],"target":{"digest":"\#(Digest(of: bytes))","size":1000}}"#
        let delta = Self.forged([3, 0xE8, 7, UInt8(packed.count)] + packed + [0], header: header)
        #expect(try await apply(delta, to: [], digest: Digest(of: bytes)) == bytes)
    }

    struct Forgery: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let delta: [UInt8]
        let said: String

        init(_ name: String, _ delta: [UInt8], _ said: String) {
            (testDescription, self.delta, self.said) = (name, delta, said)
        }
    }

    static let bomb: [UInt8] = (try? ZlibBlock.compressed([UInt8](repeating: 0, count: 1 << 20).span)) ?? []
    static func header(_ target: String, bases: String = "[]", more: String = "") -> String {
        #"{"bases":\#(bases),"target":{"digest":"\#(Digest(of: new))","size":\#(target)}\#(more)}"#
    }

    static let forgeries: [Forgery] = [
        Forgery("nothing", [], "ends too early"),
        Forgery("another format", Array("a tar, perhaps, or a picture".utf8), "not a delta"),
        Forgery("a later format", forged(right, magic: "ocm-delta/2\n"), "not a delta"),
        Forgery("a header of 4 GiB", forged([], length: Int(UInt32.max)), "header"),
        Forgery("a header that is cut short", forged([], length: 1000), "ends too early"),
        Forgery("a header that is no JSON", forged(right, header: "{"), "header"),
        Forgery("a header without target", forged(right, header: #"{"bases":[]}"#), "not complete"),
        Forgery("a negative size", forged(right, header: header("-1")), "size"),
        Forgery("a size of 8 EiB", forged(right, header: header("9223372036854775807")), "accepted"),
        Forgery(
            "a base of 8 EiB",
            forged(
                right, header: header("13", bases: #"[{"digest":"\#(Digest(of: old))","size":9223372036854775807}]"#)),
            "accepted"),
        Forgery(
            "65 bases",
            forged(
                right,
                header: header(
                    "13",
                    bases: "["
                        + (0..<65).map { _ in #"{"digest":"\#(Digest(of: old))","size":10}"# }.joined(separator: ",")
                        + "]")), "bases"),
        Forgery(
            "more blocks than all there is",
            forged(right, header: header("13", more: #","gzip":{"blocksSize":14,"tokensSize":13}"#)),
            "more blocks"),
        Forgery(
            "more tokens than there can be",
            forged(right, header: header("13", more: #","gzip":{"blocksSize":5000,"tokensSize":5000}"#)), "more tokens"),
        Forgery(
            "content and tokens at once",
            forged(right, header: header("13", more: #","gzip":{"expandedSize":14,"tokensSize":13}"#)),
            "at once"),
        Forgery(
            "tokens of a base that has none",
            forged(
                right,
                header: header(
                    "13", bases: #"[{"digest":"\#(Digest(of: old))","size":10,"tokensSize":10}]"#,
                    more: #","gzip":{"blocksSize":2,"tokensSize":13}"#)), "does not expand"),
        Forgery("a copy on behind the end of the base", forged([4, 6, 5, 0]), "copies 5 bytes at 6"),
        Forgery(
            "a copy on to a place that is none",
            forged([1, 0, 0, 5, 4] + [UInt8](repeating: 0xFF, count: 8) + [0x7F, 5, 0]), "none"),
        Forgery("a gzip of a level there is not", forged(right, header: gzip(level: 99)), "compress"),
        Forgery(
            "a gzip whose head goes on", forged(right, header: gzip(level: 6, head: "H4sIAAAAAAAA/wAA")), "compress"),
        Forgery("no end", forged(Array(right.dropLast())), "ends too early"),
        Forgery("bytes behind the end", forged(right + [0]), "behind its end"),
        Forgery("too few bytes", forged([1, 0, 0, 5, 0]), "early"),
        Forgery("too many bytes", forged([1, 0, 0, 10, 1, 0, 0, 10, 0]), "more bytes"),
        Forgery("a copy of no bytes", forged([1, 0, 0, 0, 0]), "copies 0 bytes"),
        Forgery("a copy that ends behind the base", forged([1, 0, 6, 5, 0]), "copies 5 bytes at 6"),
        Forgery("a copy that begins behind the base", forged([1, 0, 11, 1, 0]), "at 11"),
        Forgery("a copy from a base there is not", forged([1, 1, 0, 5, 0]), "base 1 of 1"),
        Forgery(
            "offset and length whose sum is no number",
            forged([1, 0] + [UInt8](repeating: 0xFF, count: 8) + [0x7F, 5, 0]), "copies 5 bytes"),
        Forgery("a number of ten bytes", forged([1, 0] + [UInt8](repeating: 0x80, count: 9) + [1, 5, 0]), "number"),
        Forgery("a number that is longer than it must be", forged([1, 0x80, 0, 0, 5, 0]), "number"),
        Forgery("an unknown instruction", forged([9, 0]), "unknown"),
        Forgery("no bytes inserted", forged([2, 0, 0]), "inserts 0"),
        Forgery("2 GiB inserted", forged([2, 0xFF, 0xFF, 0xFF, 0xFF, 7]), "inserts"),
        Forgery("bytes that compress and are larger so", forged([3, 5, 5, 1, 2, 3, 4, 5, 0]), "larger"),
        Forgery("rubbish for compressed bytes", forged([3, 13, 5, 1, 2, 3, 4, 5, 0]), "expand"),
        Forgery(
            "a bomb",
            forged(
                [3, 0xA0, 0x9C, 1, UInt8(bomb.count & 0x7F | 0x80), UInt8(bomb.count >> 7)] + bomb + [0],
                header: header("20000")), "expand"),
        Forgery("right numbers and other bytes", forged([2, 13] + noise(13) + [0]), "digest"),
    ]

    static func gzip(level: Int, head: String = "H4sIAAAAAAAA/w==") -> String {
        header("13", more: #","gzip":{"expandedSize":13,"head":"\#(head)","level":\#(level),"memory":8}"#)
    }

    @Test("is refused with what is wrong", arguments: forgeries)
    func refused(forgery: Forgery) async throws {
        do {
            _ = try await apply(forgery.delta, to: [Self.old], digest: Digest(of: Self.new))
            Issue.record("it was accepted")
        } catch let fault as Fault {
            #expect(fault.message.contains(forgery.said), "\(fault.message)")
            #expect([.invalid, .limitExceeded, .mismatch].contains(fault.code))
        }
    }

    @Test("a delta that expands to more disk than there may be taken is refused")
    func disk() async throws {
        let content = [UInt8](repeating: 5, count: 100_000)
        let packed = try await ByteStream(content).gzipped().collect(limit: 1 << 20)
        let again = try await ByteStream(content + [1]).gzipped().collect(limit: 1 << 20)
        let (delta, statistics) = try await make(again, from: [packed])
        #expect(statistics.form == .content)
        var limits = DeltaLimits()
        limits.disk = 99_999
        await #expect(throws: Fault.self) {
            try await apply(delta, to: [packed], digest: Digest(of: again), limits: limits)
        }
        #expect(try await apply(delta, to: [packed], digest: Digest(of: again)) == again)
    }

    @Test("any damage gives an error or the right bytes", arguments: [1, 2, 3, 4] as [UInt64])
    func mutations(seed: UInt64) async throws {
        let content = noise(3000) + Array(String(repeating: "text ", count: 900).utf8)
        let packed = try await ByteStream(content).gzipped().collect(limit: 1 << 20)
        let edited = content[..<2000] + [1, 2, 3] + content[1500...]
        let repacked = try await ByteStream(Array(edited)).gzipped().collect(limit: 1 << 20)
        let pairs = [(content, Array(edited)), (packed, repacked), (packed + packed, packed + repacked)]
        var samples: [[UInt8]] = []
        for (old, new) in pairs { samples.append(try await make(new, from: [old]).delta) }
        let tokens = ["\"size\":", "\"gzip\"", "999999999999", "-1", "\u{1}", "\u{2}", "\u{3}", "\u{0}", "null", "[]"]
        var mutator = ByteMutator(samples: samples, tokens: tokens, seed: seed)
        for round in 0..<600 {
            let delta = mutator.next()
            for (_, new) in pairs {
                do {
                    let bytes = try await apply(
                        delta, to: pairs.map(\.0), digest: Digest(of: new), size: Int64(new.count))
                    #expect(bytes == new)
                } catch let fault as Fault {
                    let codes: [Fault.Code] = [.invalid, .limitExceeded, .mismatch, .notFound, .corrupt]
                    #expect(codes.contains(fault.code), "round \(round): \(fault.code) \(fault)")
                }
            }
        }
    }
}
