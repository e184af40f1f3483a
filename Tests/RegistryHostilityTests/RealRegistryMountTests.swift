// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import Repositories
import TestServers
import Testing
import Transfer
import Web
import WebClient

@Suite(
    "Equal bytes move once into a real registry",
    .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
struct RealRegistryMountTests {
    /// Connections that note every request.
    private func connections() -> (connections: RepositoryConnections, lines: Guarded<[String]>) {
        let lines = Guarded<[String]>([])
        var settings = HTTPClientSettings()
        settings.observe = { line in lines.withLock { $0.append(line) } }
        return (RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient(settings)), lines)
    }

    private static func noise(_ seed: Int) -> [UInt8] {
        (0..<4000).flatMap { Digest(of: Array("\(seed).\($0)".utf8)).bytes }
    }

    @Test("two components share blobs and layers: each is sent once, mounted once, and reads as itself") func shared()
        async throws
    {
        let server = try await RegistryServer()
        let layers = (0..<5).map(Self.noise)
        let products = ["one", "two"].map { name in
            SharedProduct(
                "acme.org/\(name)", blobs: [("shared", layers[0]), ("own", Array(name.utf8))],
                images: [("image", layers)])
        }
        let source = StoreRepository(MemoryStore(name: "source"), locator: try RepositoryLocator("./source"))
        for product in products { try await product.write(to: source) }
        let (connections, lines) = connections()
        let target = try #require(
            try await connections.open(try RepositoryLocator(server.url), .create(nil)).storeRepository)
        let report = try await SharedProduct.carry(products, from: source, to: [target], connections)
        #expect(report.targets.first?.failure == nil)
        let sent = lines.withLock { $0 }.filter { $0.hasPrefix("→ PUT") && $0.contains("/blobs/uploads/") }
        // Five layers and the configuration of the image once; its own text, descriptor and configuration for each.
        #expect(sent.count == 6 + 2 * 3, "\(sent)")
        let moved = try #require(report.targets.first)
        let size = Int64(layers.reduce(0) { $0 + $1.count })
        #expect(moved.bytesMoved < size + 10_000 && moved.bytesSpared >= size)

        // Another client, which remembers nothing, reads all of both.
        let fresh = self.connections().connections
        let reader = try #require(try await fresh.open(try RepositoryLocator(server.url), .read).storeRepository)
        for product in products {
            let version = try await reader.get(product.identity)
            let root = try #require(version.contents.artifacts.values.first)
            let artifact = ArtifactContent(store: reader.store, repository: product.repository, root: root)
            for node in try await artifact.nodes() where node.manifest == nil {
                let stream = try await reader.store.openBlob(
                    node.descriptor.digest, size: node.descriptor.size, in: product.repository)
                for try await _ in stream {}
            }
            let stream = try await reader.store.openBlob(
                Digest(of: layers[0]), size: nil, in: product.repository)
            #expect(try await stream.collect(limit: 1 << 20) == layers[0])
        }

        // A second run finds everything, and one into another path of the registry moves nothing but what is new.
        let (again, more) = self.connections()
        let other = try #require(
            try await again.open(try RepositoryLocator(server.url), .create(nil)).storeRepository)
        _ = try await SharedProduct.carry(products, from: source, to: [other], again)
        #expect(more.withLock { $0 }.allSatisfy { !$0.hasPrefix("→ PUT") && !$0.hasPrefix("→ POST") })
    }

    @Test("a mount is one, and a password goes with it", arguments: [RegistryServer.Access.plain, .basic])
    func outcome(access: RegistryServer.Access) async throws {
        let server = try await RegistryServer(access)
        let client = RegistryClient(origin: try HTTPURL(server.url).origin, http: HTTPClient()) { _ in
            .basic(username: RegistryServer.user, password: RegistryServer.password)
        }
        let bytes = Self.noise(1)
        let outcomes = try await ["a", "b", "a", "c/d"].mapConcurrently(limit: 4) { repository in
            try await client.pushBlob(BlobSource(bytes), in: repository)
        }
        #expect(outcomes.count { $0 == .pushed } == 1 && outcomes.count { $0 == .mounted } == 2, "\(outcomes)")
        for repository in ["a", "b", "c/d"] {
            let stream = try await client.openBlob(Digest(of: bytes), size: Int64(bytes.count), in: repository)
            #expect(try await stream.collect(limit: 1 << 20) == bytes)
        }
    }
}
