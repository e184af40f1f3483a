// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
public import Cryptography
internal import Documents
internal import Repositories
internal import WebClient

/// A component version with one resource of manifests, signed, as a product delivers it.
public struct SignedRelease: Sendable {
    /// The component's name.
    public static let component = "acme.org/app"
    /// Whom a site trusts.
    public static let key = Result { try PrivateKey.generate(.rsa(bits: 2048)) }
    /// Somebody else's.
    public static let foreignKey = Result { try PrivateKey.generate(.rsa(bits: 2048)) }

    private let version: String
    private let key: Result<PrivateKey, any Error>

    /// A release, signed with a key.
    public init(version: String, key: Result<PrivateKey, any Error> = SignedRelease.key) {
        (self.version, self.key) = (version, key)
    }

    private var manifests: [UInt8] {
        Array("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {version: \"\(version)\"}}".utf8)
    }

    /// Signs it, and puts it into a repository: a registry's, or an archive.
    public func push(to place: String) async throws {
        let connections = RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())
        let repository = try await connections.open(RepositoryLocator(place), .create(nil))
        let identity = try ComponentVersionIdentity("\(Self.component):\(version)")
        var contents = LocalContents()
        let blob = BlobContent(mediaType: "application/yaml", bytes: manifests)
        let placed = try await repository.place(.blob(blob), for: identity, observer: PlacementObserver())
        contents.add(placed)
        let resource: JSON = [
            "name": "manifests", "version": .string(version), "type": "blob", "relation": "local",
            "access": LocalBlobAccess.specification(for: placed, referenceName: nil),
            "digest": DigestSpecification(blob: Digest(of: manifests)).json,
        ]
        let json: JSON = [
            "meta": ["schemaVersion": "v2"],
            "component": [
                "name": .string(Self.component), "version": .string(version), "provider": "acme",
                "repositoryContexts": [], "resources": [resource], "sources": [], "componentReferences": [],
            ],
        ]
        var descriptor = try ComponentDescriptor(json: json, source: "a release")
        descriptor.signatures.append(
            try descriptor.sign(
                name: "release", scheme: .rsaPSS, normalisation: .v4alpha1, key: key.get(), chain: []))
        try await repository.commit(descriptor, contents: contents)
        try await repository.finish()
    }
}
