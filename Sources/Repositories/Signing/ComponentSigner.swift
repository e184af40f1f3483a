// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
public import Cryptography
internal import Documents

/// Signs component versions: children before parents, every resource read and digested before anything is signed.
public struct ComponentSigner: Sendable {
    /// How to sign.
    public struct Options: Sendable {
        /// The signature's name.
        public var name: String
        /// The private key.
        public var key: PrivateKey
        /// The algorithm; it must fit the key.
        public var scheme: SignatureScheme
        /// The hash of the normalised descriptor.
        public var hash: Digest.Algorithm = .sha256
        /// The normalisation; nil chooses per version what both families of tools verify.
        public var normalisation: NormalisationAlgorithm?
        /// The certificates of the key, leaf first; empty for a plain signature.
        public var chain: [Certificate] = []
        /// How the signature is written; nil means as PEM with certificates, else plain.
        public var encoding: SignatureEncoding?
        /// Whether referenced versions are signed too, and not just digested.
        public var isRecursive = false
        /// Whether an existing signature of this name is replaced.
        public var replacesSignature = false

        /// Signs with a key under a name.
        public init(name: String, key: PrivateKey, scheme: SignatureScheme) {
            (self.name, self.key, self.scheme) = (name, key, scheme)
        }
    }

    /// One version that was signed or digested.
    public struct Outcome: Sendable {
        /// The version.
        public let identity: ComponentVersionIdentity
        /// The signature; nil when only its digests were completed.
        public let signature: SignatureEntry?
        /// Whether the descriptor was written.
        public let isWritten: Bool
    }

    private let source: ComponentVersionSource
    private let access: AccessMethods
    private let options: Options
    private let contents: ContentVerifier
    private let observer: ProgressObserver

    /// A signer for versions of `source`. Versions are written back to where they were found.
    public init(
        source: ComponentVersionSource, access: AccessMethods, options: Options, temporaryFolder: String? = nil,
        observer: @escaping ProgressObserver = { _ in }
    ) {
        (self.source, self.access, self.options, self.observer) = (source, access, options, observer)
        contents = ContentVerifier(temporaryFolder: temporaryFolder)
    }

    /// Signs a version.
    ///
    /// - Parameter dryRun: whether nothing is written.
    /// - Returns: what happened, children before their parents.
    /// - Throws: `.mismatch` when an existing digest is not that of the content, `.conflict` when the signature is
    ///   there already and may not be replaced. Nothing is written then: everything is computed before the first write.
    public func sign(_ identity: ComponentVersionIdentity, dryRun: Bool = false) async throws -> [Outcome] {
        var done: [ComponentVersionIdentity: Prepared] = [:]
        var order: [ComponentVersionIdentity] = []
        _ = try await prepare(identity, isRoot: true, path: ReferencePath(identity), &done, &order)
        var outcomes: [Outcome] = []
        var sequence = CommitSequence(of: order.count)
        for identity in order {
            guard let prepared = done[identity] else { continue }
            let isChanged = prepared.descriptor != prepared.version.descriptor
            if isChanged && !dryRun {
                try await sequence.commit(
                    prepared.descriptor, contents: prepared.version.contents, to: prepared.repository)
            }
            outcomes.append(
                Outcome(identity: identity, signature: prepared.signature, isWritten: isChanged && !dryRun))
        }
        if !dryRun { for repository in source.repositories { try await repository.finish() } }
        return outcomes
    }

    private struct Prepared {
        let version: StoredComponentVersion
        let repository: any ComponentVersionRepository
        var descriptor: ComponentDescriptor
        var signature: SignatureEntry?
    }

    private func prepare(
        _ identity: ComponentVersionIdentity, isRoot: Bool, path: ReferencePath,
        _ done: inout [ComponentVersionIdentity: Prepared], _ order: inout [ComponentVersionIdentity]
    ) async throws -> ComponentDescriptor {
        if let prepared = done[identity] { return prepared.descriptor }
        let (version, repository) = try await source.get(identity)
        var descriptor = version.descriptor
        for (index, reference) in descriptor.references.enumerated() {
            let child = try reference.target
            let digested = try await prepare(
                child, isRoot: false, path: path.appending(child), &done, &order)
            if let pinned = reference.digest {
                try digested.check(pinned, pinnedBy: identity)
            } else {
                descriptor.references[index].digest = try pin(digested)
            }
        }
        for (index, resource) in descriptor.resources.enumerated() {
            if let digest = try await digest(of: resource, in: version, repository) {
                descriptor.resources[index].digest = digest
            }
        }
        var prepared = Prepared(version: version, repository: repository, descriptor: descriptor)
        if isRoot || options.isRecursive { try addSignature(to: &prepared) }
        done[identity] = prepared
        order.append(identity)
        return prepared.descriptor
    }

    private func addSignature(to prepared: inout Prepared) throws {
        let existing = prepared.descriptor.signatures.firstIndex { $0.name == options.name }
        if let existing, !options.replacesSignature {
            // Signing again with the same key is no error: the signature that is there says the same.
            let entry = prepared.descriptor.signatures[existing]
            if (try? prepared.descriptor.verify(entry, with: .key(options.key.publicKey))) != nil {
                prepared.signature = entry
                return
            }
            throw Fault(
                .conflict, "\(prepared.version.identity) has a signature “\(options.name)” of another key or content",
                fix: "choose another name with --signature, or replace it with --force")
        }
        let entry = try prepared.descriptor.sign(
            name: options.name, scheme: options.scheme, hash: options.hash,
            normalisation: options.normalisation ?? prepared.descriptor.portableNormalisation, key: options.key,
            chain: options.chain, encoding: options.encoding)
        if let existing {
            prepared.descriptor.signatures[existing] = entry
        } else {
            prepared.descriptor.signatures.append(entry)
        }
        prepared.signature = entry
    }

    /// The digest a parent pins for a child.
    private func pin(_ descriptor: ComponentDescriptor) throws(Fault) -> DigestSpecification {
        let algorithm = options.normalisation ?? descriptor.portableNormalisation
        return try descriptor.digestSpecification(algorithm, hash: options.hash)
    }

    /// The digest to add, or nil when the resource has a right one or needs none.
    private func digest(
        of resource: Resource, in version: StoredComponentVersion, _ repository: any ComponentVersionRepository
    ) async throws -> DigestSpecification? {
        let thing = "resource “\(resource.name)” of \(version.identity)"
        if resource.digest?.isExcluded == true { return nil }
        guard let specification = resource.access,
            let content = try await access.content(
                of: specification, thing: thing, in: version, repository: repository)
        else { return nil }
        let id = "\(version.identity)/\(resource.identity)", observer = observer
        observer(.started(id: id, name: thing, bytes: nil))
        let moved: @Sendable (Int64) -> Void = { observer(.moved(id: id, bytes: $0)) }
        defer { observer(.finished(id: id)) }
        if let expected = resource.digest {
            _ = try await contents.verify(content, against: expected, thing: thing, moved: moved)
            return nil
        }
        return try await contents.digest(of: content, thing: thing, moved: moved)
    }
}

extension ComponentDescriptor {
    /// The normalisation that the most tools verify: `jsonNormalisation/v4alpha1`, or `jsonNormalisation/v3` where the
    /// newer tools compute v4alpha1 differently (signed labels with a version, labels of references, references
    /// without a digest).
    public var portableNormalisation: NormalisationAlgorithm {
        let signed = labels + resources.flatMap(\.labels) + sources.flatMap(\.labels)
        let isQuirky =
            signed.contains { $0.isSigned && $0.version != nil }
            || references.contains {
                $0.digest == nil || $0.labels.contains { $0.version != nil || $0.json["merge"] != nil }
            }
        return isQuirky ? .v3 : .v4alpha1
    }

    /// The digest of this descriptor as a reference of a parent carries it.
    public func digestSpecification(
        _ algorithm: NormalisationAlgorithm, hash: Digest.Algorithm = .sha256
    ) throws(Fault) -> DigestSpecification {
        let digest = Digest(of: try normalised(algorithm), algorithm: hash)
        return DigestSpecification(
            hashAlgorithm: hash.ocmName, normalisationAlgorithm: algorithm.rawValue, value: digest.hex)
    }
}
