// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import Deltas
import Testing

/// What a program found on the path makes of its input.
func output(of command: [String], input: [UInt8]) async throws -> [UInt8] {
    let result = try await ChildProcess.run(
        ["/usr/bin/env"] + command, input: input, environment: .process, outputLimit: 64 << 20)
    guard result.status == 0 else { throw Fault(.internal, String(decoding: result.stderr, as: UTF8.self)) }
    return result.stdout
}

@Suite("Deltas of gzips") struct GzipDeltaTests {
    /// A program that makes a gzip of its standard input, and whether zlib makes the same bytes from the content.
    struct Writer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let command: [String]
        let isMadeAgain: Bool
    }

    static let writers: [Writer] =
        (1...9).map { level in
            Writer(
                testDescription: "zlib at level \(level)",
                command: [
                    "python3", "-c",
                    "import sys,gzip;sys.stdout.buffer.write("
                        + "gzip.compress(sys.stdin.buffer.read(),compresslevel=\(level),mtime=1))",
                ], isMadeAgain: true)
        } + [
            Writer(
                testDescription: "zlib with a name in the header",
                command: [
                    "python3", "-c",
                    "import sys,gzip;g=gzip.GzipFile('layer.tar','wb',9,sys.stdout.buffer,5);"
                        + "g.write(sys.stdin.buffer.read());g.close()",
                ], isMadeAgain: true),
            Writer(
                testDescription: "zlib with more memory",
                command: [
                    "python3", "-c",
                    "import sys,zlib;c=zlib.compressobj(6,zlib.DEFLATED,31,9);"
                        + "sys.stdout.buffer.write(c.compress(sys.stdin.buffer.read())+c.flush())",
                ], isMadeAgain: true),
            Writer(
                testDescription: "zlib flushed in between",
                command: [
                    "python3", "-c",
                    "import sys,zlib;c=zlib.compressobj(6,zlib.DEFLATED,31);d=sys.stdin.buffer.read();"
                        + "sys.stdout.buffer.write(c.compress(d[:90000])+c.flush(zlib.Z_SYNC_FLUSH)"
                        + "+c.compress(d[90000:])+c.flush())",
                ], isMadeAgain: false),
            Writer(
                testDescription: "two members",
                command: [
                    "python3", "-c",
                    "import sys,gzip;d=sys.stdin.buffer.read();"
                        + "sys.stdout.buffer.write(gzip.compress(d[:90000])+gzip.compress(d[90000:]))",
                ], isMadeAgain: false),
        ]

    /// What compresses as programs and texts do.
    static let content: [UInt8] = {
        var bytes: [UInt8] = []
        let words = (0..<400).map { noise(3 + $0 % 9, seed: UInt64($0)) }
        for number in noise(70_000, seed: 9) {
            bytes += words[(Int(number) * 7 + bytes.count) % words.count]
        }
        return bytes
    }()

    static func packed(_ bytes: [UInt8], _ writer: Writer) async throws -> [UInt8] {
        try await output(of: writer.command, input: bytes)
    }

    @Test("what zlib makes again is described by its content, anything else by its bytes", arguments: writers)
    func tools(writer: Writer) async throws {
        let edited = Self.content[..<60_000] + noise(2000, seed: 3) + Self.content[61_000...]
        let old = try await Self.packed(Self.content, writer), new = try await Self.packed(Array(edited), writer)
        let (delta, statistics) = try await make(new, from: [old])
        #expect((statistics.form == .content) == writer.isMadeAgain)
        if writer.isMadeAgain { #expect(delta.count < 4500, "\(delta.count) of \(new.count)") }
        #expect(try await apply(delta, to: [old], digest: Digest(of: new)) == new)
    }

    @Test("a base may be packed by anything, or not at all")
    func mixed() async throws {
        let edited = Array(Self.content[..<60_000] + Self.content[60_100...])
        let new = try await Self.packed(edited, Self.writers[5])
        for old in [Self.content, try await Self.packed(Self.content, Self.writers[11])] {
            let (delta, statistics) = try await make(new, from: [old])
            #expect(statistics.form == .content && delta.count < 3000)
            #expect(try await apply(delta, to: [old], digest: Digest(of: new)) == new)
        }
    }

    @Test("what only looks like a gzip is described by its bytes")
    func lookalikes() async throws {
        let old = try await Self.packed(Self.content, Self.writers[5])
        for new in [
            [0x1F, 0x8B, 8], [0x1F, 0x8B, 8] + noise(500), Array(old[..<1000]), old + [0], old + old,
            [0x1F, 0x8B, 8, 8] + [UInt8](repeating: 1, count: 100_000),
        ] as [[UInt8]] {
            let (delta, statistics) = try await make(new, from: [old])
            #expect(statistics.form != .content)
            #expect(try await apply(delta, to: [old], digest: Digest(of: new)) == new)
        }
        // A base that only looks like one.
        let lookalike = [0x1F, 0x8B, 8] + noise(500)
        let (delta, _) = try await make(old, from: [lookalike])
        #expect(try await apply(delta, to: [lookalike], digest: Digest(of: old)) == old)
    }
}
