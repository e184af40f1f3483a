// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
public import Cryptography
public import OCI

/// A place that keeps component versions. Conformers: an OCI-like store and a component archive.
///
/// Writing is two-phased: contents are placed first and are invisible; `commit` makes the version visible in one
/// step, so a reader sees all of it or nothing.
public protocol ComponentVersionRepository: Sendable {
    /// How to name it in messages and in output.
    var locator: RepositoryLocator { get }

    /// All components, sorted. Throws `.unsupported` where the repository cannot list them.
    func components() async throws -> [ComponentName]

    /// All versions of a component, newest first; none when the component is unknown.
    func versions(of component: ComponentName) async throws -> [ComponentVersion]

    /// Reads a version; nil when it is not there. The descriptor found must carry the name and version asked for.
    func find(_ identity: ComponentVersionIdentity) async throws -> StoredComponentVersion?

    /// The content a `localBlob` access of that version stands for; reading it checks its digest.
    func content(of access: LocalBlobAccess, in version: StoredComponentVersion) async throws -> ResourceContent

    /// Moves content next to where `identity` is, or will be, kept; what is there already is not moved again.
    ///
    /// Throws `.mismatch`, leaving nothing visible, when the bytes are not those of the content's digest.
    func place(
        _ content: ResourceContent, for identity: ComponentVersionIdentity, observer: PlacementObserver
    ) async throws -> PlacedContent

    /// Writes a descriptor whose local contents have been placed, and makes it visible under its version.
    ///
    /// Returns the digest of the manifest or index it is stored as.
    @discardableResult
    func commit(_ descriptor: ComponentDescriptor, contents: LocalContents) async throws -> Digest

    /// Flushes what was written, and packs the archive where the format needs it.
    func finish() async throws
}

extension ComponentVersionRepository {
    /// Reads a version, or throws `.notFound` with the versions that are there.
    public func get(_ identity: ComponentVersionIdentity) async throws -> StoredComponentVersion {
        if let version = try await find(identity) { return version }
        let others = try await versions(of: identity.name).prefix(5).map(\.description)
        throw Fault(
            .notFound, "\(identity) is not in \(locator)",
            fix: others.isEmpty
                ? "check the component's name; `ocm get cv \(locator)` lists what an archive holds"
                : "choose one of the versions that are there: \(others.joined(separator: ", "))")
    }
}

/// A component version as it was found in a repository.
public struct StoredComponentVersion: Sendable {
    /// Its descriptor.
    public let descriptor: ComponentDescriptor
    /// Digest of the manifest or index it is stored as; nil in a component archive.
    public let storedDigest: Digest?
    /// The contents stored beside it.
    public let contents: LocalContents
    /// Name and version, taken from the descriptor.
    public var identity: ComponentVersionIdentity { descriptor.identity }

    /// Describes what was found.
    public init(descriptor: ComponentDescriptor, storedDigest: Digest?, contents: LocalContents) {
        (self.descriptor, self.storedDigest, self.contents) = (descriptor, storedDigest, contents)
    }
}

/// The contents stored beside a descriptor, by digest.
public struct LocalContents: Sendable {
    /// Blobs that are layers of the component manifest.
    public var blobs: [Digest: OCIDescriptor] = [:]
    /// OCI artifacts that are kept as themselves and listed in the version's index.
    public var artifacts: [Digest: OCIDescriptor] = [:]

    /// No contents.
    public init() {}

    /// Notes where content was placed.
    public mutating func add(_ placed: PlacedContent) {
        if placed.isArtifact {
            artifacts[placed.descriptor.digest] = placed.descriptor
        } else {
            blobs[placed.descriptor.digest] = placed.descriptor
        }
    }
}

/// Content that stands beside a descriptor now.
public struct PlacedContent: Sendable {
    /// Media type, digest and size of the blob or of the artifact's manifest.
    public let descriptor: OCIDescriptor
    /// Whether it is an OCI artifact kept as itself.
    public let isArtifact: Bool

    /// Describes placed content.
    public init(descriptor: OCIDescriptor, isArtifact: Bool) {
        (self.descriptor, self.isArtifact) = (descriptor, isArtifact)
    }
}

/// Told how content moves while it is placed. Called from any thread.
public struct PlacementObserver: Sendable {
    /// So many more bytes are through.
    public var moved: @Sendable (Int64) -> Void
    /// A blob of that size was there already, or was mounted without moving.
    public var skipped: @Sendable (Int64) -> Void
    /// A blob or manifest of an artifact is in its place. What this throws ends the placement.
    public var placed: @Sendable (PlacedPart) throws(Fault) -> Void

    /// An observer; without closures it ignores everything.
    public init(
        moved: @escaping @Sendable (Int64) -> Void = { _ in }, skipped: @escaping @Sendable (Int64) -> Void = { _ in },
        placed: @escaping @Sendable (PlacedPart) throws(Fault) -> Void = { _ in }
    ) {
        (self.moved, self.skipped, self.placed) = (moved, skipped, placed)
    }

    /// Watches bytes that are opened at an offset; what stands before the first offset asked for did not move.
    func resuming(
        _ open: @escaping @Sendable (_ offset: Int64) async throws -> ByteStream
    ) -> @Sendable (_ offset: Int64) async throws -> ByteStream {
        let isFirst = Guarded(true)
        return { offset in
            let stream = try await open(offset)
            let isNew = isFirst.withLock { isFirst in
                defer { isFirst = false }
                return isFirst
            }
            if isNew, offset > 0 { skipped(offset) }
            return stream.observed { moved(Int64($0)) }
        }
    }
}

/// One blob or manifest of an artifact that is in its place.
public enum PlacedPart: Sendable {
    /// A blob, and how it came there.
    case blob(OCIDescriptor, PushOutcome)
    /// A manifest or index, which is written whether it was there or not.
    case manifest(OCIDescriptor)

    /// Digest, size and media type.
    public var descriptor: OCIDescriptor {
        switch self {
        case .blob(let descriptor, _), .manifest(let descriptor): descriptor
        }
    }
}
