// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Registry
import RegistryRules
import RegistryServer
import Repositories
import TestServers
import TestSite
import Web
import WebClient

/// A site registry with signature rules, to which one user may push and from which everybody may pull.
struct SignedSite: Sendable {
    let site: SiteRegistry
    let keys: TemporaryFolder
    /// What the server reports to its operator.
    let reports: Guarded<[Fault]>

    static let signer = key(), stranger = key()
    static let access = """
        [{repositories: ["**"], users: ["*"], allow: [pull, push, delete]},
         {repositories: ["**"], anonymous: true, allow: [pull]}]
        """

    private static func key() -> PrivateKey {
        do { return try PrivateKey.generate(.ecdsaP256) } catch { fatalError("no key: \(error)") }
    }

    /// Starts it on a folder.
    ///
    /// - Parameters:
    ///   - data: what an earlier one has left.
    ///   - rule: changes the rule, which demands the signature “release” below `acme` and is recursive.
    init(
        _ keys: TemporaryFolder, data: String? = nil, key: PrivateKey = signer, access: String = Self.access,
        rule: (SignatureRule) throws -> [SignatureRule] = { [$0] }
    ) async throws {
        let path = "\(keys.path)/release.pem"
        try FileSystem.write(Array(key.publicKey.pem().utf8), to: path)
        let rules = try rule(
            SignatureRule(prefix: "acme", demands: [.init(name: "release", keys: [.publicKey(path: path)])]))
        let reports = Guarded<[Fault]>([])
        (self.keys, self.reports) = (keys, reports)
        site = try await SiteRegistry(
            .basic, rules: access, data: data ?? "\(keys.path)/data", signatures: rules,
            report: { fault in reports.withLock { $0.append(fault) } })
    }

    /// Ends it and starts another one on what it has left.
    func restarted(
        key: PrivateKey = signer, rebuilt: Bool = false, rule: (SignatureRule) throws -> [SignatureRule] = { [$0] }
    ) async throws -> SignedSite {
        await site.host.stop(deadline: .zero)
        if rebuilt, try !RegistryFolder.rebuild(site.host.registry.path).isEmpty {
            throw Fault(.internal, "records are damaged")
        }
        return try await SignedSite(keys, data: site.host.registry.path, key: key, rule: rule)
    }

    /// Our own client, as the one who may push.
    func client() throws -> RegistryClient {
        var settings = HTTPClientSettings()
        settings.retry.sleep = { _ in }
        return RegistryClient(origin: try HTTPURL(site.url).origin, http: HTTPClient(settings)) { _ in
            .basic(username: RegistryServer.user, password: RegistryServer.password)
        }
    }

    /// The component versions below a path, as the one who may push.
    func repository(_ path: String = "acme") throws -> StoreRepository {
        StoreRepository(try client(), locator: try RepositoryLocator("\(site.url)/\(path)"), subPath: path)
    }

    /// What is answered to somebody: the status, and the body.
    func ask(
        _ path: String, method: HTTPMethod = .get, isPusher: Bool = false
    ) async throws -> (status: Int, json: JSON?) {
        var request = HTTPRequest(method: method, url: try HTTPURL("\(site.url)/v2/\(path)"))
        if isPusher {
            let pair = "\(RegistryServer.user):\(RegistryServer.password)"
            request.headers["Authorization"] = "Basic \(Array(pair.utf8).base64)"
        }
        let response = try await HTTPClient(HTTPClientSettings()).open(request)
        let bytes = try await response.body.collect(limit: 1 << 20)
        return (response.status, try? JSON(parsing: bytes, source: "an answer"))
    }

    /// The tags that everybody sees; nil when there is no such repository.
    func tags(_ name: String) async throws -> [String]? {
        try await ask("\(name)/tags/list").json?["tags"]?.array?.compactMap(\.string)
    }

    /// Whether everybody can pull something.
    func isShown(_ path: String) async throws -> Bool { try await ask(path).status == 200 }
}

/// A component version to push, signed or not.
struct Sample: Sendable {
    var identity: ComponentVersionIdentity
    var contents = LocalContents()
    private var resources: [JSON] = []
    private var references: [JSON] = []

    init(_ identity: String) throws { self.identity = try ComponentVersionIdentity(identity) }

    /// Keeps a text beside the descriptor.
    mutating func add(_ name: String, _ text: String, to repository: StoreRepository) async throws {
        let content = ResourceContent.blob(BlobContent(mediaType: "text/plain", bytes: Array(text.utf8)))
        let placed = try await repository.place(content, for: identity, observer: PlacementObserver())
        contents.add(placed)
        add(name, LocalBlobAccess.specification(for: placed, referenceName: nil), placed.descriptor.digest)
    }

    /// Keeps an image beside the descriptor.
    mutating func add(_ name: String, _ image: SampleImage, to repository: StoreRepository) async throws {
        let source = MemoryStore()
        try await image.push(to: source, "image", tag: "1")
        guard let root = try await source.resolve("1", in: "image") else { return }
        let content = ResourceContent.artifact(ArtifactContent(store: source, repository: "image", root: root))
        let placed = try await repository.place(content, for: identity, observer: PlacementObserver())
        contents.add(placed)
        add(name, LocalBlobAccess.specification(for: placed, referenceName: nil), placed.descriptor.digest)
    }

    /// Adds a resource that is an image in another repository.
    mutating func add(_ name: String, imageAt reference: String, _ digest: Digest) {
        add(name, ["type": "ociArtifact", "imageReference": .string("\(reference)@\(digest)")], digest)
    }

    mutating func add(_ name: String, _ access: JSON, _ digest: Digest?) {
        var resource: JSONObject = [
            "name": .string(name), "version": "1.0.0", "type": "blob", "relation": "local", "access": access,
        ]
        if let digest {
            resource["digest"] = [
                "hashAlgorithm": "SHA-256", "normalisationAlgorithm": "genericBlobDigest/v1",
                "value": .string(digest.hex),
            ]
        }
        resources.append(.object(resource))
    }

    /// Refers to another version, pinned to its descriptor as it is.
    mutating func refer(to child: ComponentDescriptor) throws {
        references.append([
            "name": "child", "componentName": .string(child.identity.name.text),
            "version": .string(child.identity.version.text),
            "digest": try child.digestSpecification(.v4alpha1, hash: .sha256).json,
        ])
    }

    /// The descriptor, signed with a key.
    func descriptor(
        _ key: PrivateKey? = SignedSite.signer, as name: String = "release"
    ) throws -> ComponentDescriptor {
        let json: JSON = [
            "meta": ["schemaVersion": "v2"],
            "component": [
                "name": .string(identity.name.text), "version": .string(identity.version.text), "provider": "acme",
                "repositoryContexts": [], "resources": .array(resources), "sources": [],
                "componentReferences": .array(references),
            ],
        ]
        var descriptor = try ComponentDescriptor(json: json, source: "a sample")
        if let key {
            descriptor.signatures = [
                try descriptor.sign(name: name, scheme: key.usualScheme, normalisation: .v4alpha1, key: key)
            ]
        }
        return descriptor
    }
}

/// A small image.
struct SampleImage: Sendable {
    let blobs: [[UInt8]]
    let manifest: [UInt8]
    var digest: Digest { Digest(of: manifest) }
    static let mediaType = "application/vnd.oci.image.manifest.v1+json"

    init(_ layer: String, subject: SampleImage? = nil) {
        blobs = [Array(#"{"architecture":"amd64","os":"linux"}"#.utf8), Array(layer.utf8)]
        func descriptor(_ bytes: [UInt8], _ type: String) -> JSON {
            [
                "mediaType": .string(type), "digest": .string("\(Digest(of: bytes))"),
                "size": .number(JSONNumber(Int64(bytes.count))),
            ]
        }
        var object: JSONObject = [
            "schemaVersion": 2, "mediaType": .string(Self.mediaType),
            "config": descriptor(blobs[0], "application/vnd.oci.image.config.v1+json"),
            "layers": [descriptor(blobs[1], "application/vnd.oci.image.layer.v1.tar")],
        ]
        if let subject { object["subject"] = descriptor(subject.manifest, Self.mediaType) }
        manifest = JSON.object(object).encoded()
    }

    func push(to store: any ArtifactStore, _ repository: String, tag: String?) async throws {
        for bytes in blobs {
            let blob = BlobSource(digest: Digest(of: bytes), size: Int64(bytes.count)) { ByteStream(bytes) }
            _ = try await store.pushBlob(blob, in: repository)
        }
        _ = try await store.pushManifest(manifest, mediaType: Self.mediaType, in: repository, tag: tag)
    }
}
