// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import Repositories
import WebClient

/// A component version with one resource of manifests, signed, as a product delivers it.
struct SignedRelease {
    static let component = "acme.org/app"
    /// Whom the site trusts, and somebody else.
    static let key = Result { try PrivateKey.generate(.rsa(bits: 2048)) }
    static let foreignKey = Result { try PrivateKey.generate(.rsa(bits: 2048)) }

    let version: String
    var key = SignedRelease.key

    private var manifests: [UInt8] {
        Array("{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {version: \"\(version)\"}}".utf8)
    }

    /// Signs it, and puts it into a repository: a registry's, or an archive.
    func push(to place: String) async throws {
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
