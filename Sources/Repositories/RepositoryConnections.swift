// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
public import OCI
public import Web
public import WebClient

/// Opens repositories and registries; the one place that knows credentials, TLS settings and the HTTP client.
public final class RepositoryConnections: Sendable {
    /// Who we are to which registry.
    public let credentials: CredentialResolver
    /// The HTTP client all connections share; made when the first one is needed.
    public let http: HTTPClient
    /// Where large things are unpacked.
    public let temporaryFolder: String?
    private let registries = Guarded<[Origin: RegistryClient]>([:])
    private let uploads = Guarded<(journal: any UploadJournal, sender: (any UploadSender)?)?>(nil)
    private let layouts = Guarded<[String: OCILayout]>([:])

    /// Connections with these credentials over this client.
    public init(credentials: CredentialResolver, http: HTTPClient, temporaryFolder: String? = nil) {
        (self.credentials, self.http, self.temporaryFolder) = (credentials, http, temporaryFolder)
    }

    /// The client for a registry; one per origin.
    public func registry(at origin: Origin) -> RegistryClient {
        registries.withLock { registries in
            if let client = registries[origin] { return client }
            let credentials = credentials
            // Credentials stay with the name that the registry is known by.
            let client = RegistryClient(
                origin: DockerHub.registry(origin), http: http,
                serviceCredentials: { try await credentials.registryCredential(for: $0, repository: "") },
                credentials: { try await credentials.registryCredential(for: origin, repository: $0) })
            let journaling = uploads.withLock { $0 }.map { client.journaling(with: $0.journal, sender: $0.sender) }
            registries[origin] = journaling ?? client
            return journaling ?? client
        }
    }

    /// Notes uploads of large blobs to registries that are opened from now on, so that another process can go on.
    ///
    /// - Parameter sender: what the bytes of such blobs are sent with.
    public func noteUploads(in journal: any UploadJournal, sender: (any UploadSender)? = nil) {
        uploads.withLock { $0 = (journal, sender) }
        registries.withLock { registries in
            registries = registries.mapValues { $0.journaling(with: journal, sender: sender) }
        }
    }

    /// The registry of an image reference. Plain HTTP is used when the reference asks for it, or on a loopback address.
    public func registry(for reference: ImageReference) throws(Fault) -> RegistryClient {
        let scheme: String
        if let given = reference.scheme {
            scheme = given
        } else {
            scheme = try HTTPURL("http://\(reference.host)").origin.isLoopback ? "http" : "https"
        }
        return registry(at: try HTTPURL("\(scheme)://\(reference.host)").origin)
    }

    /// The artifact an image reference names, its tag resolved once to a digest.
    ///
    /// With tag and digest the digest decides. Throws `.notFound` when the registry has no such artifact.
    public func artifact(_ reference: ImageReference, thing: String) async throws -> ArtifactContent {
        let store = try registry(for: reference)
        let name = reference.digest?.description ?? reference.tag ?? "latest"
        guard let root = try await store.resolve(name, in: reference.registryRepository) else {
            throw Fault(
                .notFound, "\(thing): \(reference) does not exist",
                fix: "check the reference, and that the credentials may read it")
        }
        return ArtifactContent(store: store, repository: reference.registryRepository, root: root)
    }

    /// An OCI layout on disk, opened once.
    func layout(at path: String) async throws -> OCILayout {
        if let layout = layouts.withLock({ $0[path] }) { return layout }
        let layout = try await OCILayout(path: path, temporaryFolder: temporaryFolder)
        layouts.withLock { $0[path] = layout }
        return layout
    }
}

/// How a repository is opened.
public enum RepositoryMode: Sendable {
    /// It must exist; nothing is written.
    case read
    /// It must exist.
    case write
    /// It is made when it does not exist.
    case create(ArchiveFormat?)
}
