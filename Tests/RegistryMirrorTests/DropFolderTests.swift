// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Registry
import RegistryMirror
import RegistryRules
import Repositories
import Testing

@Suite("Archives in a folder are carried in") struct DropFolderTests {
    private let folder: TemporaryFolder
    private let inbox: String
    private static let name = "acme/component-descriptors/acme.org/app"

    init() throws {
        folder = try TemporaryFolder(prefix: "inbox")
        inbox = "\(folder.path)/inbox"
        try FileSystem.makeFolder(inbox)
    }

    private func rule() throws -> MirrorRule {
        try MirrorRule(name: "inbox", source: .folder(inbox), target: "acme")
    }

    /// Puts an archive into the folder.
    private func put(
        _ name: String, _ versions: [MirrorVersion], signed: [String] = ["release"]
    ) async throws {
        let archive = try await CommonTransportArchive.create(path: "\(inbox)/\(name)")
        for version in versions { try await version.write(to: archive, signed: signed) }
        try await archive.finish()
    }

    private func result(_ path: String) throws -> JSON {
        try JSON(parsing: FileSystem.read("\(inbox)/\(path)", limit: 1 << 20), source: path)
    }

    @Test("each form of archive is carried in once and moved away with its result", arguments: ["a", "a.tar", "a.tgz"])
    func forms(name: String) async throws {
        let target = try await MirrorTarget()
        try await put(name, [MirrorVersion("acme.org/app:1.0.0"), MirrorVersion("acme.org/other:1.0.0")])
        let report = try await target.mirror.run(try rule())
        #expect(report.isComplete && report.archives.map(\.name) == [name], "\(report.json)")
        #expect(try target.tags(Self.name) == ["1.0.0"])
        #expect(try target.tags("acme/component-descriptors/acme.org/other") == ["1.0.0"])
        #expect(try FileSystem.names(in: inbox) == ["done"])
        #expect(try result("done/\(name).json")["complete"] == true)
        #expect(try await target.mirror.run(try rule()).archives.isEmpty)
        // The same once more changes nothing.
        try await put(name, [MirrorVersion("acme.org/app:1.0.0")])
        #expect(try await target.mirror.run(try rule()).isComplete)
        #expect(FileSystem.exists("\(inbox)/done/2-\(name)"))
    }

    @Test("what is still written, hidden, linked or no archive is left alone") func ignored() async throws {
        let target = try await MirrorTarget()
        target.time.withLock { $0 = RegistryFolder.wallClock() }
        try await put("young.tar", [MirrorVersion("acme.org/app:1.0.0")])
        for name in [".hidden.tar", "a.tar.part", "a.json"] { try FileSystem.write([1], to: "\(inbox)/\(name)") }
        try FileSystem.makeFolder("\(inbox)/folder")
        let before = try FileSystem.names(in: inbox).sorted()
        #expect(try await target.mirror.run(try rule()).archives.isEmpty)
        #expect(try FileSystem.names(in: inbox).sorted() == before)
        target.time.withLock { $0 += 100_000 }
        #expect(try await target.mirror.run(try rule()).archives.map(\.name) == ["young.tar"])
    }

    @Test("an archive that is damaged is put aside, and the next one is carried in") func damaged() async throws {
        let target = try await MirrorTarget()
        try await put("a.tar", [MirrorVersion("acme.org/app:1.0.0")])
        var bytes = try FileSystem.read("\(inbox)/a.tar", limit: 1 << 20)
        let place = try #require(String(decoding: bytes, as: UTF8.self).utf8.firstRange(of: "the text".utf8))
        let offset = String(decoding: bytes, as: UTF8.self).utf8.distance(
            from: String(decoding: bytes, as: UTF8.self).utf8.startIndex, to: place.lowerBound)
        bytes[offset] ^= 1
        try FileSystem.write(bytes, to: "\(inbox)/a.tar")
        try FileSystem.write(Array("no archive".utf8), to: "\(inbox)/b.tar")
        try await put("c.tar", [MirrorVersion("acme.org/app:2.0.0")])
        let report = try await target.mirror.run(try rule())
        #expect(report.archives.map(\.isComplete) == [false, false, true], "\(report.json)")
        #expect(try target.tags(Self.name) == ["2.0.0"])
        #expect(try FileSystem.names(in: "\(inbox)/failed").sorted() == ["a.tar", "a.tar.json", "b.tar", "b.tar.json"])
        #expect(try result("failed/b.tar.json")["failure"]?.string != nil)
    }

    @Test("a signature rule decides about versions from archives, children before parents whatever the order")
    func signatures() async throws {
        let path = "\(folder.path)/release.pem"
        try FileSystem.write(Array(MirrorVersion.key.publicKey.pem().utf8), to: path)
        let demand = SignatureRule.Demand(name: "release", keys: [.publicKey(path: path)])
        let target = try await MirrorTarget(signatures: [try SignatureRule(prefix: "acme", demands: [demand])])
        // The names are such that parents come first.
        let scratch = MemoryStore()
        let leaf = try MirrorVersion("acme.org/zleaf:1.0.0")
        let child = try await leaf.write(to: scratch)
        try await put("a.tar", [leaf, MirrorVersion("acme.org/app:1.0.0", refersTo: child)])
        try await put("b.tar", [MirrorVersion("acme.org/app:2.0.0")], signed: [])
        let report = try await target.mirror.run(try rule())
        #expect(report.archives.map(\.isComplete) == [true, false], "\(report.json)")
        #expect(try target.tags(Self.name) == ["1.0.0"])
        #expect(
            try result("failed/b.tar.json")["repositories"]?.array?.first?["failures"]?.array?.first?["reason"]?.string?
                .contains("has no signature “release”") == true)
    }

    @Test("a version that is here with other content stays; with more signatures it is replaced") func conflict()
        async throws
    {
        let target = try await MirrorTarget()
        try await put("a.tar", [MirrorVersion("acme.org/app:1.0.0")])
        #expect(try await target.mirror.run(try rule()).isComplete)
        let first = try target.digest(Self.name, "1.0.0")
        try await put("b.tar", [MirrorVersion("acme.org/app:1.0.0", "another text")])
        #expect(try await !target.mirror.run(try rule()).isComplete)
        #expect(try target.digest(Self.name, "1.0.0") == first)
        try await put("c.tar", [MirrorVersion("acme.org/app:1.0.0")], signed: ["release", "second"])
        #expect(try await target.mirror.run(try rule()).isComplete)
        #expect(try target.digest(Self.name, "1.0.0") != first)
        try await put("d.tar", [MirrorVersion("acme.org/app:1.0.0")], signed: ["second"])
        #expect(try await !target.mirror.run(try rule()).isComplete)
    }
}
