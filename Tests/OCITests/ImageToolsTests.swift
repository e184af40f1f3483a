// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import OCI
import RegistryServer
import TestServers
import TestSite
import Testing
import Web
import WebClient

/// A folder to work in with skopeo and umoci, and the image `made:1.0.0` of umoci in it.
private struct ImageTools {
    static let areInstalled =
        ServerProgram.find("skopeo") != nil && ServerProgram.find("umoci") != nil && RegistryServer.isInstalled
    let folder: TemporaryFolder
    var path: String { folder.path }

    init() async throws {
        folder = try TemporaryFolder()
        try FileSystem.makeFolder("\(path)/files")
        try FileSystem.write(Array("hello from inside\n".utf8), to: "\(path)/files/hello")
        for arguments in [
            ["umoci", "init", "--layout", "made"], ["umoci", "new", "--image", "made:1.0.0"],
            ["umoci", "insert", "--rootless", "--image", "made:1.0.0", "files", "/files"],
            ["umoci", "config", "--image", "made:1.0.0", "--config.entrypoint", "/files/hello"],
            ["umoci", "gc", "--layout", "made"],
        ] { try await run(arguments) }
    }

    @discardableResult
    func run(_ arguments: [String]) async throws -> String {
        let result = try await ChildProcess.run(
            arguments, environment: Environment(["HOME": path, "PATH": "/usr/bin:/bin"]), workingFolder: path)
        let errors = String(decoding: result.stderr, as: UTF8.self)
        guard result.status == 0 else {
            throw Fault(.internal, "\(arguments.joined(separator: " ")): \(errors)")
        }
        return String(decoding: result.stdout, as: UTF8.self)
    }

    func copy(_ source: String, _ target: String, _ options: [String] = []) async throws {
        try await run(
            ["skopeo", "--insecure-policy", "copy", "--quiet", "--src-tls-verify=false", "--dest-tls-verify=false"]
                + options + [source, target])
    }

    /// The blobs of a layout by name.
    func blobs(_ layout: String) throws -> [String: [UInt8]] {
        let folder = "\(path)/\(layout)/blobs/sha256"
        var blobs: [String: [UInt8]] = [:]
        for name in try FileSystem.names(in: folder) {
            blobs[name] = try FileSystem.read("\(folder)/\(name)", limit: 1 << 24)
        }
        return blobs
    }

    func client(_ server: RunningRegistry) throws -> RegistryClient {
        RegistryClient(origin: try HTTPURL("http://\(server.host)").origin, http: HTTPClient()) { _ in nil }
    }
}

/// The registries that the tools talk to.
private enum RegistryKind: String, CaseIterable, Sendable {
    /// The distribution project's, and the site's own.
    case distribution, site

    func start() async throws -> RunningRegistry {
        switch self {
        case .distribution:
            let server = try await RegistryServer()
            return RunningRegistry(host: server.host, keep: server)
        case .site:
            let server = try await SiteRegistry()
            return RunningRegistry(host: "localhost:\(server.host.port)", keep: server)
        }
    }
}

private struct RunningRegistry: Sendable {
    let host: String
    let keep: any AnyObject & Sendable
}

/// Copies an artifact, children first, as its manifest names them.
private func carry(
    _ root: OCIDescriptor, from source: any ArtifactStore, _ repository: String, to target: any ArtifactStore,
    _ targetRepository: String, tag: String?
) async throws {
    let (bytes, type) = try await source.manifest(root.digest, in: repository)
    let manifest = try OCIManifest(parsing: bytes, mediaType: type, source: "\(root.digest)")
    for child in manifest.children {
        guard !MediaType(child.mediaType).isManifest else {
            try await carry(child, from: source, repository, to: target, targetRepository, tag: nil)
            continue
        }
        _ = try await target.pushBlob(
            BlobSource(
                digest: child.digest, size: child.size,
                open: { try await source.openBlob(child.digest, size: child.size, in: repository) }),
            in: targetRepository)
    }
    _ = try await target.pushManifest(bytes, mediaType: type, in: targetRepository, tag: tag)
}

@Suite(
    "Stores, skopeo and umoci exchange images byte for byte",
    .enabled(if: ImageTools.areInstalled, "skopeo, umoci or a registry is not installed"))
struct ImageToolsTests {
    @Test(
        "a layout of umoci goes through a registry and comes back through skopeo", arguments: ["oci", "oci-archive"],
        RegistryKind.allCases)
    fileprivate func fromLayout(transport: String, kind: RegistryKind) async throws {
        let tools = try await ImageTools(), server = try await kind.start()
        var path = "\(tools.path)/made"
        if transport == "oci-archive" {
            path = "\(tools.path)/made.tar"
            try await tools.copy("oci:made:1.0.0", "oci-archive:made.tar:1.0.0")
        }
        let layout = try await OCILayout(path: path)
        #expect(try await layout.tags(in: "") == ["1.0.0"])
        let root = try #require(try await layout.resolve("1.0.0", in: ""))
        let client = try tools.client(server)
        try await carry(root, from: layout, "", to: client, "acme/image", tag: "1.0.0")
        try await tools.copy("docker://\(server.host)/acme/image:1.0.0", "oci:back:1.0.0")
        #expect(try tools.blobs("back") == tools.blobs("made"))
    }

    @Test("what skopeo pushes is read as it is, whole indexes too", arguments: [false, true], RegistryKind.allCases)
    fileprivate func fromRegistry(asIndex: Bool, kind: RegistryKind) async throws {
        let tools = try await ImageTools(), server = try await kind.start()
        try await tools.copy("oci:made:1.0.0", "docker://\(server.host)/acme/image:1.0.0")
        let client = try tools.client(server)
        var root = try #require(try await client.resolve("1.0.0", in: "acme/image"))
        if asIndex {
            let index: JSON = [
                "schemaVersion": 2, "mediaType": .string(MediaType.imageIndex.rawValue), "manifests": [root.json],
            ]
            root = try await client.pushManifest(
                index.encoded(), mediaType: MediaType.imageIndex.rawValue, in: "acme/image", tag: "all")
            try await tools.copy("docker://\(server.host)/acme/image:all", "oci:index:all", ["--all"])
            #expect(try tools.blobs("index")[root.digest.hex] == index.encoded())
        }
        try await OCILayoutWriter.write(
            root: root, from: client, repository: "acme/image", tag: "1.0.0", toFolder: "\(tools.path)/ours")
        var expected = try tools.blobs("made")
        if asIndex { expected[root.digest.hex] = try await client.manifest(root.digest, in: "acme/image").bytes }
        #expect(try tools.blobs("ours") == expected)
    }

    @Test("layouts of ours are taken by skopeo and umoci", arguments: ["folder", "tar"])
    func ours(form: String) async throws {
        let tools = try await ImageTools()
        let layout = try await OCILayout(path: "\(tools.path)/made"), store = MemoryStore()
        let root = try #require(try await layout.resolve("1.0.0", in: ""))
        try await carry(root, from: layout, "", to: store, "image", tag: nil)
        if form == "folder" {
            try await OCILayoutWriter.write(
                root: root, from: store, repository: "image", tag: "1.0.0", toFolder: "\(tools.path)/ours")
        } else {
            let tar = try await OCILayoutWriter.tar(root: root, from: store, repository: "image", tag: "1.0.0")
            try FileSystem.write(try await tar.collect(limit: 1 << 24), to: "\(tools.path)/ours.tar")
            try await tools.copy("oci-archive:ours.tar:1.0.0", "oci:ours:1.0.0")
        }
        #expect(try tools.blobs("ours") == tools.blobs("made"))
        try await tools.copy("oci:ours:1.0.0", "oci:again:1.0.0")
        #expect(try tools.blobs("again") == tools.blobs("made"))
        #expect(try await tools.run(["umoci", "ls", "--layout", "ours"]) == "1.0.0\n")
        try await tools.run(["umoci", "unpack", "--rootless", "--image", "ours:1.0.0", "bundle"])
        let inside = try FileSystem.read("\(tools.path)/bundle/rootfs/files/hello", limit: 100)
        #expect(inside == Array("hello from inside\n".utf8))
        try await tools.run(["umoci", "config", "--image", "ours:1.0.0", "--tag", "2.0.0", "--author", "us"])
        #expect(try await OCILayout(path: "\(tools.path)/ours").tags(in: "") == ["1.0.0", "2.0.0"])
    }

    @Test("Docker's manifests are carried as they are", arguments: RegistryKind.allCases)
    fileprivate func docker(kind: RegistryKind) async throws {
        let tools = try await ImageTools(), server = try await kind.start()
        try await tools.copy("oci:made:1.0.0", "docker://\(server.host)/acme/docker:1", ["--format", "v2s2"])
        let client = try tools.client(server), store = MemoryStore()
        let root = try #require(try await client.resolve("1", in: "acme/docker"))
        #expect(root.mediaType == MediaType.dockerManifest.rawValue)
        try await carry(root, from: client, "acme/docker", to: store, "x", tag: "1")
        try await carry(root, from: store, "x", to: client, "acme/copy", tag: "1")
        let raw = try await tools.run(
            ["skopeo", "inspect", "--raw", "--tls-verify=false", "docker://\(server.host)/acme/copy:1"])
        #expect(Digest(of: Array(raw.utf8)) == root.digest)
    }
}
