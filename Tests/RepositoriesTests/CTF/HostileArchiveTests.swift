// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import OCI
import Repositories
import Testing

@Suite("Transport archives from outside") struct HostileArchiveTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func open(_ members: [TarMember], gzip: Bool) async throws -> CommonTransportArchive {
        let tar = Tar.stream(members)
        let path = "\(folder.path)/archive"
        try FileSystem.write(try await (gzip ? tar.gzipped() : tar).collect(limit: 256 << 20), to: path)
        return try await CommonTransportArchive.open(path: path)
    }

    private static let index = TarMember.bytes("artifact-index.json", Array(#"{"schemaVersion":1}"#.utf8))

    @Test(
        "a member whose name leads out of the archive, or means another, is refused",
        arguments: ["../x", "/etc/passwd", "blobs/../../x", "..", "blobs/../artifact-index.json"], [false, true])
    func names(name: String, gzip: Bool) async throws {
        let fault = await faultOf { _ = try await open([Self.index, .bytes(name, [1])], gzip: gzip) }
        #expect(fault?.code == .invalid, "\(String(describing: fault))")
    }

    @Test("two members of one name are refused, so that no two readers see two archives", arguments: [false, true])
    func twice(gzip: Bool) async throws {
        for other in ["artifact-index.json", "./artifact-index.json"] {
            let fault = await faultOf {
                _ = try await open([Self.index, .bytes(other, Array(#"{"schemaVersion":1}"#.utf8))], gzip: gzip)
            }
            #expect(fault?.code == .invalid, "\(other): \(String(describing: fault))")
        }
    }

    @Test("an index that is too large is refused before it is read", arguments: ["folder", "tar", "tgz"])
    func largeIndex(form: String) async throws {
        let size = 65 << 20
        let fault = await faultOf {
            if form == "folder" {
                try FileSystem.makeFolder("\(folder.path)/a")
                try FileSystem.write([UInt8](repeating: 0x20, count: size), to: "\(folder.path)/a/artifact-index.json")
                _ = try await CommonTransportArchive.open(path: "\(folder.path)/a")
            } else {
                let spaces = TarMember.bytes("artifact-index.json", [UInt8](repeating: 0x20, count: size))
                _ = try await open([spaces], gzip: form == "tgz")
            }
        }
        #expect(fault?.code == .limitExceeded)
    }

    @Test("an archive that swells a thousandfold is refused while it is unpacked, and leaves nothing")
    func bomb() async throws {
        let zeros = TarMember.bytes("blobs/zeros", [UInt8](repeating: 0, count: 192 << 20))
        let path = "\(folder.path)/bomb.tgz"
        let bytes = try await Tar.stream([Self.index, zeros]).gzipped(level: 9).collect(limit: 16 << 20)
        try FileSystem.write(bytes, to: path)
        let temporary = "\(folder.path)/temporary"
        try FileSystem.makeFolder(temporary)
        let fault = await faultOf {
            _ = try await CommonTransportArchive.open(path: path, temporaryFolder: temporary)
        }
        #expect(fault?.code == .limitExceeded, "\(String(describing: fault))")
        #expect(try FileSystem.names(in: temporary).isEmpty)
    }

    @Test("a manifest is what its bytes say, whatever the index calls it", arguments: [false, true])
    func confused(gzip: Bool) async throws {
        let sample = SampleArtifact(["{}"])
        let text = """
            {"schemaVersion":1,"artifacts":[{"repository":"r","tag":"1","digest":"\(sample.digest)",\
            "mediaType":"application/vnd.oci.image.index.v1+json"}]}
            """
        let archive = try await open(
            [
                .bytes("artifact-index.json", Array(text.utf8)),
                .bytes("blobs/sha256.\(sample.digest.hex)", sample.manifest),
            ], gzip: gzip)
        let root = try #require(try await archive.resolve("1", in: "r"))
        let fault = await faultOf {
            _ = try await ArtifactContent(store: archive, repository: "r", root: root).nodes()
        }
        #expect(fault?.code == .corrupt)
    }

    @Test("addresses inside a manifest are never followed, though their layers need not be there") func foreign()
        async throws
    {
        let config = Array("{}".utf8)
        let text = """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"a/b",\
            "digest":"\(Digest(of: config))","size":2},"layers":[{"mediaType":"a/b","size":7,\
            "digest":"sha256:\(String(repeating: "7", count: 64))","urls":["http://127.0.0.1:1/layer"]}]}
            """
        let archive = try await CommonTransportArchive.create(path: "\(folder.path)/a")
        _ = try await archive.pushBlob(.memory(config), in: "r")
        let root = try await archive.pushManifest(
            Array(text.utf8), mediaType: SampleArtifact.mediaType, in: "r", tag: "1")
        let content = ArtifactContent(store: archive, repository: "r", root: root)
        let fault = await faultOf {
            try await content.copy(to: MemoryStore(), repository: "x", tag: nil, observer: PlacementObserver())
        }
        #expect(fault?.code == .notFound)
    }
}
