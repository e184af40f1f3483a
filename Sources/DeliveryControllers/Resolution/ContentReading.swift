// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import ComponentModel
internal import Cryptography
internal import OCI
internal import Repositories

/// Reads the bytes of a resource into memory, no more of them than the limit.
struct ContentReading: Sendable {
    let resource: Resource
    let version: ResolvedVersion
    let settings: ResolutionSettings
    let limit: Int

    private var thing: String { "resource “\(resource.name)” of \(version.identity)" }

    func read() async throws -> [UInt8] {
        guard let access = resource.access else {
            throw Fault(.invalid, "\(thing) has no access, so there is no content", fix: "name a resource with content")
        }
        let found = try await version.open.access.content(
            of: access, thing: thing, in: version.stored, repository: version.repository)
        guard let found else { throw Fault(.invalid, "\(thing) has no content", fix: "name a resource with content") }
        let content = try await found.bound(
            to: resource.digest, thing: thing, temporaryFolder: settings.temporaryFolder)
        switch content {
        case .blob(let blob):
            if let size = blob.size, size > Int64(limit) { throw tooLarge }
            return try await blob.open().collect(limit: limit, of: thing)
        case .artifact(let artifact): return try await onlyLayer(of: artifact)
        }
    }

    /// The one layer of an artifact that has no more: how single files are kept in registries.
    private func onlyLayer(of artifact: ArtifactContent) async throws -> [UInt8] {
        let (bytes, mediaType) = try await artifact.store.manifest(artifact.root.digest, in: artifact.repository)
        let manifest = try OCIManifest(parsing: bytes, mediaType: mediaType, source: thing)
        guard !manifest.isIndex, manifest.layers.count == 1 else {
            throw Fault(
                .unsupported, "\(thing) is an artifact of several parts, and a file is expected",
                fix: "name a resource whose content is one file of manifests")
        }
        let layer = manifest.layers[0]
        guard layer.size <= Int64(limit) else { throw tooLarge }
        let stream = try await artifact.store.openBlob(layer.digest, size: layer.size, in: artifact.repository)
        return try await stream.collect(limit: limit, of: thing)
    }

    private var tooLarge: Fault {
        Fault(
            .limitExceeded, "\(thing) is larger than \(ByteCount(Int64(limit)))",
            fix: "split it into several resources, or raise the limit of the controller")
    }
}
