// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI

/// Turns what a constructor describes into component versions of a repository.
public struct ComponentAdder: Sendable {
    /// What happens when the repository has a version already.
    public enum ExistingVersion: String, Sendable, CaseIterable {
        /// It is an error, unless what is there is the same.
        case fail = "abort-and-fail"
        /// The version there is kept.
        case skip
        /// The version there is replaced.
        case replace
    }

    /// How to add.
    public struct Options: Sendable {
        /// What happens when the repository has a version already.
        public var existing = ExistingVersion.fail
        /// Whether contents named by an access are carried into the repository.
        public var copiesResources = false
        /// Whether contents named by an access are left without a digest.
        public var skipsDigests = false
        /// Whether references are left without a digest.
        public var skipsReferenceDigests = false
        /// How many contents are read at once.
        public var concurrency = 2
        /// Where archives are unpacked.
        public var temporaryFolder: String?

        /// The defaults above.
        public init() {}
    }

    /// What became of one component of the constructor.
    public struct Outcome: Sendable {
        /// The version.
        public let identity: ComponentVersionIdentity
        /// Its provider's name.
        public let provider: String
        /// `added`, `replaced`, `unchanged` or `skipped`.
        public let action: String
    }

    private let target: any ComponentVersionRepository
    private let lookup: ComponentVersionSource
    private let access: AccessMethods
    private let options: Options
    private let observer: ProgressObserver
    let contents: ContentVerifier

    /// An adder to `target`; references are looked up there and then in `lookup`.
    public init(
        target: any ComponentVersionRepository, lookup: [any ComponentVersionRepository],
        resolver: RepositoryResolver? = nil, access: AccessMethods, options: Options,
        observer: @escaping ProgressObserver = { _ in }
    ) {
        (self.target, self.access, self.options, self.observer) = (target, access, options, observer)
        self.lookup = ComponentVersionSource(target, lookup: lookup, resolver: resolver)
        contents = ContentVerifier(temporaryFolder: options.temporaryFolder)
    }

    /// A component whose contents are in the repository, not visible yet.
    private struct Prepared: Sendable {
        /// The descriptor it will have; the one it has when nothing is written.
        let descriptor: ComponentDescriptor
        let contents: LocalContents
        /// `added`, `replaced`, `unchanged` or `skipped`.
        let action: String
        var isWritten: Bool { action == "added" || action == "replaced" }
    }

    /// Adds components, those that others of the list refer to first. Each appears whole or not at all, and none
    /// before all contents are there and no version is in conflict.
    ///
    /// Contents of components that do not refer to each other are read at once; versions become visible one by one,
    /// in an order that follows from the constructors alone.
    /// - Parameter inputs: reads the inputs of a component, whose files lie beside its constructor.
    public func add(
        _ components: [(component: ConstructorComponent, inputs: InputMethods)]
    ) async throws -> [Outcome] {
        var all: [Prepared] = []
        for level in try ConstructionOrder.levels(components.map(\.component)) {
            let known = Dictionary(all.map { ($0.descriptor.identity, $0.descriptor) }) { first, _ in first }
            all += try await level.mapConcurrently(limit: options.concurrency) { place in
                try await prepare(components[place].component, components[place].inputs, known)
            }
        }
        let written = all.filter(\.isWritten)
        var sequence = CommitSequence(of: written.count)
        for prepared in written {
            try await sequence.commit(prepared.descriptor, contents: prepared.contents, to: target)
        }
        try await target.finish()
        return all.map { prepared in
            Outcome(
                identity: prepared.descriptor.identity, provider: prepared.descriptor.provider.name,
                action: prepared.action)
        }
    }

    /// - Parameter known: the descriptors of components that this one may refer to.
    private func prepare(
        _ component: ConstructorComponent, _ inputs: InputMethods,
        _ known: [ComponentVersionIdentity: ComponentDescriptor]
    ) async throws -> Prepared {
        let identity = component.identity
        let existing = try await target.find(identity)
        if let existing, options.existing == .skip {
            return Prepared(descriptor: existing.descriptor, contents: existing.contents, action: "skipped")
        }
        var descriptor = component.descriptor()
        descriptor.references = try await references(of: component, known)
        let observer = observer
        let work = try await component.elements.mapConcurrently(limit: options.concurrency) { element in
            let thing = "\(element.kind.rawValue) “\(element.name)” of \(identity)"
            observer(.started(id: thing, name: thing, bytes: nil))
            defer { observer(.finished(id: thing)) }
            do {
                return try await place(element, thing, of: identity, inputs, pinned: existing?.contents)
            } catch {
                guard !(error is CancellationError) else { throw error }
                throw Fault(wrapping: error).about(thing)
            }
        }
        var stored = LocalContents()
        for placement in work {
            if let placed = placement.placed { stored.add(placed) }
            switch placement.element.kind {
            case .resource:
                var resource = try placement.element.resource(access: placement.access)
                if let digest = placement.digest { resource.digest = digest }
                descriptor.resources.append(resource)
            case .source: descriptor.sources.append(try placement.element.source(access: placement.access))
            }
        }
        if let existing, options.existing == .fail {
            // Signatures are added later; a rerun of the same build must not fail over them.
            let same = try existing.descriptor.normalised(.v3) == descriptor.normalised(.v3)
            guard same else {
                throw Fault(
                    .conflict, "\(identity) is in \(target.locator) with other content",
                    fix: "raise the version, or pass --component-version-conflict-policy replace")
            }
            return Prepared(descriptor: existing.descriptor, contents: existing.contents, action: "unchanged")
        }
        return Prepared(descriptor: descriptor, contents: stored, action: existing == nil ? "added" : "replaced")
    }

    private struct Placement: Sendable {
        let element: ConstructorElement
        let access: TypedSpecification
        var digest: DigestSpecification?
        var placed: PlacedContent?
    }

    private func place(
        _ element: ConstructorElement, _ thing: String, of identity: ComponentVersionIdentity, _ inputs: InputMethods,
        pinned: LocalContents?
    ) async throws -> Placement {
        let observer = observer
        let watch = PlacementObserver(
            moved: { observer(.moved(id: thing, bytes: $0)) }, skipped: { observer(.moved(id: thing, bytes: $0)) })
        switch element.content {
        case .input(let specification):
            let input = try await inputs.content(
                of: specification, thing: thing, elementVersion: element.version, component: identity)
            return try await place(
                element, input.content, referenceName: input.referenceName, thing, of: identity, watch)
        case .access(let given):
            let skipsContent = element.kind != .resource || options.skipsDigests || element.skipsDigest
            let specification = skipsContent ? given : try await access.pinned(given, thing: thing)
            var placement = Placement(element: element, access: specification, digest: element.digest)
            guard element.kind == .resource, AccessMethods.canonicalName(specification.type) != "none" else {
                return placement
            }
            if options.copiesResources, let content = try await access.remoteContent(of: specification, thing: thing) {
                let name = try specification.json["imageReference"]?.string.map { text throws(Fault) in
                    let reference = try ImageReference(text)
                    return "\(reference.repository):\(reference.tag ?? element.version)"
                }
                return try await place(element, content, referenceName: name, thing, of: identity, watch)
            }
            guard !options.skipsDigests, !element.skipsDigest,
                let content = try await access.remoteContent(of: specification, thing: thing)
            else { return placement }
            if let expected = element.digest {
                _ = try await contents.verify(content, against: expected, thing: thing, moved: watch.moved)
            } else if case .artifact(let artifact) = content {
                // The reference is pinned without reading the layers: the manifest's digest covers them.
                placement.digest = DigestSpecification(artifact: artifact.root.digest)
            } else {
                placement.digest = try await contents.digest(of: content, thing: thing, moved: watch.moved)
            }
            return placement
        }
    }

    private func place(
        _ element: ConstructorElement, _ content: ResourceContent, referenceName: String?, _ thing: String,
        of identity: ComponentVersionIdentity, _ watch: PlacementObserver
    ) async throws -> Placement {
        let placed = try await target.place(content, for: identity, observer: watch)
        let access = try TypedSpecification(LocalBlobAccess.specification(for: placed, referenceName: referenceName))
        var placement = Placement(element: element, access: access, placed: placed)
        guard element.kind == .resource else { return placement }
        let found: DigestSpecification
        if placed.isArtifact {
            found = DigestSpecification(artifact: placed.descriptor.digest)
        } else if MediaType.isArtifactArchive(placed.descriptor.mediaType) {
            found = try await contents.digest(of: content, thing: thing)
        } else {
            found = DigestSpecification(blob: placed.descriptor.digest)
        }
        if let expected = element.digest, !expected.isExcluded, !expected.isSameContent(as: found) {
            throw ContentVerifier.mismatch(thing, try expected.digest(), try found.digest())
        }
        placement.digest = element.digest ?? (element.skipsDigest ? nil : found)
        return placement
    }

    /// The references with the digests of the versions they name, where those can be found.
    private func references(
        of component: ConstructorComponent, _ known: [ComponentVersionIdentity: ComponentDescriptor]
    ) async throws -> [ComponentReference] {
        var references: [ComponentReference] = []
        for var reference in try component.references() {
            var found: ComponentDescriptor?
            if !options.skipsReferenceDigests {
                found = try known[reference.target]
                if found == nil { found = try await lookup.find(reference.target)?.version.descriptor }
            }
            if let descriptor = found {
                if let pinned = reference.digest {
                    try descriptor.check(pinned, pinnedBy: component.identity)
                } else {
                    reference.digest = try descriptor.digestSpecification(descriptor.portableNormalisation)
                }
            }
            references.append(reference)
        }
        return references
    }
}
