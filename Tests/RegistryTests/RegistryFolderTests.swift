// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import OCI
import Registry
import Testing

struct RegistryFolderTests {
    private let folder: TemporaryFolder
    private let repository: RepositoryName
    init() throws {
        folder = try TemporaryFolder()
        repository = try RepositoryName("acme.org/app")
    }

    private func open(_ limits: RegistryLimits = RegistryLimits()) throws -> RegistryFolder {
        var limits = limits
        limits.freeSpaceFloor = 0
        return try RegistryFolder("\(folder.path)/registry", limits: limits)
    }

    @discardableResult
    private func push(_ text: String, _ registry: RegistryFolder, in name: RepositoryName? = nil) async throws -> Digest
    {
        let bytes = Array(text.utf8)
        let session = try registry.beginUpload(in: name ?? repository, by: "alice")
        _ = try await registry.append(ByteStream(bytes), to: session, length: Int64(bytes.count))
        let digest = Digest(of: bytes)
        try await registry.commit(session, as: digest, by: "alice")
        return digest
    }

    private func manifest(_ config: Digest, _ layers: [Digest], subject: Digest? = nil) -> [UInt8] {
        func descriptor(_ digest: Digest, _ type: String) -> JSON {
            ["mediaType": .string(type), "digest": .string(digest.description), "size": 1]
        }
        var object: JSONObject = [
            "schemaVersion": 2, "mediaType": .string(MediaType.imageManifest.rawValue),
            "config": descriptor(config, "application/vnd.example.config"),
            "layers": .array(layers.map { descriptor($0, "application/octet-stream") }),
        ]
        if let subject { object["subject"] = descriptor(subject, MediaType.imageManifest.rawValue) }
        return JSON.object(object).encoded()
    }

    private func read(_ digest: Digest, _ registry: RegistryFolder) throws -> String? {
        try registry.smallBlob(digest, in: repository).map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test("what was pushed is there after a restart, with who pushed it in the records")
    func restart() async throws {
        let config: Digest, pushed: PushedManifest
        do {
            let registry = try open()
            config = try await push("config", registry)
            pushed = try await registry.putManifest(
                manifest(config, []), mediaType: nil, in: repository, as: .tag("v1"), by: "alice")
            await registry.close()
        }
        let registry = try open()
        #expect(try read(config, registry) == "config")
        #expect(try registry.manifest(.tag("v1"), in: repository)?.digest == pushed.digest)
        #expect(try registry.tags(in: repository, after: nil, limit: 10) == ["v1"])
        #expect(try registry.repositories(after: nil, limit: 10) == [repository])
        await registry.close()
    }

    @Test("the index is made anew when it is lost, garbage or torn", arguments: ["lost", "garbage", "short"])
    func rebuilt(_ damage: String) async throws {
        let registry = try open()
        let config = try await push("config", registry)
        let pushed = try await registry.putManifest(
            manifest(config, []), mediaType: nil, in: repository, as: .tag("v1"), by: "alice")
        try await registry.deleteBlob(push("gone", registry), in: repository, by: "alice")
        await registry.close()
        let path = "\(folder.path)/registry/index.sqlite"
        switch damage {
        case "lost": for ending in ["", "-wal", "-shm"] { try FileSystem.removeFile(path + ending) }
        case "garbage": try FileSystem.write(Array("nonsense".utf8), to: path)
        default:
            for ending in ["-wal", "-shm"] { try FileSystem.removeFile(path + ending) }
            try FileSystem.write(Array(FileSystem.read(path, limit: 1 << 20).prefix(4096)), to: path)
        }
        let again = try open()
        #expect(try again.manifest(.tag("v1"), in: repository)?.digest == pushed.digest)
        #expect(try read(config, again) == "config")
        #expect(try again.blobSize(Digest(of: Array("gone".utf8)), in: repository) == nil)
        await again.close()
    }

    @Test("an upload survives a restart and goes on where it stood")
    func uploadSurvives() async throws {
        let first = try open()
        let session = try first.beginUpload(in: repository, by: "alice")
        _ = try await first.append(ByteStream(Array("hello ".utf8)), to: session)
        let id = session.id
        await first.close()
        let second = try open()
        let found = try second.upload(id, in: repository)
        #expect(await found.offset == 6)
        _ = try await second.append(ByteStream(Array("world".utf8)), to: found, at: 6)
        let digest = Digest(of: Array("hello world".utf8), algorithm: .sha512)
        try await second.commit(found, as: digest, by: "alice")
        #expect(try second.smallBlob(digest, in: repository)?.bytes == Array("hello world".utf8))
        await second.close()
    }

    @Test("a digest that lies shows nothing and ends the upload")
    func digestLies() async throws {
        let registry = try open()
        let session = try registry.beginUpload(in: repository, by: "alice")
        _ = try await registry.append(ByteStream(Array("truth".utf8)), to: session)
        let lie = Digest(of: Array("lie".utf8))
        let fault = await #expect(throws: Fault.self) { try await registry.commit(session, as: lie, by: "alice") }
        #expect(fault?.code == .digestInvalid)
        #expect(try registry.blobSize(lie, in: repository) == nil)
        #expect(throws: Fault.self) { try registry.upload(session.id, in: repository) }
        await registry.close()
    }

    @Test("a manifest whose children are elsewhere is refused")
    func childrenMissing() async throws {
        let registry = try open()
        let other = try RepositoryName("other")
        let config = try await push("config", registry, in: other)
        let bytes = manifest(config, [])
        let fault = await #expect(throws: Fault.self) {
            try await registry.putManifest(bytes, mediaType: nil, in: repository, as: .tag("v1"), by: "alice")
        }
        #expect(fault?.code == .manifestBlobUnknown)
        #expect(try await registry.mount(config, from: other, into: repository, by: "alice"))
        _ = try await registry.putManifest(bytes, mediaType: nil, in: repository, as: .tag("v1"), by: "alice")
        #expect(try registry.repositories(holding: config, limit: 5) == [repository, other])
        await registry.close()
    }

    @Test("referrers are listed by subject and type, also of a subject that is not there")
    func referrers() async throws {
        let registry = try open()
        let config = try await push("config", registry)
        let subject = Digest(of: Array("not there".utf8))
        let pushed = try await registry.putManifest(
            manifest(config, [], subject: subject), mediaType: nil, in: repository, as: .tag("sig"), by: "alice")
        #expect(pushed.subject == subject)
        let found = try registry.referrers(of: subject, in: repository, limit: 10)
        #expect(found.map(\.digest) == [pushed.digest])
        #expect(found.first?.json["artifactType"]?.string == "application/vnd.example.config")
        #expect(try registry.referrers(of: subject, in: repository, artifactType: "other/type", limit: 10).isEmpty)
        await registry.close()
    }

    @Test("what is in use is not deleted, and deleting a manifest takes its tags along")
    func delete() async throws {
        let registry = try open()
        let config = try await push("config", registry)
        let pushed = try await registry.putManifest(
            manifest(config, []), mediaType: nil, in: repository, as: .tag("v1"), by: "alice")
        // Also what is kept in memory must go.
        #expect(try registry.manifest(.tag("v1"), in: repository) != nil)
        #expect(try registry.manifest(.digest(pushed.digest), in: repository) != nil)
        let fault = await #expect(throws: Fault.self) {
            try await registry.deleteBlob(config, in: repository, by: "alice")
        }
        #expect(fault?.code == .inUse)
        try await registry.deleteManifest(pushed.digest, in: repository, by: "alice")
        #expect(try registry.manifest(.tag("v1"), in: repository) == nil)
        #expect(try registry.manifest(.digest(pushed.digest), in: repository) == nil)
        #expect(try registry.tags(in: repository, after: nil, limit: 10) == [])
        try await registry.deleteBlob(config, in: repository, by: "alice")
        #expect(try registry.blobSize(config, in: repository) == nil)
        await registry.close()
    }

    @Test("a damaged content is put aside, and is there again when it is pushed again")
    func rot() async throws {
        let registry = try open()
        let digest = try await push("sound content", registry)
        let path = "\(folder.path)/registry/blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex)"
        try FileSystem.write(Array("SOUND content".utf8), to: path)
        #expect(try read(digest, registry) == nil)
        while try registry.blobSize(digest, in: repository) != nil { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try FileSystem.names(in: "\(folder.path)/registry/quarantine").count == 1)
        try await push("sound content", registry)
        #expect(try read(digest, registry) == "sound content")
        await registry.close()
    }

    @Test("a quota refuses what would exceed it, and what is deleted makes room")
    func quota() async throws {
        var limits = RegistryLimits()
        limits.quota = { _ in 10 }
        let registry = try open(limits)
        let digest = try await push("12345678", registry)
        let fault = await #expect(throws: Fault.self) { try await push("abc", registry) }
        #expect(fault?.code == .noSpace)
        try await push("ab", registry)
        try await registry.deleteBlob(digest, in: repository, by: "alice")
        try await push("abc", registry)
        await registry.close()
    }

    @Test("two processes cannot have one registry")
    func locked() async throws {
        let registry = try open()
        let fault = #expect(throws: Fault.self) { try open() }
        #expect(fault?.code == .conflict)
        await registry.close()
    }

    @Test("many at once: every push is there afterwards")
    func concurrent() async throws {
        let registry = try open()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<200 { group.addTask { try await push("content \(number % 50)", registry) } }
            try await group.waitForAll()
        }
        for number in 0..<50 {
            #expect(try read(Digest(of: Array("content \(number)".utf8)), registry) == "content \(number)")
        }
        #expect(try FileSystem.names(in: "\(folder.path)/registry/uploads").isEmpty)
        await registry.close()
    }
}
