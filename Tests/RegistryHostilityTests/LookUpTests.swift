// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import Repositories
import TestRegistry
import Testing
import Transfer
import WebClient

@Suite("A target is asked for what it has, many contents at once and each of them once") struct LookUpTests: LookUpMeans
{
    private static func source(_ products: [SharedProduct]) async throws -> StoreRepository {
        let source = StoreRepository(MemoryStore(name: "source"), locator: try RepositoryLocator("./source"))
        for product in products { try await product.write(to: source) }
        return source
    }

    /// The questions that a registry got, each as method and path.
    private static func questions(_ registry: HostileRegistry, _ kind: String) -> [String] {
        registry.requests.filter { $0.method == "HEAD" && $0.path.contains("/\(kind)/") }.map(\.path)
    }

    private static func uploads(_ registry: HostileRegistry) -> Int {
        registry.requests.count { $0.method == "PUT" && $0.path.contains("/blobs/uploads/") }
    }

    @Test("a thousand small blobs are asked for sixteen at a time, and what is there does not move") func thousand()
        async throws
    {
        let there = 600
        let product = SharedProduct("acme.org/many", blobs: (0..<1000).map { ("blob\($0)", Self.noise($0)) })
        let source = try await Self.source([product])
        // The first shows whether credentials are wanted; of the others whole groups come together or not at all.
        let registry = try HostileRegistry([RegistryFault(.headBlob, .together(16), at: 2...993)])
        for (_, bytes) in product.blobs.prefix(there) { registry.putBlob(bytes, in: product.repository) }
        let connections = Self.connections()
        let target = try await Self.repository(registry.url, connections)
        let report = try await SharedProduct.carry([product], from: source, to: [target], connections)
        #expect(report.targets.first?.failure == nil)
        #expect(registry.fired == [992] && registry.mostAtOnce(.headBlob) == 16)
        let asked = Self.questions(registry, "blobs")
        // The descriptor and the configuration are known when all else is there.
        #expect(asked.count == 1002 && Set(asked).count == asked.count)
        #expect(Self.uploads(registry) == 1000 - there + 2)
        #expect(registry.blobs(in: product.repository).count == 1002)
    }

    @Test("two versions, with images and blobs that they share, are asked for nothing twice", arguments: [1, 4])
    func nothingTwice(jobs: Int) async throws {
        let layers = (0..<6).map { Self.noise($0, 5000) }
        let products = ["one", "two"].map { name in
            SharedProduct(
                "acme.org/\(name)",
                blobs: [("shared", layers[0]), ("again", layers[0]), ("own", Array(name.utf8))],
                images: [("image", layers), ("other", Array(layers.prefix(3)) + [Array(name.utf8)])])
        }
        let source = try await Self.source(products)
        let registry = try HostileRegistry(), connections = Self.connections()
        let target = try await Self.repository(registry.url, connections)
        let report = try await SharedProduct.carry(products, from: source, to: [target], connections, jobs: jobs)
        #expect(report.targets.first?.failure == nil)
        // A mount is followed by a question of its own, since registries say that they mounted what they did not.
        let mounted = registry.requests.filter { $0.method == "POST" && !$0.query("mount").isEmpty }.map {
            "\($0.path.dropLast("uploads/".count))\($0.query("mount").first ?? "")"
        }
        var asked = Self.questions(registry, "blobs")
        #expect(Set(asked).count + mounted.count == asked.count, "\(asked.count) questions, \(mounted.count) mounts")
        for path in mounted { asked.firstIndex(of: path).map { _ = asked.remove(at: $0) } }
        #expect(Set(asked).count == asked.count)
        let manifests = Self.questions(registry, "manifests")
        #expect(Set(manifests).count == manifests.count, "\(manifests)")
        // Six layers and the empty configuration go into the registry once, and what each has of its own.
        #expect(Self.uploads(registry) == 7 + 2 * 3 && mounted.count == 7)
        let bodies = registry.requests.filter { $0.method == "PUT" && $0.path.contains("/uploads/") }.map(\.body)
        for layer in layers { #expect(bodies.count { $0 == layer } == 1) }
    }

    @Test("of one registry, two targets of a run get each blob once over the wire", arguments: [1, 4])
    func twoTargets(jobs: Int) async throws {
        let layers = (0..<4).map { Self.noise($0, 5000) }
        let product = SharedProduct("acme.org/one", blobs: [("data", layers[0])], images: [("image", layers)])
        let first = try HostileRegistry(), registry = try HostileRegistry(), connections = Self.connections()
        let source = try await Self.repository(first.url, connections)
        try await product.write(to: source)
        var targets: [StoreRepository] = []
        for path in ["a", "b"] { targets.append(try await Self.repository("\(registry.url)/\(path)", connections)) }
        let before = first.requests.count
        let report = try await SharedProduct.carry([product], from: source, to: targets, connections, jobs: jobs)
        #expect(report.targets.allSatisfy { $0.failure == nil })
        let bodies = registry.requests.filter { $0.method == "PUT" && $0.path.contains("/uploads/") }.map(\.body)
        let read = first.requests.dropFirst(before).filter { $0.method == "GET" && $0.path.contains("/blobs/") }
        for layer in layers {
            #expect(bodies.count { $0 == layer } == 1)
            #expect(read.count { $0.path.hasSuffix("\(Digest(of: layer))") } == 1)
        }
    }

    @Test(
        "for two registries each blob is read once, whether it stays in its component or is published as an image",
        arguments: [TransferOptions.UploadAs.localBlob, .ociArtifact])
    func twoRegistries(uploadAs: TransferOptions.UploadAs) async throws {
        let layers = (0..<4).map { Self.noise($0, 5000) }
        let product = SharedProduct("acme.org/one", blobs: [("data", layers[0])], images: [("image", layers)])
        let first = try HostileRegistry(), connections = Self.connections()
        let source = try await Self.repository(first.url, connections)
        try await product.write(to: source)
        let registries = [try HostileRegistry(), try HostileRegistry()]
        var targets: [StoreRepository] = []
        for registry in registries { targets.append(try await Self.repository(registry.url, connections)) }
        let before = first.requests.count
        let report = try await SharedProduct.carry(
            [product], from: source, to: targets, connections, jobs: 4, uploadAs: uploadAs)
        #expect(report.targets.allSatisfy { $0.failure == nil })
        let read = first.requests.dropFirst(before).filter { $0.method == "GET" && $0.path.contains("/blobs/") }
        for layer in layers.dropFirst() {
            #expect(read.count { $0.path.hasSuffix("\(Digest(of: layer))") } == 1)
            for registry in registries {
                #expect(registry.requests.count { $0.method == "PUT" && $0.body == layer } == 1)
            }
        }
    }

    @Test(
        "where a password is wanted, it is not refused for each of the questions",
        arguments: [HostileRegistry.Access.basic, .token])
    func authorised(access: HostileRegistry.Access) async throws {
        let registry = try HostileRegistry(access: access), client = try Direction.client(registry)
        let blobs = (0..<40).map { number in
            OCIDescriptor(mediaType: "text/plain", digest: Digest(of: Self.noise(number)), size: 64)
        }
        try await client.lookUp(blobs, in: "a")
        let asked = registry.requests.filter { $0.method == "HEAD" }
        #expect(asked.count == 41 && asked.count { $0.field("Authorization") == nil } == 1)
        #expect(registry.requests.count { $0.path == "/token" } == (access == .token ? 1 : 0))
        // What is known is not asked for again, also by another client of the same registry.
        try await client.lookUp(blobs, in: "a")
        #expect(registry.requests.count { $0.method == "HEAD" } == 41)
    }

    @Test("a failure is told, and what was not answered is asked for again") func failing() async throws {
        let registry = try HostileRegistry([RegistryFault(.headBlob, .status(403), at: 3...3)])
        let client = try Direction.client(registry)
        let blobs = (0..<5).map { OCIDescriptor(mediaType: "a/b", digest: Digest(of: Self.noise($0)), size: 64) }
        registry.putBlob(Self.noise(0), in: "a")
        await #expect { try await client.lookUp(blobs, in: "a") } throws: { ($0 as? Fault)?.code == .forbidden }
        try await client.lookUp(blobs, in: "a")
        let paths = Self.questions(registry, "blobs")
        #expect(Set(paths).count == 5 && paths.count <= 9)
        #expect(try await client.has([blobs[0]], in: "a"))
        #expect(try await !client.has(blobs, in: "a"))
    }
}
