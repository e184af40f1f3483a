// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import Deltas
import Testing

/// Layers by compressors whose gzips zlib does not make again: their deltas go by tokens.
@Suite("Deltas of layers by other compressors") struct LayerCompressorTests {
    /// What makes a gzip of its standard input.
    struct Compressor: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The program that must be there.
        let program: String
        let command: [String]
        /// What part of the layer the delta of a changed file may have at most. Where pieces of fixed sizes are
        /// compressed for themselves, what each begins with is another text behind a change of length.
        var part = 20

        init(_ description: String, _ command: [String], part: Int = 20) {
            (testDescription, program, self.command, self.part) = (description, command[0], command, part)
        }

        /// A program that a line of shell calls.
        init(_ description: String, _ program: String, shell: String, part: Int = 20) {
            (testDescription, self.program, self.part) = (description, program, part)
            command = ["sh", "-ec", shell]
        }

        /// zlib, driven by a line of Python to whose `d` the layer is given.
        init(_ description: String, python: String, part: Int = 20) {
            let line = "import sys,gzip,zlib;o=sys.stdout.buffer;d=sys.stdin.buffer.read();\(python)"
            self.init(description, ["python3", "-c", line], part: part)
        }

        /// zlib at a level and with a strategy.
        init(_ description: String, level: Int, strategy: String) {
            self.init(
                description,
                python: "c=zlib.compressobj(\(level),zlib.DEFLATED,31,8,zlib.\(strategy));"
                    + "o.write(c.compress(d)+c.flush())")
        }

        var isInstalled: Bool {
            let folders = Environment.process["PATH"]?.split(separator: ":") ?? []
            return folders.contains { FileSystem.exists("\($0)/\(program)") }
        }
    }

    static let compressors: [Compressor] =
        [1, 6, 9].map { Compressor("gzip -\($0)", ["gzip", "-n", "-\($0)"]) }
        + [1, 6, 9].map { Compressor("pigz -\($0)", ["pigz", "-n", "-p", "3", "-\($0)"]) }
        // Which matches these choose depends on what else their block holds.
        + [(1, 20), (6, 6), (12, 10)].map {
            Compressor("libdeflate -\($0)", ["libdeflate-gzip", "-\($0)"], part: $1)
        }
        + [(0, 20), (1, 20), (2, 20), (3, 9)].map {
            Compressor("igzip -\($0)", ["igzip", "-\($0)", "-c"], part: $1)
        }
        + [
            Compressor("pigz that can be resynchronised", ["pigz", "-n", "-p", "3", "-R"]),
            Compressor("pigz in small blocks of their own", ["pigz", "-p", "3", "-i", "-b", "32"], part: 5),
            // Zopfli reads files alone.
            Compressor(
                "Zopfli", "zopfli", shell: "f=$(mktemp); trap 'rm $f' EXIT; head -c 300000 >$f; zopfli --i1 -c $f",
                part: 5),
            Compressor(
                "umoci", "umoci",
                shell: """
                    d=$(mktemp -d); trap 'rm -r $d' EXIT; cat >$d/tar
                    { umoci init --layout $d/a; umoci new --image $d/a:a
                    umoci raw add-layer --image $d/a:a $d/tar; } >&2
                    ls -S $d/a/blobs/sha256/* | head -n 1 | xargs cat
                    """),
            Compressor("zlib with fixed codes", level: 6, strategy: "Z_FIXED"),
            Compressor("zlib without matches", level: 6, strategy: "Z_HUFFMAN_ONLY"),
            Compressor("zlib with runs alone", level: 6, strategy: "Z_RLE"),
            Compressor("zlib that stores", level: 0, strategy: "Z_DEFAULT_STRATEGY"),
            Compressor(
                "many members",
                python: "[o.write(gzip.compress(d[i:i+50000],mtime=1)) for i in range(0,len(d),50000)]", part: 5),
            Compressor("two members of two programs", "pigz", shell: "head -c 400000 | gzip -n; pigz -n"),
        ]

    static let present = compressors.filter(\.isInstalled)
    static let absent = Set(compressors.filter { !$0.isInstalled }.map(\.program)).sorted()

    @Test("all compressors of the table are there", .enabled(if: absent.isEmpty, "not installed: \(absent)"))
    func installed() { #expect(Self.present.count == Self.compressors.count) }

    @Test("one changed file costs little more than the file, whoever compressed the layer", arguments: present)
    func changedFile(compressor: Compressor) async throws {
        try await Self.checkLayers(part: compressor.part) { try await output(of: compressor.command, input: $0) }
    }

    @Test(
        "one changed file costs little more than the file in layers that skopeo compresses",
        .enabled(if: FileSystem.exists("/usr/bin/skopeo"), "skopeo is not installed"))
    func changedFileInSkopeo() async throws { try await Self.checkLayers(Self.packedBySkopeo) }

    static let go = Compressor("Go", ["go", "version"])

    @Test(
        "one changed file costs little more than the file in layers that Go's own library compresses",
        .enabled(if: go.isInstalled, "go is not installed"))
    func changedFileInGo() async throws {
        let folder = try TemporaryFolder()
        let source = """
            package main
            import ("compress/gzip"; "io"; "os"; "strconv")
            func main() {
                level, _ := strconv.Atoi(os.Args[1])
                writer, _ := gzip.NewWriterLevel(os.Stdout, level)
                io.Copy(writer, os.Stdin)
                writer.Close()
            }
            """
        try FileSystem.write(Array(source.utf8), to: "\(folder.path)/main.go")
        _ = try await output(of: ["go", "build", "-o", "\(folder.path)/pack", "\(folder.path)/main.go"], input: [])
        for level in [-2, 1, 6, 9] {
            try await Self.checkLayers { try await output(of: ["\(folder.path)/pack", "\(level)"], input: $0) }
        }
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
