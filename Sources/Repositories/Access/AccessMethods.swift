// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI

/// Finds the content behind an access specification.
///
/// Adding an access method is one case here, one file with its reading, and its row in the list of known types.
public struct AccessMethods: Sendable {
    let connections: RepositoryConnections

    /// Access methods that reach remote places through these connections.
    public init(_ connections: RepositoryConnections) { self.connections = connections }

    /// The types that can be read, with their other names, for messages and help.
    public static let known: [(name: String, aliases: [String])] = [
        ("localBlob", ["LocalBlob", "localOciBlob", "localFilesystemBlob"]),
        ("ociArtifact", ["ociRegistry", "ociImage", "OCIImage", "OCIArtifact"]),
        ("ociBlob", ["OCIImageLayer", "OCIBlob"]),
        ("helm", ["Helm"]),
        ("wget", ["Wget"]),
        ("maven", ["Maven"]),
        ("npm", ["NPM", "Npm"]),
        ("s3", ["S3", "S3Bucket", "s3Bucket"]),
        ("gitHub", ["github", "GitHub"]),
        ("none", ["None"]),
    ]

    /// The method's first name for any of its names, with or without a version; nil when the type is unknown.
    public static func canonicalName(_ type: TypeName) -> String? {
        known.first { $0.name == type.name || $0.aliases.contains(type.name) }?.name
    }

    /// The content of an access, or nil when the access says that there is none.
    ///
    /// Throws `.unsupported`, listing the known types, for any other type.
    /// - Parameters:
    ///   - thing: what has this access, for messages: `resource “image” of acme.org/app:1.0.0`.
    ///   - version: the version the access stands in, with its repository.
    public func content(
        of access: TypedSpecification, thing: String, in version: StoredComponentVersion,
        repository: any ComponentVersionRepository
    ) async throws -> ResourceContent? {
        switch Self.canonicalName(access.type) {
        case "localBlob":
            return try await repository.content(of: LocalBlobAccess(access, of: thing), in: version)
        case "none": return nil
        default: return try await remoteContent(of: access, thing: thing)
        }
    }

    /// The content of an access that does not depend on where its descriptor is kept.
    public func remoteContent(of access: TypedSpecification, thing: String) async throws -> ResourceContent? {
        switch Self.canonicalName(access.type) {
        case "ociArtifact":
            let text = try field("imageReference", access, thing)
            return .artifact(try await connections.artifact(ImageReference(text), thing: thing))
        case "ociBlob": return .blob(try await ociBlob(access, thing))
        case "wget": return .blob(try WebAccess(access, thing: thing).content(connections))
        case "helm": return try await HelmAccess(access, thing: thing).content(connections)
        case "maven": return .blob(try await MavenAccess(access, thing: thing).content(connections))
        case "npm": return .blob(try await NPMAccess(access, thing: thing).content(connections))
        case "s3": return .blob(try await S3Access(access, thing: thing).content(connections))
        case "gitHub": return .blob(try await GitHubAccess(access, thing: thing).content(connections))
        case "none": return nil
        case "localBlob":
            throw Fault(.invalid, "\(thing) is stored beside its descriptor, which was not given")
        default:
            throw Fault(
                .unsupported, "\(thing) has the access type “\(access.type)”, which is unknown here",
                fix: "known types are \(Self.known.map(\.name).joined(separator: ", "))")
        }
    }

    /// The access with what it names by a name that moves resolved once, so that a digest and the access stay together: a
    /// branch or tag on GitHub becomes a commit, a Maven snapshot its current build. All other accesses are given back as
    /// they are.
    public func pinned(_ access: TypedSpecification, thing: String) async throws -> TypedSpecification {
        switch Self.canonicalName(access.type) {
        case "gitHub": try await GitHubAccess.pinned(access, thing: thing, connections)
        case "maven": try await MavenAccess.pinned(access, thing: thing, connections)
        default: access
        }
    }

    private func field(_ name: String, _ access: TypedSpecification, _ thing: String) throws(Fault) -> String {
        guard let text = access.json[name]?.string, !text.isEmpty else {
            throw Fault(.invalid, "the access of \(thing) has no “\(name)”", fix: "add “\(name)” to the access")
        }
        return text
    }

    private func ociBlob(_ access: TypedSpecification, _ thing: String) async throws -> BlobContent {
        let reference = try ImageReference(access.json["ref"]?.string ?? field("imageReference", access, thing))
        let digest = try Digest(field("digest", access, thing))
        let mediaType = access.json["mediaType"]?.string ?? "application/octet-stream"
        let store = try connections.registry(for: reference)
        let repository = reference.registryRepository
        guard let size = try await store.blobSize(digest, in: repository) else {
            throw Fault(.notFound, "\(thing): the blob \(digest) is not in \(reference)")
        }
        if let expected = access.json["size"]?.int, expected != size {
            throw Fault(.mismatch, "\(thing): the blob \(digest) should have \(expected) bytes and has \(size)")
        }
        return BlobContent(
            mediaType: mediaType, digest: digest, size: size,
            home: BlobHome(store: store.name, repository: repository),
            openFrom: { try await store.openBlob(digest, size: size, from: $0, in: repository) }
        ) { try await store.openBlob(digest, size: size, in: repository) }
    }
}
