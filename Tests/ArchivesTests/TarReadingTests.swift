// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Testing

@Suite("Reading tar") struct TarReadingTests {
    struct Hostile: Sendable, CustomTestStringConvertible {
        let name: String, bytes: [UInt8], code: Fault.Code, mentions: String
        var testDescription: String { name }
        init(_ name: String, _ code: Fault.Code, mentions: String, _ body: (inout RawTar) -> Void) {
            (self.name, self.code, self.mentions, bytes) = (name, code, mentions, RawTar.build(body))
        }
    }
    static let hostile: [Hostile] = [
        Hostile("no tar at all", .invalid, mentions: "not a tar") { $0.bytes = noise(2048) },
        Hostile("empty", .invalid, mentions: "too early") { _ in },
        Hostile("wrong checksum", .invalid, mentions: "not a tar") {
            $0.add("a", breakingChecksum: true)
            $0.end()
        },
        Hostile("wrong checksum later", .invalid, mentions: "member 1") {
            $0.add("a")
            $0.add("b", breakingChecksum: true)
            $0.end()
        },
        Hostile("base-256 negative size", .invalid, mentions: "negative size") {
            $0.add("a", size: [UInt8](repeating: 0xFF, count: 12))
            $0.end()
        },
        Hostile("base-256 size beyond 64 bits", .invalid, mentions: "too large") {
            $0.add("a", size: [0x80, 0x7F] + [UInt8](repeating: 0xFF, count: 10))
            $0.end()
        },
        Hostile("size that is no number", .invalid, mentions: "size") {
            $0.add("a", size: Array("00000x00000".utf8))
            $0.end()
        },
        Hostile("size with more behind a blank", .invalid, mentions: "size") {
            $0.add("a", size: Array("000 0000007".utf8))
            $0.end()
        },
        Hostile("NUL in a name", .invalid, mentions: "NUL") {
            $0.add("a\u{0}b")
            $0.end()
        },
        Hostile("NUL in a long name", .invalid, mentions: "NUL") {
            $0.add("././@LongLink", type: "L", content: Array("a\u{0}b".utf8))
            $0.add("a")
            $0.end()
        },
        Hostile("NUL in a pax path", .invalid, mentions: "NUL") {
            $0.add("x", type: "x", content: RawTar.pax("path", "a\u{0}b"))
            $0.add("a")
            $0.end()
        },
        Hostile("absolute path", .invalid, mentions: "outside") {
            $0.add("/etc/passwd")
            $0.end()
        },
        Hostile("absolute through the prefix", .invalid, mentions: "outside") {
            $0.add("passwd", prefix: "/etc")
            $0.end()
        },
        Hostile("path upwards", .invalid, mentions: "outside") {
            $0.add("a/../../b")
            $0.end()
        },
        Hostile("pax path upwards", .invalid, mentions: "outside") {
            $0.add("x", type: "x", content: RawTar.pax("path", "../b"))
            $0.add("a")
            $0.end()
        },
        Hostile("empty name", .invalid, mentions: "without a name") {
            $0.add("")
            $0.end()
        },
        Hostile("path twice", .invalid, mentions: "twice") {
            $0.add("a")
            $0.add("./a")
            $0.end()
        },
        Hostile("path twice through a slash", .invalid, mentions: "twice") {
            $0.add("a//b")
            $0.add("a/b")
            $0.end()
        },
        Hostile("GNU sparse", .unsupported, mentions: "sparse") {
            $0.add("a", type: "S")
            $0.end()
        },
        Hostile("pax sparse", .unsupported, mentions: "sparse") {
            $0.add("x", type: "x", content: RawTar.pax("GNU.sparse.major", "1"))
            $0.add("a")
            $0.end()
        },
        Hostile("content cut", .invalid, mentions: "“a”") {
            $0.add("a", content: noise(2000))
            $0.bytes.removeLast(700)
        },
        Hostile("size beyond the file", .invalid, mentions: "“a”") {
            $0.add("a", size: Array("00000100000".utf8))
            $0.end()
        },
        Hostile("no end", .invalid, mentions: "too early") { $0.add("a") },
        Hostile("cut in a header", .invalid, mentions: "too early") {
            $0.add("a")
            $0.bytes += noise(100)
        },
        Hostile("garbage behind the end", .invalid, mentions: "behind the end") {
            $0.add("a")
            $0.end()
            $0.add("b")
        },
        Hostile("folder with content", .invalid, mentions: "not a file") {
            $0.add("a", type: "5", content: noise(10))
            $0.end()
        },
        Hostile("link with content", .invalid, mentions: "not a file") {
            $0.add("a", type: "1", content: noise(10), link: "b")
            $0.end()
        },
        Hostile("malformed pax", .invalid, mentions: "malformed") {
            $0.add("x", type: "x", content: Array("99 path=a\n".utf8))
            $0.add("a")
            $0.end()
        },
        Hostile("negative pax size", .invalid, mentions: "malformed") {
            $0.add("x", type: "x", content: RawTar.pax("size", "-1"))
            $0.add("a")
            $0.end()
        },
        Hostile("global path", .invalid, mentions: "global") {
            $0.add("g", type: "g", content: RawTar.pax("path", "z"))
            $0.add("a")
            $0.end()
        },
        Hostile("header without member", .invalid, mentions: "between") {
            $0.add("x", type: "x", content: RawTar.pax("path", "z"))
            $0.end()
        },
        Hostile("two headers for one member", .invalid, mentions: "two extended") {
            $0.add("x", type: "x", content: RawTar.pax("path", "y"))
            $0.add("x", type: "x", content: RawTar.pax("path", "z"))
            $0.add("a")
            $0.end()
        },
        Hostile("huge pax header", .limitExceeded, mentions: "MiB") {
            $0.add("x", type: "x", size: Array("00100000000".utf8))
        },
        Hostile("too long a path", .limitExceeded, mentions: "5000") {
            $0.add("x", type: "x", content: RawTar.pax("path", String(repeating: "p", count: 5000)))
            $0.add("a")
            $0.end()
        },
    ]

    @Test("refuses what is not a clean archive", arguments: hostile, [512, 7, 1 << 20])
    func refuses(_ test: Hostile, pieceSize: Int) async throws {
        let fault = await failure {
            let reader = TarReader(pieces(test.bytes, of: pieceSize), source: "x.tar")
            while try await reader.next() != nil {}
        }
        #expect(fault?.code == test.code)
        #expect(fault?.message.contains("x.tar") == true)
        #expect(fault?.message.contains(test.mentions) == true, "\(fault?.message ?? "no failure")")
    }

    @Test("the index refuses the same", arguments: hostile)
    func indexRefuses(_ test: Hostile) async throws {
        let folder = try TemporaryFolder()
        try FileSystem.write(test.bytes, to: "\(folder.path)/x.tar")
        let fault = await failure { _ = try TarIndex(file: SharedFile(reading: "\(folder.path)/x.tar")) }
        #expect(fault?.code == test.code)
        #expect(fault?.message.contains(test.mentions) == true, "\(fault?.message ?? "no failure")")
    }

    @Test("stops at each limit", arguments: ["entries", "entrySize", "totalSize", "pathLength"])
    func limits(_ name: String) async throws {
        var limits = ArchiveLimits()
        switch name {
        case "entries": limits.entries = 2
        case "entrySize": limits.entrySize = 99
        case "totalSize": limits.totalSize = 299
        default: limits.pathLength = 5
        }
        let bytes = RawTar.build { tar in
            for name in ["a", "b", "member"] { tar.add(name, content: noise(100)) }
            tar.end()
        }
        let strict = limits
        let fault = await failure {
            let reader = TarReader(ByteStream(bytes), source: "x.tar", limits: strict)
            while try await reader.next() != nil {}
        }
        #expect(fault?.code == .limitExceeded)
    }

    static let everything = RawTar.build { tar in
        let long = String(repeating: "long/", count: 30) + "name"
        tar.add("./", type: "5")
        tar.add("./plain", content: Array("plain content".utf8))
        tar.add("folder/", type: "5", magic: "ustar  \u{0}")
        tar.add("v7folder/", type: "\u{0}", magic: "")
        tar.add("file", content: noise(700), prefix: "in/prefix")
        tar.add("soft", type: "2", link: "../elsewhere")
        tar.add("hard", type: "1", link: "plain")
        tar.add("fifo", type: "6")
        tar.add("@PaxHeader", type: "x", content: RawTar.pax("path", "päx") + RawTar.pax("mtime", "12.5"))
        tar.add("short", content: noise(3))
        tar.add("@PaxHeader", type: "x", content: RawTar.pax("size", "5") + RawTar.pax("comment", "x"))
        tar.add("paxsize", content: noise(5), size: Array("00000000000".utf8))
        tar.add("././@LongLink", type: "L", content: Array("\(long)\u{0}".utf8))
        tar.add(String(long.prefix(99)), content: noise(1))
        tar.add("base256", content: noise(300), size: [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 44])
        tar.end()
        tar.bytes += [UInt8](repeating: 0, count: 8192)
    }

    @Test("understands ustar, pax and GNU headers; links are reported", arguments: [512, 13, 1 << 20])
    func understands(pieceSize: Int) async throws {
        let reader = TarReader(pieces(Self.everything, of: pieceSize), source: "x.tar")
        var seen: [TarEntry] = []
        while let entry = try await reader.next() {
            if entry.path == "in/prefix/file" { #expect(try await reader.content().collect(limit: 700) == noise(700)) }
            if entry.path == "paxsize" { #expect(try await reader.content().collect(limit: 700) == noise(5)) }
            seen.append(entry)
        }
        #expect(
            seen.map(\.path) == [
                ".", "plain", "folder", "v7folder", "in/prefix/file", "soft", "hard", "fifo", "päx", "paxsize",
                String(repeating: "long/", count: 30) + "name", "base256",
            ])
        #expect(
            seen.map(\.kind) == [
                .folder, .file, .folder, .folder, .file, .symbolicLink("../elsewhere"), .hardLink("plain"),
                .other(UInt8(ascii: "6")), .file, .file, .file, .file,
            ])
        #expect(seen.map(\.size) == [0, 13, 0, 0, 700, 0, 0, 0, 3, 5, 1, 300])
        #expect(seen[8].modified == 12)
    }

    @Test("the index sees the same and reads in any order")
    func index() async throws {
        let folder = try TemporaryFolder()
        try FileSystem.write(Self.everything, to: "\(folder.path)/x.tar")
        let index = try TarIndex(file: SharedFile(reading: "\(folder.path)/x.tar"))
        #expect(index.entries.count == 12)
        #expect(try index.read("base256", limit: 300) == noise(300))
        #expect(try await index.stream("in/prefix/file")?.collect(limit: 700) == noise(700))
        #expect(try index.read("plain", limit: 13) == Array("plain content".utf8))
        #expect(index["nothing"] == nil)
        #expect(await failure { _ = try index.read("plain", limit: 12) }?.code == .limitExceeded)
    }

    @Test("the content of a member passed by cannot be mistaken for that of the next")
    func passedBy() async throws {
        let reader = TarReader(ByteStream(Self.everything), source: "x.tar")
        _ = try await reader.next()
        _ = try await reader.next()
        let content = reader.content()
        _ = try await reader.next()
        #expect(await failure { _ = try await content.collect(limit: 100) } != nil)
    }
}
