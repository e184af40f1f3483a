// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import TestRegistry
import TestServers
import Testing
import Web
import WebClient

/// A registry behind TLS; what it sends elsewhere is plain HTTP.
struct EncryptedRegistry {
    static let python = ServerProgram.find("python3")
    let registry: HostileRegistry
    private let folder: TemporaryFolder
    private let front: ServerProgram
    let client: RegistryClient
    let port: Int

    init() async throws {
        (folder, port) = (try TemporaryFolder(), try ServerProgram.freePort())
        registry = try HostileRegistry(access: .token, scheme: "https")
        try await TestCertificates.make(in: folder.path)
        let script = FileSystem.join(FileSystem.folder(of: #filePath), "Fixtures/tls_front.py")
        front = try ServerProgram(
            [
                EncryptedRegistry.python ?? "python3", script, "\(port)", "\(registry.port)",
                "\(folder.path)/server.pem",
                "\(folder.path)/server-key.pem",
            ], log: "\(folder.path)/log")
        try await front.waitUntilListening(on: port)
        var tls = TLSSettings(), settings = HTTPClientSettings()
        tls.certificateAuthority = String(
            decoding: try FileSystem.read("\(folder.path)/ca.pem", limit: 1 << 16), as: UTF8.self)
        let trusted = tls
        settings.tls = { _ in trusted }
        settings.retry.sleep = { _ in }
        client = RegistryClient(origin: try HTTPURL("https://127.0.0.1:\(port)").origin, http: HTTPClient(settings)) {
            _ in .basic(username: HostileRegistry.user, password: HostileRegistry.password)
        }
    }
}

@Suite(
    "From a registry with TLS nothing goes on without",
    .enabled(if: EncryptedRegistry.python != nil, "python3 is not installed"),
    .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
struct DowngradeTests {
    private static let bytes = Array("some bytes".utf8)

    @Test(
        "wherever it is sent, over plain HTTP nothing is asked and nothing said",
        arguments: [
            RegistryFault(.headManifest, .redirect(.foreign)),
            RegistryFault(.headManifest, .redirect(.foreign, status: 303)),
            RegistryFault(.getBlob, .redirect(.foreign)), RegistryFault(.beginUpload, .redirect(.foreign)),
            RegistryFault(.beginUpload, .location(.foreign)), RegistryFault(.putBlob, .redirect(.foreign, status: 308)),
            RegistryFault(.tags, .field("Link", "<http://{foreign}/v2/a/tags/list>; rel=next")),
            RegistryFault(.token, .redirect(.foreign)),
            RegistryFault(.headBlob, .challenge(#"Bearer realm="http://{foreign}/token",service="x""#)),
        ])
    func downgrade(fault: RegistryFault) async throws {
        let encrypted = try await EncryptedRegistry(), registry = encrypted.registry, client = encrypted.client
        let digest = try Digest(registry.putBlob(Self.bytes, in: "a"))
        registry.putManifest(Array("{}".utf8), mediaType: MediaType.imageManifest.rawValue, in: "a", tag: "v1")
        registry.setFaults([fault])
        await #expect {
            _ = try await client.resolve("v1", in: "a")
            _ = try await client.tags(in: "a")
            _ = try await client.openBlob(digest, size: nil, in: "a").collect(limit: 100)
            let source = BlobSource(
                digest: Digest(of: Array("new".utf8)), size: 3, open: { ByteStream(Array("new".utf8)) })
            _ = try await client.pushBlob(source, in: "a")
        } throws: { error in
            let fault = Fault(wrapping: error)
            return [.invalid, .unauthorized].contains(fault.code)
                && fault.message.contains("127.0.0.1:\(encrypted.port)")
        }
        #expect(registry.fired == [1])
        #expect(registry.requests.filter(\.isForeign).isEmpty && registry.leaks.isEmpty)
    }
}
