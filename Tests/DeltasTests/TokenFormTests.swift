// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import TestInputs
import Testing

@testable import Deltas

@Suite("Token forms of gzips") struct TokenFormTests {
    /// The two parts of the form of a gzip that comes in pieces.
    static func form(_ gzip: [UInt8], pieces size: Int = 5000) async throws -> (blocks: [UInt8], tokens: [UInt8]) {
        let blocks = try await pieces(gzip, of: size).parsed(to: .blocks, source: "it").collect(limit: 1 << 26)
        let tokens = try await pieces(gzip, of: size).parsed(to: .tokens, source: "it").collect(limit: 1 << 26)
        return (blocks, tokens)
    }

    /// The gzip that a form stands for.
    static func gzip(_ blocks: [UInt8], _ tokens: [UInt8], pieces size: Int = 5000) async throws -> [UInt8] {
        let file = try await SharedFile.spooling(ByteStream(blocks), name: "the blocks")
        return try await pieces(tokens, of: size).transformed(by: TokenEncoder(blocks: BlockReader(file)))
            .collect(limit: 1 << 26)
    }

    static let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
    static let trailer: [UInt8] = [0x43, 0xBE, 0xB7, 0xE8, 1, 0, 0, 0]
    /// The letter “a” in a block of the fixed codes.
    static let letter = head + [0x4B, 4, 0] + trailer

    @Test("what is written by hand by the description of the format is the form")
    func byHand() async throws {
        let form = try await Self.form(Self.letter)
        #expect(form.blocks == [0, 10] + Self.head + [3, 1, 8, 0, 0, 8] + Self.trailer)
        #expect(form.tokens == [0x61])
        // 260 times 0xF6: that byte, and a match of 258 and one of 1 do not exist; so 258 from one back and the byte.
        let tokens: [UInt8] = [0xF7, 0, 0xF6, 255, 0, 0, 0xF7, 0]
        let blocks = [0, 10] + Self.head + [3, UInt8(tokens.count), 8, 0]
        let made = try await Self.gzip(blocks, tokens)
        let content = [UInt8](repeating: 0xF6, count: 260)
        let size: [UInt8] = [4, 1, 0, 0]
        let ours = try await ByteStream(content).gzipped().collect(limit: 1000)
        let whole = made + ours.suffix(8).prefix(4) + size
        #expect(try await ByteStream(whole).gunzipped(source: "it").collect(limit: 1000) == content)
        #expect(try await Self.form(whole).tokens == tokens)
    }

    struct Example: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let gzip: [UInt8]
        /// What is said of it, when it has no form.
        var refusal: String?
    }

    static func stored(_ bytes: [UInt8], isFinal: Bool, filler: UInt8 = 0) -> [UInt8] {
        let (low, high) = (UInt8(bytes.count & 0xFF), UInt8(bytes.count >> 8))
        return [(isFinal ? 1 : 0) | filler << 3, low, high, ~low, ~high] + bytes
    }

    static let examples: [Example] = {
        let name = Array("layer.tar\0".utf8)
        let extra = [UInt8](repeating: 7, count: 60_000)
        let flagged: [UInt8] = [0x1F, 0x8B, 8, 0x1E, 0, 0, 0, 0, 0, 3, 0x60, 0xEA] + extra + name + name + [1, 2]
        return [
            Example(testDescription: "one letter", gzip: letter),
            Example(testDescription: "three members", gzip: letter + letter + letter),
            Example(testDescription: "bytes behind", gzip: letter + [9, 8, 7]),
            Example(testDescription: "much behind", gzip: letter + noise(10_000)),
            Example(testDescription: "a header with all fields", gzip: flagged + letter.dropFirst(10)),
            Example(
                testDescription: "stored blocks, an empty one among them",
                gzip: head + stored(noise(60_000), isFinal: false) + stored([], isFinal: false)
                    + stored([0xF6, 0xF7, 0xF5], isFinal: true) + trailer),
            Example(
                testDescription: "bits that fill bytes and are not 0",
                gzip: head + stored([1], isFinal: false, filler: 0x15) + stored([], isFinal: true, filler: 0x1F)
                    + trailer),
            Example(testDescription: "nothing", gzip: [], refusal: "too early"),
            Example(testDescription: "no gzip", gzip: noise(500), refusal: "not gzip"),
            Example(testDescription: "a head alone", gzip: head, refusal: "too early"),
            Example(
                testDescription: "a header that does not end",
                gzip: [0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 3] + [UInt8](repeating: 1, count: 100_000),
                refusal: "too early"),
            Example(testDescription: "a block of a type there is not", gzip: head + [7, 0, 0], refusal: "type"),
            Example(
                testDescription: "a stored block that contradicts itself", gzip: head + [1, 5, 0, 5, 0, 1, 2, 3],
                refusal: "length"),
            Example(
                testDescription: "a distance there is not", gzip: head + [0x4B, 4, 0x3E] + noise(20),
                refusal: "stand for nothing"),
            Example(
                testDescription: "codes that cannot be told apart", gzip: head + [5, 0, 0xFF, 0xFF, 0xFF] + noise(700),
                refusal: "codes"),
            Example(
                testDescription: "a member that breaks off behind a whole one", gzip: letter + letter.dropLast(),
                refusal: "too early"),
        ]
    }()

    @Test("gives the same bytes again, or says why there is none", arguments: examples, [1, 7, 100_000])
    func remade(example: Example, size: Int) async throws {
        do {
            let form = try await Self.form(example.gzip, pieces: size)
            #expect(example.refusal == nil)
            // Both sides make the form, from pieces of their own.
            let other = try await Self.form(example.gzip, pieces: 4096)
            #expect(form.blocks == other.blocks && form.tokens == other.tokens)
            #expect(try await Self.gzip(form.blocks, form.tokens, pieces: size) == example.gzip)
        } catch let fault as Fault {
            #expect(fault.code == .invalid && fault.message.contains(example.refusal ?? "nothing"), "\(fault)")
        }
    }

    @Test("a gzip that is cut anywhere has no form")
    func cuts() async throws {
        let gzip = try await ByteStream(noise(300) + Array("words, words, words".utf8)).gzipped().collect(limit: 9999)
        for count in 0..<gzip.count {
            await #expect(throws: Fault.self) { try await Self.form(Array(gzip[..<count])) }
        }
    }

    @Test("the form of a gzip has at most 16 times its size, whatever that expands to")
    func bombs() async throws {
        let zeros = try await ByteStream([UInt8](repeating: 0, count: 1 << 24)).gzipped(level: 9).collect(
            limit: 1 << 20)
        let form = try await Self.form(zeros)
        #expect(form.tokens.count + form.blocks.count <= 16 * zeros.count)
    }

    @Test("any damage has no form, or one that gives the damaged bytes", arguments: [1, 2, 3] as [UInt64])
    func mutations(seed: UInt64) async throws {
        let text = Array(String(repeating: "text that comes again ", count: 200).utf8)
        var samples = [Self.letter]
        for level: Int32 in [1, 9] {
            samples.append(try await ByteStream(noise(500) + text).gzipped(level: level).collect(limit: 1 << 20))
        }
        var mutator = ByteMutator(samples: samples, tokens: ["\u{1F}", "\u{0}\u{0}\u{7F}"], seed: seed)
        var remade = 0
        for _ in 0..<400 {
            let gzip = mutator.next()
            do {
                let form = try await Self.form(gzip)
                #expect(try await Self.gzip(form.blocks, form.tokens) == gzip)
                remade += 1
            } catch let fault as Fault { #expect(fault.code == .invalid, "\(fault)") }
        }
        #expect(remade > 20)
    }

    struct Forgery: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let blocks: [UInt8]
        var tokens: [UInt8] = []
        let said: String
    }

    static let forgeries: [Forgery] = [
        Forgery(testDescription: "an unknown record", blocks: [10], said: "unknown kind"),
        Forgery(testDescription: "bytes that are last", blocks: [1, 1, 1], said: "unknown kind"),
        Forgery(testDescription: "no bytes", blocks: [0, 0], said: "0 bytes"),
        Forgery(testDescription: "too many bytes", blocks: [0, 0x81, 0x20] + noise(4097), said: "4097 bytes"),
        Forgery(testDescription: "fewer bytes than it says", blocks: [0, 10, 1], said: "too early"),
        Forgery(
            testDescription: "a number that is none", blocks: [3] + [UInt8](repeating: 0xFF, count: 10), said: "none"),
        Forgery(testDescription: "a long number", blocks: [3, 0x80, 0], said: "none"),
        Forgery(testDescription: "bytes in a stream", blocks: [2, 0, 0, 1, 1], said: "inside of a stream"),
        Forgery(testDescription: "an end outside of a stream", blocks: [8, 0], said: "without a last block"),
        Forgery(testDescription: "an end behind no last block", blocks: [2, 0, 8, 0], said: "without a last block"),
        Forgery(testDescription: "a block behind the last", blocks: [3, 0, 2, 0], said: "behind the last"),
        Forgery(testDescription: "no end", blocks: [3, 0], said: "ends too early"),
        Forgery(testDescription: "too many bits in a byte", blocks: [3, 0, 8, 0xFF], said: "more bits"),
        Forgery(testDescription: "a long stored block", blocks: [7, 0, 0x80, 0x80, 4], said: "65536 bytes"),
        Forgery(testDescription: "codes of 1 GiB", blocks: [5, 0, 0x80, 0x80, 0x80, 0x80, 4], said: "too long codes"),
        Forgery(
            testDescription: "codes that are none", blocks: [5, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF], said: "no known codes"),
        Forgery(testDescription: "no codes", blocks: [5, 0, 0], said: "no known codes"),
        Forgery(testDescription: "tokens without a block", blocks: [], tokens: [1], said: "none for some"),
        Forgery(testDescription: "too few tokens", blocks: [3, 5, 8, 0], tokens: [1], said: "ends too early"),
        Forgery(testDescription: "too few literals", blocks: [7, 0, 5, 8, 0], tokens: [1], said: "ends too early"),
        Forgery(
            testDescription: "a token that two blocks share", blocks: [2, 2, 3, 2, 8, 0], tokens: [0xF6, 0, 0, 0],
            said: "cannot say"),
        Forgery(
            testDescription: "a literal there is not", blocks: [3, 2, 8, 0], tokens: [0xF7, 2], said: "cannot say"),
        Forgery(
            testDescription: "a distance there is not", blocks: [3, 4, 8, 0], tokens: [0xF6, 0, 0, 0x80],
            said: "cannot say"),
        Forgery(
            testDescription: "a match that is stored", blocks: [7, 0, 4, 8, 0], tokens: [0xF6, 0, 0, 0],
            said: "cannot say"),
        Forgery(
            testDescription: "a stored literal there is not", blocks: [7, 0, 1, 8, 0], tokens: [0xF7, 9],
            said: "cannot say"),
    ]

    @Test("a form that was forged is refused with what is wrong", arguments: forgeries)
    func refused(forgery: Forgery) async throws {
        do {
            _ = try await Self.gzip(forgery.blocks, forgery.tokens)
            Issue.record("it was accepted")
        } catch let fault as Fault {
            #expect(fault.code == .invalid && fault.message.contains(forgery.said), "\(fault.message)")
        }
    }
}
