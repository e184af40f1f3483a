// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Evidence
internal import Orchestration
internal import Repositories
internal import Transfer

extension OperationContext {
    /// Leaves evidence of what became of the content of a resource or source: what `place` moved and spared, or why it
    /// was refused.
    func evidencing<Result: Sendable>(
        _ content: ResourceContent, as element: JSON, of identity: ComponentVersionIdentity,
        to target: RepositoryLocator, _ place: @Sendable (PlacementTally) async throws -> Result
    ) async throws -> Result {
        let kind = element["relation"] == nil ? "source" : "resource"
        let name = element["name"]?.string ?? ""
        let subject = EvidenceSubject(identity, element: (kind, name))
        let stated = try DigestSpecification.read(element["digest"], of: name)
        let expected = try stated.flatMap { specification throws(Fault) in
            specification.isExcluded ? nil : try specification.digest()
        }
        let from = version(identity)?.repository.locator.description ?? "this run"
        let to = target.description
        let tally = PlacementTally()
        do {
            let result = try await place(tally)
            let (moved, spared) = tally.bytes
            // What the target had was checked when it came there, and is not read again.
            if let expected, moved > 0 {
                try evidence(.digestVerified(subject, digest: expected, size: moved + spared))
            }
            try evidence(
                .content(
                    subject, digest: expected ?? content.digest, moved: moved, spared: spared, from: from, to: to))
            return result
        } catch {
            if !(error is CancellationError) {
                try evidence(
                    .contentRefused(
                        subject, digest: expected, from: from, to: to, reason: Fault(wrapping: error).message))
            }
            throw error
        }
    }
}

/// How many bytes of one content moved, and how many were there.
final class PlacementTally: Sendable {
    private let counts = Guarded<(moved: Int64, spared: Int64)>((0, 0))
    var bytes: (moved: Int64, spared: Int64) { counts.withLock { $0 } }

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
            })
    }
}
