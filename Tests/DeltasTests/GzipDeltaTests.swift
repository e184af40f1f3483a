// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import Deltas
import Testing

@Suite("Deltas of gzips") struct GzipDeltaTests {
    /// A program that makes a gzip of its standard input, and whether zlib makes the same bytes from the content.
    struct Writer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let command: [String]
        let isMadeAgain: Bool
        /// What part of the layer the delta of a changed file may have at most. Where pieces of fixed sizes are
        /// compressed for themselves, what each begins with is another text behind a change of length.
        var part = 20
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

    /// Compressors that zlib does not make again.
    static let others: [Writer] =
        [1, 6, 9].map { level in
            Writer(testDescription: "gzip -\(level)", command: ["gzip", "-n", "-\(level)"], isMadeAgain: false)
        } + [
            Writer(testDescription: "pigz", command: ["pigz", "-p", "3"], isMadeAgain: false),
            Writer(
                testDescription: "pigz in small blocks of their own",
                command: ["pigz", "-p", "3", "-i", "-b", "32"], isMadeAgain: false, part: 5),
            Writer(
                testDescription: "zlib with fixed codes", command: strategy(6, "Z_FIXED"), isMadeAgain: false),
            Writer(
                testDescription: "zlib without matches", command: strategy(6, "Z_HUFFMAN_ONLY"), isMadeAgain: false),
            Writer(testDescription: "zlib with runs alone", command: strategy(6, "Z_RLE"), isMadeAgain: false),
            Writer(
                testDescription: "zlib that stores", command: strategy(0, "Z_DEFAULT_STRATEGY"), isMadeAgain: false),
            Writer(
                testDescription: "many members",
                command: [
                    "python3", "-c",
                    "import sys,gzip;d=sys.stdin.buffer.read();"
                        + "[sys.stdout.buffer.write(gzip.compress(d[i:i+50000],mtime=1)) "
                        + "for i in range(0,len(d),50000)]",
                ], isMadeAgain: false, part: 5),
        ]

    static func strategy(_ level: Int, _ name: String) -> [String] {
        [
            "python3", "-c",
            "import sys,zlib;c=zlib.compressobj(\(level),zlib.DEFLATED,31,8,zlib.\(name));"
                + "sys.stdout.buffer.write(c.compress(sys.stdin.buffer.read())+c.flush())",
        ]
    }

    static func isInstalled(_ program: String) -> Bool { FileSystem.exists("/usr/bin/\(program)") }

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
        let result = try await ChildProcess.run(
            ["/usr/bin/env"] + writer.command, input: bytes, environment: .process, outputLimit: 64 << 20)
        guard result.status == 0 else { throw Fault(.internal, String(decoding: result.stderr, as: UTF8.self)) }
        return result.stdout
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

    /// Two layers of files with words of their own, in one of which an early file is another, longer one.
    static let layers: (old: [UInt8], new: [UInt8]) = {
        func file(_ number: Int) -> [UInt8] {
            let words = (0..<100).map { noise(3 + $0 % 9, seed: UInt64(1000 * number + $0)) }
            return noise(3000, seed: UInt64(number)).flatMap { words[Int($0) % words.count] }
        }
        func layer(_ changed: [UInt8]) -> [UInt8] {
            (0..<40).flatMap { number -> [UInt8] in
                let file = number == 3 ? changed : file(number)
                var header = Array("folder/file-\(number)".utf8)
                header += [UInt8](repeating: 0, count: 512 - header.count)
                return header + file + [UInt8](repeating: 0, count: -file.count & 511)
            }
        }
        let old = file(3)
        return (layer(old), layer(old[..<10_000] + noise(1337, seed: 99) + old[10_300...]))
    }()

    /// A changed file makes a delta of little more than the file, for a compressor whose gzips zlib does not make again.
    static func checkLayers(part: Int = 20, _ pack: ([UInt8]) async throws -> [UInt8]) async throws {
        let old = try await pack(layers.old), new = try await pack(layers.new)
        let (delta, statistics) = try await make(new, from: [old])
        #expect(statistics.form == .tokens)
        #expect(delta.count < new.count / part, "\(delta.count) of \(new.count), \(statistics.copies) copies")
        #expect(try await apply(delta, to: [old], digest: Digest(of: new)) == new)
        // With a base that is no gzip, or one among others that is.
        let (bytes, other) = try await make(new, from: [layers.old])
        #expect(other.form == .bytes)
        #expect(try await apply(bytes, to: [layers.old], digest: Digest(of: new)) == new)
        let (mixed, third) = try await make(new, from: [layers.old, old])
        #expect(third.form == .tokens && mixed.count < new.count / part)
        #expect(try await apply(mixed, to: [layers.old, old], digest: Digest(of: new)) == new)
    }

    @Test(
        "one changed file costs little more than the file, whatever zlib makes of it",
        arguments: others.filter { isInstalled($0.command[0]) })
    func changedFile(writer: Writer) async throws {
        try await Self.checkLayers(part: writer.part) { try await Self.packed($0, writer) }
    }

    @Test(
        "one changed file costs little more than the file in layers that tools in Go compress",
        .enabled(if: isInstalled("skopeo"), "skopeo is not installed"))
    func changedFileInGo() async throws { try await Self.checkLayers(Self.packedBySkopeo) }

    @Test("all compressors of the table are there", .enabled(if: isInstalled("pigz"), "pigz is not installed"))
    func installed() { #expect(Self.others.allSatisfy { Self.isInstalled($0.command[0]) }) }

    /// The layer that skopeo makes of an uncompressed one.
    static func packedBySkopeo(_ bytes: [UInt8]) async throws -> [UInt8] {
        let folder = try TemporaryFolder()
        let layout = "\(folder.path)/layout"
        for path in [layout, "\(layout)/blobs", "\(layout)/blobs/sha256"] { try FileSystem.makeFolder(path) }
        func put(_ bytes: [UInt8]) throws -> String {
            let digest = Digest(of: bytes)
            try FileSystem.write(bytes, to: "\(layout)/blobs/sha256/\(digest.hex)")
            return #""digest":"\#(digest)","size":\#(bytes.count)"#
        }
        let type = "application/vnd.oci.image"
        let layer = try put(bytes)
        let config = try put(
            Array(
                #"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["\#(Digest(of: bytes))"]}}"#
                    .utf8))
        let manifest = try put(
            Array(
                (#"{"schemaVersion":2,"mediaType":"\#(type).manifest.v1+json","config":{"mediaType":"\#(type).config"#
                    + #".v1+json",\#(config)},"layers":[{"mediaType":"\#(type).layer.v1.tar",\#(layer)}]}"#).utf8))
        try FileSystem.write(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), to: "\(layout)/oci-layout")
        try FileSystem.write(
            Array(
                (#"{"schemaVersion":2,"manifests":[{"mediaType":"\#(type).manifest.v1+json",\#(manifest),"#
                    + #""annotations":{"org.opencontainers.image.ref.name":"a"}}]}"#).utf8),
            to: "\(layout)/index.json")
        let result = try await ChildProcess.run(
            [
                "/usr/bin/skopeo", "--insecure-policy", "copy", "--dest-compress", "oci:\(layout):a",
                "dir:\(folder.path)/out",
            ], input: [], environment: .process, outputLimit: 1 << 20)
        guard result.status == 0 else { throw Fault(.internal, String(decoding: result.stderr, as: UTF8.self)) }
        for name in try FileSystem.names(in: "\(folder.path)/out") {
            let packed = try FileSystem.read("\(folder.path)/out/\(name)", limit: 1 << 26)
            if Gzip.isGzip(packed[...]) { return packed }
        }
        throw Fault(.notFound, "skopeo wrote no compressed layer")
    }
}
