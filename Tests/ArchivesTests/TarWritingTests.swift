// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Testing

@Suite("Writing tar") struct TarWritingTests {
    static let deep = String(repeating: "d/", count: 60) + "file"
    static let veryDeep = String(repeating: "deeper/", count: 60) + "file"
    static let members: [TarMember] = [
        .bytes("plain", Array("content".utf8)), .folder("folder"), .bytes("folder/empty", []),
        .bytes(deep, noise(513)), .bytes(veryDeep, noise(511)), .bytes("ümlaut", noise(512)),
        .bytes(String(repeating: "n", count: 100), noise(1)), .bytes(String(repeating: "n", count: 101), noise(1)),
        TarMember(entry: TarEntry(path: "link", kind: .symbolicLink("plain"), size: 0, mode: 0o777)) { ByteStream([]) },
        TarMember(
            entry: TarEntry(
                path: "numbers", kind: .file, size: 2, mode: 0o600, userID: 3_000_000, groupID: 4, modified: -5)
        ) { ByteStream([1, 2]) },
    ]

    @Test("what is written is read back, and has the size foretold")
    func roundTrip() async throws {
        let bytes = try await Tar.stream(Self.members).collect(limit: 1 << 20)
        #expect(Int64(bytes.count) == (try Tar.size(of: Self.members)))
        let reader = TarReader(ByteStream(bytes), source: "x.tar")
        for member in Self.members {
            #expect(try await reader.next() == member.entry)
            let written = try await member.open().collect(limit: 1 << 20)
            #expect(try await reader.content().collect(limit: 1 << 20) == written)
        }
        #expect(try await reader.next() == nil)
        #expect(try await reader.next() == nil)
    }

    @Test("the same members give the same bytes, however their content arrives")
    func determinism() async throws {
        let content = noise(100_000)
        var results: Set<[UInt8]> = []
        for size in [1000, 4096, 1 << 20] {
            let member = TarMember.file("a", size: 100_000) { pieces(content, of: size) }
            results.insert(try await Tar.stream([member]).collect(limit: 1 << 20))
        }
        #expect(results.count == 1)
    }

    static let wrong: [(name: String, member: TarMember)] = [
        ("shorter content", .file("a", size: 5) { ByteStream([1, 2]) }),
        ("longer content", .file("a", size: 1) { ByteStream([1, 2]) }),
        ("absolute path", .bytes("/a", [])), ("path upwards", .bytes("a/../../b", [])), ("no path", .bytes("", [])),
        (
            "folder with size",
            TarMember(entry: TarEntry(path: "a", kind: .folder, size: 1, mode: 0)) { ByteStream([1]) }
        ),
    ]
    @Test("refuses members that would lie", arguments: wrong.indices)
    func refuses(_ index: Int) async throws {
        let (name, member) = Self.wrong[index]
        let fault = await failure { _ = try await Tar.stream([member]).collect(limit: 1 << 20) }
        #expect(fault?.code == .mismatch || fault?.code == .invalid, "\(name)")
    }

    @Test("GNU tar reads what we write", .enabled(if: hasTar, "needs tar"))
    func gnuReads() async throws {
        let folder = try TemporaryFolder()
        try FileSystem.write(try await Tar.stream(Self.members).collect(limit: 1 << 20), to: "\(folder.path)/x.tar")
        let result = try await ChildProcess.run(
            ["tar", "--no-same-owner", "--warning=no-timestamp", "-xf", "x.tar"], workingFolder: folder.path)
        #expect(result.status == 0, "\(String(decoding: result.stderr, as: UTF8.self))")
        #expect(result.stderr.isEmpty)
        for member in Self.members where member.entry.kind == .file {
            let written = try await member.open().collect(limit: 1 << 20)
            #expect(try FileSystem.read("\(folder.path)/\(member.entry.path)", limit: 1 << 20) == written)
        }
        #expect(try FileSystem.linkTarget("\(folder.path)/link") == "plain")
    }

    @Test("we read what GNU tar writes", .enabled(if: hasTar, "needs tar"), arguments: ["gnu", "ustar", "pax", "v7"])
    func gnuWrites(format: String) async throws {
        let folder = try TemporaryFolder()
        var paths = ["a", "b/c", "b/\(String(repeating: "x", count: 90))"]
        if format != "v7" { paths.append(String(repeating: "y/", count: 50) + String(repeating: "z", count: 60)) }
        if format == "gnu" || format == "pax" { paths.append(String(repeating: "q", count: 200)) }
        for (index, path) in paths.enumerated() {
            try FileSystem.makeFolder("\(folder.path)/in/\(FileSystem.folder(of: path))")
            try FileSystem.write(noise(index * 1000), to: "\(folder.path)/in/\(path)")
        }
        let result = try await ChildProcess.run(
            ["tar", "--format=\(format)", "-C", "in", "-cf", "out.tar", "."], workingFolder: folder.path)
        #expect(result.status == 0, "\(String(decoding: result.stderr, as: UTF8.self))")
        let index = try TarIndex(file: SharedFile(reading: "\(folder.path)/out.tar"))
        for (number, path) in paths.enumerated() {
            #expect(try index.read(path, limit: 1 << 20) == noise(number * 1000), "\(path)")
        }
    }
}
