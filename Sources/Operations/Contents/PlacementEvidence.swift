// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Evidence
internal import OCI
internal import Orchestration
internal import Repositories
internal import Transfer

/// What evidence of a placement says beside what moved.
struct PlacementEvidence: Sendable {
    let subject: EvidenceSubject
    /// The digest that the content has to have, when that is one of bytes or of a manifest; nil when nothing states it.
    let expected: Digest?
    let from: String
    let to: String

    /// Evidence of a content that need not be the one that its resource states, such as one for a package repository.
    ///
    /// - Parameters:
    ///   - digest: that of the bytes, when it is known; what the resource states counts when it is the same.
    ///   - origin: the component version of the resource; nil when nobody says which it is.
    init(
        _ digest: Digest?, resource: JSON?, origin: ContentOrigin?, to place: String, _ context: OperationContext
    ) throws(Fault) {
        let name = resource?["name"]?.string ?? origin?.resource.attributes["name"] ?? place
        subject =
            origin.map { EvidenceSubject($0.version, element: ("resource", name)) } ?? EvidenceSubject(resource: name)
        let stated = try Self.digest(resource?["digest"])
        expected = stated == digest ? stated : nil
        from = origin.flatMap { context.version($0.version)?.repository.locator.description } ?? "this run"
        to = place
    }

    /// Evidence of an element of a component version that goes beside its descriptor.
    init(
        _ element: JSON, of identity: ComponentVersionIdentity, to target: RepositoryLocator,
        _ context: OperationContext
    ) throws(Fault) {
        let kind = element["relation"] == nil ? "source" : "resource"
        subject = EvidenceSubject(identity, element: (kind, element["name"]?.string ?? ""))
        expected = try Self.digest(element["digest"])
        from = context.version(identity)?.repository.locator.description ?? "this run"
        to = target.description
    }

    /// Evidence of an artifact that becomes an image of its own.
    ///
    /// - Parameters:
    ///   - resource: the resource that it is, as far as that is known.
    ///   - origin: the component version of that resource; nil when nobody says which it is.
    init(
        _ artifact: ArtifactContent, resource: JSON, origin: ContentOrigin?, to target: ImageReference,
        _ context: OperationContext
    ) throws(Fault) {
        let name = resource["name"]?.string ?? origin?.resource.attributes["name"] ?? ""
        subject =
            origin.map { EvidenceSubject($0.version, element: ("resource", name)) }
            ?? EvidenceSubject(resource: name.isEmpty ? target.repository : name)
        // A content that was changed on its way is not what its resource states.
        let stated = try Self.digest(resource["digest"])
        expected = stated == artifact.root.digest ? stated : nil
        if artifact.store is RegistryClient {
            from = "\(artifact.store.name)/\(artifact.repository)"
        } else {
            from = origin.flatMap { context.version($0.version)?.repository.locator.description } ?? "this run"
        }
        to = "\(target)"
    }

    private static func digest(_ json: JSON?) throws(Fault) -> Digest? {
        guard let stated = try DigestSpecification.read(json, of: "a resource"), !stated.isExcluded else { return nil }
        return try stated.digest()
    }
}

extension OperationContext {
    /// Leaves evidence of what became of a content: what `place` moved and spared, each blob and manifest of an
    /// artifact, or why it was refused.
    ///
    /// - Parameter digest: the content's, known at the latest when it is in its place.
    func evidencing<Result: Sendable>(
        _ facts: PlacementEvidence, digest: @Sendable (Result) -> Digest?,
        _ place: @Sendable (PlacementTally) async throws -> Result
    ) async throws -> Result {
        let tally = PlacementTally { [evidence] part throws(Fault) in
            try evidence(
                .part(
                    facts.subject, part.outcome, digest: part.descriptor.digest, size: part.descriptor.size,
                    mediaType: part.descriptor.mediaType, to: facts.to))
        }
        do {
            let result = try await place(tally)
            let (moved, spared) = tally.bytes
            // What the target had was checked when it came there, and is not read again.
            if let expected = facts.expected, moved > 0 {
                try evidence(.digestVerified(facts.subject, digest: expected, size: moved + spared))
            }
            try evidence(
                .content(
                    facts.subject, digest: facts.expected ?? digest(result), moved: moved, spared: spared,
                    from: facts.from, to: facts.to))
            return result
        } catch {
            if !(error is CancellationError) {
                try evidence(
                    .contentRefused(
                        facts.subject, digest: facts.expected, from: facts.from, to: facts.to,
                        reason: Fault(wrapping: error).message))
            }
            throw error
        }
    }
}

/// How many bytes of one content moved, and how many were there.
final class PlacementTally: Sendable {
    private let counts = Guarded<(moved: Int64, spared: Int64)>((0, 0))
    private let tell: @Sendable (PlacedPart) throws(Fault) -> Void
    var bytes: (moved: Int64, spared: Int64) { counts.withLock { $0 } }

    /// - Parameter tell: told of each blob and manifest of an artifact that is in its place.
    init(_ tell: @escaping @Sendable (PlacedPart) throws(Fault) -> Void) { self.tell = tell }

    /// Counts, and tells another observer.
    func counting(_ observer: PlacementObserver) -> PlacementObserver {
        PlacementObserver(
            moved: { [counts] bytes in
                counts.withLock { $0.moved += bytes }
                observer.moved(bytes)
            },
            skipped: { [counts] bytes in
                counts.withLock { $0.spared += bytes }
                observer.skipped(bytes)
            }, placed: tell)
    }
}

extension PlacedPart {
    fileprivate var outcome: EvidenceEvent.PartOutcome {
        switch self {
        case .manifest: .manifestWritten
        case .blob(_, .pushed): .blobMoved
        case .blob(_, .alreadyThere), .blob(_, .mounted): .blobSpared
        }
    }
}
