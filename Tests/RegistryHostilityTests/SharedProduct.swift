// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Operations
import Orchestration
import Repositories
import Transfer

/// A component version of blobs and images that others may have as well.
struct SharedProduct: Sendable {
    let identity: ComponentVersionIdentity
    let blobs: [(name: String, bytes: [UInt8])]
    /// The layers of its images.
    let images: [(name: String, layers: [[UInt8]])]

    init(_ name: String, blobs: [(String, [UInt8])], images: [(String, [[UInt8]])] = []) {
        guard let identity = try? ComponentVersionIdentity("\(name):1.0.0") else { preconditionFailure(name) }
        (self.identity, self.blobs, self.images) = (identity, blobs, images)
    }

    /// Where a registry keeps it.
    var repository: String { "component-descriptors/\(identity.name.text)" }

    /// Writes it, signed by nobody; every resource states its digest.
    @discardableResult func write(to repository: StoreRepository) async throws -> Digest {
        let source = MemoryStore(name: "images")
        var contents: [(name: String, content: ResourceContent)] = blobs.map { name, bytes in
            (name, .blob(BlobContent(mediaType: "text/plain", bytes: bytes)))
        }
        for (name, layers) in images {
            let root = try await Self.write(layers, to: source)
            contents.append((name, .artifact(ArtifactContent(store: source, repository: "image", root: root))))
        }
        var placed = LocalContents(), resources: [JSON] = []
        for (name, content) in contents {
            let here = try await repository.place(content, for: identity, observer: PlacementObserver())
            placed.add(here)
            let isBlob = if case .blob = content { true } else { false }
            resources.append([
                "name": .string(name), "version": "1.0.0", "type": "blob", "relation": "local",
                "access": LocalBlobAccess.specification(for: here, referenceName: nil),
                "digest": [
                    "hashAlgorithm": "SHA-256",
                    "normalisationAlgorithm": isBlob ? "genericBlobDigest/v1" : "ociArtifactDigest/v1",
                    "value": .string(here.descriptor.digest.hex),
                ],
            ])
        }
        let json: JSON = [
            "meta": ["schemaVersion": "v2"],
            "component": [
                "name": .string(identity.name.text), "version": .string(identity.version.text), "provider": "acme",
                "repositoryContexts": [], "resources": .array(resources), "sources": [], "componentReferences": [],
            ],
        ]
        return try await repository.commit(try ComponentDescriptor(json: json, source: "a product"), contents: placed)
    }

    private static func write(_ layers: [[UInt8]], to store: MemoryStore) async throws -> OCIDescriptor {
        let type = "application/vnd.oci.image"
        func push(_ bytes: [UInt8], _ kind: String) async throws -> JSON {
            _ = try await store.pushBlob(BlobSource(bytes), in: "image")
            return OCIDescriptor(
                mediaType: "\(type).\(kind)", digest: Digest(of: bytes), size: Int64(bytes.count)
            ).json
        }
        let config = try await push(Array("{}".utf8), "config.v1+json")
        var entries: [JSON] = []
        for layer in layers { entries.append(try await push(layer, "layer.v1.tar")) }
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string("\(type).manifest.v1+json"), "config": config,
            "layers": .array(entries),
        ]
        return try await store.pushManifest(
            manifest.encoded(), mediaType: "\(type).manifest.v1+json", in: "image", tag: nil)
    }

    /// Carries versions as `ocm transfer cv` does.
    static func carry(
        _ products: [SharedProduct], from source: StoreRepository, to targets: [StoreRepository],
        _ connections: RepositoryConnections, jobs: Int = 4, uploadAs: TransferOptions.UploadAs = .localBlob
    ) async throws -> TransferReport {
        var options = TransferOptions()
        options.copyResources = .all
        options.uploadAs = uploadAs
        let planner = TransferPlanner(
            source: ComponentVersionSource(source), targets: targets, access: AccessMethods(connections),
            options: options)
        let plan = try await planner.plan(products.map(\.identity))
        var generator = TransferGenerator(plan, publishesArtifacts: uploadAs == .ociArtifact)
        let document = LocatedDocument(generator.specification(), source: "the plan")
        let context = OperationContext(connections: connections)
        await context.adopt(source, writing: false)
        for version in plan.targets.flatMap(\.versions) { context.note(version.version, in: source) }
        for target in targets { await context.adopt(target, writing: true) }
        var run = try TransferRun(OrchestrationSpecification(document), context: context)
        (run.settings.width, run.settings.attempts, run.settings.pause) = (jobs, 2, { _ in })
        return try await run.run()
    }
}
