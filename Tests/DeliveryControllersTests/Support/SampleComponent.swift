// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Repositories
import Web
import WebClient

/// A component version to write, with the digests that signing tools write.
struct SampleComponent {
    struct Content {
        var name: String
        var bytes: [UInt8]
        var mediaType = "application/yaml"
        var extraIdentity: [String: String] = [:]
        var version = "1.0.0"
    }

    var identity: String
    var contents: [Content] = []
    /// Resources as they are.
    var raw: [JSON] = []
    var references: [(name: String, target: ComponentDescriptor)] = []
    var signatures: [(name: String, key: PrivateKey, scheme: SignatureScheme)] = []
    var chain: [Certificate] = []

    /// Writes it, and gives its descriptor.
    @discardableResult
    func write(to repository: any ComponentVersionRepository) async throws -> ComponentDescriptor {
        let identity = try ComponentVersionIdentity(identity)
        var local = LocalContents(), resources: [JSON] = []
        for content in contents {
            let blob = BlobContent(mediaType: content.mediaType, bytes: content.bytes)
            let placed = try await repository.place(.blob(blob), for: identity, observer: PlacementObserver())
            local.add(placed)
            var resource: JSON = [
                "name": .string(content.name), "version": .string(content.version), "type": "blob",
                "relation": "local", "access": LocalBlobAccess.specification(for: placed, referenceName: nil),
                "digest": DigestSpecification(blob: Digest(of: content.bytes)).json,
            ]
            if !content.extraIdentity.isEmpty {
                let pairs = content.extraIdentity.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
                resource["extraIdentity"] = .object(JSONObject(pairs))
            }
            resources.append(resource)
        }
        var links: [JSON] = []
        for (name, target) in references {
            links.append([
                "name": .string(name), "version": .string(target.identity.version.text),
                "componentName": .string(target.identity.name.text), "digest": try Self.digest(target).json,
            ])
        }
        let json: JSON = [
            "meta": ["schemaVersion": "v2"],
            "component": [
                "name": .string(identity.name.text), "version": .string(identity.version.text), "provider": "acme",
                "repositoryContexts": [], "resources": .array(resources + raw), "sources": [],
                "componentReferences": .array(links),
            ],
        ]
        var descriptor = try ComponentDescriptor(json: json, source: "a sample")
        for (name, key, scheme) in signatures {
            descriptor.signatures.append(
                try descriptor.sign(name: name, scheme: scheme, normalisation: .v4alpha1, key: key, chain: chain))
        }
        try await repository.commit(descriptor, contents: local)
        try await repository.finish()
        return descriptor
    }

    static func digest(_ descriptor: ComponentDescriptor) throws -> DigestSpecification {
        let digest = Digest(of: try descriptor.normalised(.v4alpha1))
        return DigestSpecification(
            hashAlgorithm: "SHA-256", normalisationAlgorithm: "jsonNormalisation/v4alpha1", value: digest.hex)
    }
}

/// A folder for archives, which goes with it.
final class SampleArchive: Sendable {
    let folder: TemporaryFolder
    var path: String { "\(folder.path)/archive" }
    var specification: JSON { ["type": "CommonTransportFormat/v1", "filePath": .string(path)] }

    init() throws { folder = try TemporaryFolder() }

    func repository() async throws -> any ComponentVersionRepository {
        try await connections().open(RepositoryLocator(path), .create(.directory))
    }
}

/// Connections without credentials.
func connections() -> RepositoryConnections {
    RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())
}
