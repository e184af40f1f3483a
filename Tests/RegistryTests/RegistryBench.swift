// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import OCI
import Storage
import Testing

@testable import Registry

/// A registry with clocks and a disk of its own, and the pushes that tests make.
final class RegistryBench: Sendable {
    let folder: TemporaryFolder
    let repository: RepositoryName
    /// The clock on the wall, and what has passed for sure, in milliseconds.
    let wall = Guarded<Int64>(RegistryFolder.wallClock())
    let steady = Guarded<Int64>(0)
    /// What the disk has left; nil for what it really has.
    let free = Guarded<Int64?>(nil)
    let asked = Guarded(0)
    /// Which write of the records fails.
    let failing = Guarded<RecordLog.Moment?>(nil)
    static let hour: Int64 = 3_600_000

    init() throws {
        folder = try TemporaryFolder()
        repository = try RepositoryName("acme.org/app")
    }

    var root: String { "\(folder.path)/registry" }

    func open(_ change: (inout RegistryLimits) -> Void = { _ in }, at path: String? = nil) throws -> RegistryFolder {
        var limits = RegistryLimits()
        limits.freeSpaceFloor = 0
        change(&limits)
        var hooks = RegistryFolder.Hooks()
        hooks.steady = { [steady] in steady.withLock { $0 } }
        hooks.freeSpace = { [free, asked, root] () throws(Fault) in
            asked.withLock { $0 += 1 }
            if let bytes = free.withLock({ $0 }) { return bytes }
            return try FileSystem.freeSpace(in: root)
        }
        hooks.records = { [failing] moment throws(Fault) in
            guard failing.withLock({ $0 }) == moment else { return }
            throw Fault(.diskFull, "no space left, says the test")
        }
        return try RegistryFolder(
            path ?? root, limits: limits, clock: { [wall] in wall.withLock { $0 } }, hooks: hooks)
    }

    /// Lets time pass, on both clocks.
    func pass(hours: Int64) {
        wall.withLock { $0 += hours * Self.hour }
        steady.withLock { $0 += hours * Self.hour }
    }

    /// Gives files the age that they would have.
    func age(_ path: String, hours: Int64) async throws {
        let seconds = wall.withLock { $0 } / 1000 - hours * 3600
        let done = try await ChildProcess.run([
            "find", path, "-type", "f", "-exec", "touch", "-d", "@\(seconds)", "{}", "+",
        ])
        try #require(done.status == 0)
    }

    @discardableResult
    func push(_ text: String, _ registry: RegistryFolder, in name: RepositoryName? = nil) async throws -> Digest {
        let bytes = Array(text.utf8)
        let session = try registry.beginUpload(in: name ?? repository, by: "alice")
        _ = try await registry.append(ByteStream(bytes), to: session)
        let digest = Digest(of: bytes)
        try await registry.commit(session, as: digest, by: "alice")
        return digest
    }

    @discardableResult
    func tag(
        _ tag: String?, _ registry: RegistryFolder, config: Digest, layers: [Digest] = [], subject: Digest? = nil
    ) async throws -> Digest {
        try await put(Self.manifest(config, layers, subject: subject), tag, registry)
    }

    @discardableResult
    func index(_ tag: String?, _ registry: RegistryFolder, _ children: [Digest]) async throws -> Digest {
        try await put(Self.index(children), tag, registry)
    }

    @discardableResult
    func put(_ bytes: [UInt8], _ tag: String?, _ registry: RegistryFolder) async throws -> Digest {
        let digest = Digest(of: bytes)
        return try await registry.putManifest(
            bytes, mediaType: nil, in: repository, as: tag.map { .tag($0) } ?? .digest(digest), by: "alice"
        ).digest
    }

    func has(_ digest: Digest, _ registry: RegistryFolder) throws -> Bool {
        try registry.blobSize(digest, in: repository) != nil
    }

    func hasManifest(_ digest: Digest, _ registry: RegistryFolder) throws -> Bool {
        try registry.manifest(.digest(digest), in: repository) != nil
    }

    func hasFile(_ digest: Digest) -> Bool { FileSystem.exists(file(digest)) }

    func file(_ digest: Digest) -> String {
        "\(root)/blobs/\(digest.algorithm.rawValue)/\(digest.hex.prefix(2))/\(digest.hex)"
    }

    private static func descriptor(_ digest: Digest, _ type: String) -> JSON {
        ["mediaType": .string(type), "digest": .string(digest.description), "size": 1]
    }

    static func manifest(_ config: Digest, _ layers: [Digest], subject: Digest? = nil) -> [UInt8] {
        var object: JSONObject = [
            "schemaVersion": 2, "mediaType": .string(MediaType.imageManifest.rawValue),
            "config": descriptor(config, "application/vnd.example.config"),
            "layers": .array(layers.map { descriptor($0, "application/octet-stream") }),
        ]
        if let subject { object["subject"] = descriptor(subject, MediaType.imageManifest.rawValue) }
        return JSON.object(object).encoded()
    }

    static func index(_ children: [Digest]) -> [UInt8] {
        JSON.object([
            "schemaVersion": 2, "mediaType": .string(MediaType.imageIndex.rawValue),
            "manifests": .array(children.map { descriptor($0, MediaType.imageManifest.rawValue) }),
        ]).encoded()
    }
}
