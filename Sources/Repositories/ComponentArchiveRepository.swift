// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import OCI

/// A component archive of the older tools: one version in a folder or tar. Read only.
struct ComponentArchiveRepository: ComponentVersionRepository {
    let locator: RepositoryLocator
    private let archive: ComponentArchiveReader
    private let descriptor: ComponentDescriptor

    init(path: String, locator: RepositoryLocator, temporaryFolder: String?) async throws {
        self.locator = locator
        archive = try await ComponentArchiveReader.open(path: path, temporaryFolder: temporaryFolder)
        descriptor = try ComponentDescriptor(
            parsing: archive.descriptor, source: "component-descriptor.yaml of \(path)")
    }

    func components() async throws -> [ComponentName] { [descriptor.identity.name] }

    func versions(of component: ComponentName) async throws -> [ComponentVersion] {
        component == descriptor.identity.name ? [descriptor.identity.version] : []
    }

    func find(_ identity: ComponentVersionIdentity) async throws -> StoredComponentVersion? {
        guard identity == descriptor.identity else { return nil }
        return StoredComponentVersion(descriptor: descriptor, storedDigest: nil, contents: LocalContents())
    }

    func content(of access: LocalBlobAccess, in version: StoredComponentVersion) async throws -> ResourceContent {
        guard access.references.count == 1, let reference = access.references.first else {
            throw Fault(.unsupported, "a component archive holds no chunked blobs, but \(version.identity) names one")
        }
        let size = try archive.blobSize(localReference: reference)
        // The archive checks references that are digests; names of files say nothing.
        let digest = access.digest
        return .blob(
            BlobContent(mediaType: access.mediaType, digest: digest, size: size) { [archive] in
                try archive.openBlob(localReference: reference)
            })
    }

    func place(
        _ content: ResourceContent, for identity: ComponentVersionIdentity, observer: PlacementObserver
    ) async throws -> PlacedContent { throw readOnly }
    func commit(_ descriptor: ComponentDescriptor, contents: LocalContents) async throws -> Digest { throw readOnly }
    func finish() async throws {}

    private var readOnly: Fault { Fault(.unsupported, "\(locator) is a component archive, which is only read") }
}
