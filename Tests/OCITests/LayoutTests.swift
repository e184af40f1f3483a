// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import OCI
import Testing

@Suite("Image layouts from outside") struct LayoutTests {
    static let blob = Array("{}".utf8)
    static let manifest = Array(
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"a/b",\
        "digest":"\(Digest(of: blob))","size":2},"layers":[]}
        """.utf8)
    static func index(_ annotations: String = #""org.opencontainers.image.ref.name":"v1""#, size: Int? = nil) -> [UInt8]
    {
        Array(
            """
            {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json",\
            "digest":"\(Digest(of: manifest))","size":\(size ?? manifest.count),"annotations":{\(annotations)}}]}
            """.utf8)
    }
    static func path(_ bytes: [UInt8]) -> String { "blobs/sha256/\(Digest(of: bytes).hex)" }
    static let members: [TarMember] = [
        .bytes("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)), .bytes(path(blob), blob),
        .bytes(path(manifest), manifest),
    ]

    private func open(_ members: [TarMember], gzip: Bool = false) async throws -> OCILayout {
        let folder = try TemporaryFolder()
        let tar = Tar.stream(members)
        try FileSystem.write(
            try await (gzip ? tar.gzipped() : tar).collect(limit: 64 << 20), to: "\(folder.path)/layout")
        return try await OCILayout(path: "\(folder.path)/layout")
    }

    private func read(_ layout: OCILayout) async throws -> [UInt8] {
        let root = try #require(try await layout.resolve("v1", in: ""))
        #expect(try await layout.manifest(root.digest, in: "").bytes == Self.manifest)
        return try await layout.openBlob(Digest(of: Self.blob), size: 2, in: "").collect(limit: 100)
    }

    @Test("are read from tars in any order, and in each form that tools have written", arguments: [false, true])
    func forms(gzip: Bool) async throws {
        let flat = Self.members.map { member in
            var member = member
            member.entry.path = member.entry.path.replacing("sha256/", with: "sha256.")
            return member
        }
        let tags = #""software.ocm/tags":"v0,v1""#
        for members in [
            Self.members + [.bytes("index.json", Self.index())], [.bytes("index.json", Self.index())] + Self.members,
            flat + [.bytes("index.json", Self.index(tags))],
            Array(flat.dropFirst()) + [.bytes("artifact-descriptor.json", Self.index(tags))],
            [.folder("./"), .folder("./blobs")] + Self.members + [.bytes("./index.json", Self.index())],
        ] {
            let layout = try await open(members, gzip: gzip)
            #expect(try await read(layout) == Self.blob)
            #expect(try await layout.main().digest == Digest(of: Self.manifest))
        }
    }

    @Test(
        "a member with a name that leads out of the archive is refused",
        arguments: [
            "../x", "/etc/passwd", "a/../../x", "blobs/../../x", "..", "blobs/sha256/../../../x", "a/./../..//../x",
        ])
    func names(name: String) async throws {
        let fault = await faultOf {
            let layout = try await open(Self.members + [.bytes("index.json", Self.index()), .bytes(name, [1])])
            _ = try await read(layout)
        }
        #expect(fault?.code == .invalid, "\(String(describing: fault))")
    }

    @Test("a link in place of a file is not followed", arguments: ["blob", "manifest", "index.json"], [true, false])
    func links(target: String, symbolic: Bool) async throws {
        let paths = ["blob": Self.path(Self.blob), "manifest": Self.path(Self.manifest)]
        let path = paths[target] ?? target
        let kind: TarEntry.Kind = symbolic ? .symbolicLink("/etc/hostname") : .hardLink("copy")
        let link = TarMember(entry: TarEntry(path: path, kind: kind, size: 0, mode: 0o644)) { ByteStream([]) }
        let whole = Self.members + [.bytes("index.json", Self.index())]
        let copies = whole.filter { $0.entry.path == path }.map { member in
            var member = member
            member.entry.path = "copy"
            return member
        }
        let fault = await faultOf {
            let layout = try await open(copies + whole.filter { $0.entry.path != path } + [link])
            _ = try await read(layout)
        }
        #expect([.invalid, .notFound].contains(fault?.code), "\(String(describing: fault))")
    }

    @Test("a link in a folder is not followed") func linksInFolders() async throws {
        let folder = try TemporaryFolder()
        let layout = "\(folder.path)/layout"
        for member in Self.members + [.bytes("index.json", Self.index())] {
            try FileSystem.makeFolder(FileSystem.folder(of: "\(layout)/\(member.entry.path)"))
            try FileSystem.write(
                try await member.open().collect(limit: 1000), to: "\(layout)/\(member.entry.path)")
        }
        #expect(try await read(OCILayout(path: layout)) == Self.blob)
        try FileSystem.rename("\(layout)/\(Self.path(Self.blob))", to: "\(folder.path)/secret")
        let link = try await ChildProcess.run([
            "ln", "-s", "\(folder.path)/secret", "\(layout)/\(Self.path(Self.blob))",
        ])
        #expect(link.status == 0)
        let fault = await faultOf { _ = try await read(OCILayout(path: layout)) }
        #expect(fault?.code == .notFound)
    }

    @Test("what is too large is refused before it is read", arguments: ["index.json", "artifact-descriptor.json"])
    func oversized(name: String) async throws {
        let spaces = [UInt8](repeating: 0x20, count: OCIManifest.sizeLimit)
        for gzip in [false, true] {
            let fault = await faultOf {
                _ = try await open(Self.members + [.bytes(name, Self.index() + spaces)], gzip: gzip)
            }
            #expect(fault?.code == .limitExceeded, "\(String(describing: fault))")
        }
    }

    @Test("an archive that swells a thousandfold is refused while it is unpacked") func bomb() async throws {
        let size: Int64 = 256 << 20
        let zeros = TarMember.file("zeros", size: size) {
            let left = Guarded(size)
            return ByteStream {
                let count = left.withLock { left in
                    defer { left -= min(left, 1 << 20) }
                    return min(left, 1 << 20)
                }
                return count == 0 ? nil : [UInt8](repeating: 0, count: Int(count))[...]
            }
        }
        let bytes = try await Tar.stream([zeros]).gzipped(level: 9).collect(limit: 16 << 20)
        // Compressed once more it is a few KiB: nothing is unpacked twice.
        let twice = try await ByteStream(bytes).gzipped(level: 9).collect(limit: 16 << 20)
        for bytes in [bytes, twice] {
            let fault = await faultOf { _ = try await OCILayout.spooled(ByteStream(bytes), source: "a bomb") }
            #expect([.limitExceeded, .invalid].contains(fault?.code), "\(String(describing: fault))")
        }
    }

    @Test("an index that is two things at once, or nothing, is refused")
    func confused() async throws {
        for text in [
            #"{"schemaVersion":2,"manifests":[],"layers":[]}"#, "{}", "[]", "", "nonsense",
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","manifests":[]}"#,
        ] {
            let fault = await faultOf { _ = try await open(Self.members + [.bytes("index.json", Array(text.utf8))]) }
            #expect(fault != nil, "\(text)")
        }
    }

    @Test("bytes that are not those of their digest are found out while they are read") func altered() async throws {
        let other = Array("[]".utf8)
        let members = Self.members.map { $0.entry.path == Self.path(Self.blob) ? .bytes($0.entry.path, other) : $0 }
        let fault = await faultOf { _ = try await read(open(members + [.bytes("index.json", Self.index())])) }
        #expect(fault?.code == .mismatch)
        // A manifest whose stated size is wrong is not written anywhere else.
        let layout = try await open(Self.members + [.bytes("index.json", Self.index(size: 5))])
        let root = try #require(try await layout.resolve("v1", in: ""))
        let lie = await faultOf {
            for try await _ in try await OCILayoutWriter.tar(root: root, from: layout, repository: "") {}
        }
        #expect(lie != nil)
    }

    @Test("a manifest within an index is found by its digest, and a size that lies is found out", arguments: [0, 5])
    func nested(lie: Int) async throws {
        let digest = Digest(of: Self.manifest)
        let inner = Self.index("", size: Self.manifest.count + lie)
        let outer = """
            {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json",\
            "digest":"\(Digest(of: inner))","size":\(inner.count)}]}
            """
        let layout = try await open(
            Self.members + [.bytes(Self.path(inner), inner), .bytes("index.json", Array(outer.utf8))])
        let found = try #require(try await layout.resolve("\(digest)", in: ""))
        #expect(found.digest == digest && found.size == Int64(Self.manifest.count))
        #expect(found.mediaType == MediaType.imageManifest.rawValue)
        // A blob is no manifest.
        #expect(try await layout.resolve("\(Digest(of: Self.blob))", in: "") == nil)
        let folder = try TemporaryFolder()
        let fault = await faultOf {
            try await OCILayoutWriter.write(
                root: try await layout.main(), from: layout, repository: "", toFolder: "\(folder.path)/copy")
        }
        #expect(fault?.code == (lie == 0 ? nil : .mismatch))
        #expect(try FileSystem.names(in: folder.path) == (lie == 0 ? ["copy"] : []))
    }

    @Test("which artifact is meant: the one noted, the only one, the one that holds the others, or nobody knows")
    func main() async throws {
        let (one, two) = (Self.manifest, Self.manifest + [0x20])
        func entry(_ bytes: [UInt8], index: Bool = false) -> String {
            """
            {"mediaType":"application/vnd.oci.image.\(index ? "index" : "manifest").v1+json",\
            "digest":"\(Digest(of: bytes))","size":\(bytes.count)}
            """
        }
        func list(_ entries: [String], _ more: String = "") -> [UInt8] {
            Array(#"{"schemaVersion":2,"manifests":[\#(entries.joined(separator: ","))]\#(more)}"#.utf8)
        }
        let both = list([entry(one), entry(two)])
        let blobs = Self.members + [.bytes(Self.path(two), two), .bytes(Self.path(both), both)]
        let noted = #","annotations":{"software.ocm/main":"\#(Digest(of: two))"}"#
        for (index, expected) in [
            (list([entry(one)]), one), (list([entry(one), entry(one)]), one),
            (list([entry(one), entry(two)], noted), two),
            (list([entry(one), entry(both, index: true), entry(two)]), both),
        ] {
            #expect(try await open(blobs + [.bytes("index.json", index)]).main().digest == Digest(of: expected))
        }
        for index in [both, list([])] {
            let fault = await faultOf { _ = try await open(blobs + [.bytes("index.json", index)]).main() }
            #expect(fault?.code == .invalid)
        }
    }
}
