// SPDX-License-Identifier: Apache-2.0

public import Evidence
public import Repositories

/// What a transfer may do, and how.
public struct TransferOptions: Sendable {
    /// Which resources are carried by value. Local blobs always are.
    public enum CopyResources: String, Sendable, CaseIterable {
        /// Only what is stored beside the descriptor.
        case localBlobs = "local-blobs"
        /// Also resources whose relation is `local`.
        case local
        /// All that have content.
        case all
    }

    /// What happens when the target has the version already.
    public enum ExistingVersion: String, Sendable, CaseIterable {
        /// Equal content is left alone, new signatures and labels are added, other content is an error.
        case update
        /// The version is left alone, whatever it holds.
        case skip
        /// Other content is replaced.
        case replace
        /// It is written again as if it were not there; contents that are there are not moved again.
        case enforce
        /// Its presence is an error.
        case fail
    }

    /// How an OCI artifact is stored in a registry.
    public enum UploadAs: String, Sendable, CaseIterable {
        /// Beside the descriptor, in the component's own repository.
        case localBlob
        /// As an image of its own, under its reference name.
        case ociArtifact
    }

    /// Whether referenced versions are carried too.
    public var isRecursive = false
    /// Which resources are carried by value.
    public var copyResources = CopyResources.localBlobs
    /// Whether sources are carried by value.
    public var copiesSources = false
    /// What happens when the target has the version already.
    public var existing = ExistingVersion.update
    /// Whether references of versions the target has are left alone.
    public var stopsOnExisting = false
    /// Access types that are never carried by value.
    public var omittedAccessTypes: Set<String> = []
    /// How OCI artifacts are stored in a registry.
    public var uploadAs = UploadAs.localBlob
    /// Sends contents of some kinds to places of their own.
    public var uploads: [UploadHandler] = []
    /// Signatures that must verify before anything moves; empty for a transfer that does not verify signatures.
    public var trust: [SignatureTrust] = []
    /// How many resources move at once.
    public var concurrency = 2
    /// What keeps the bounds of the run; without it only `concurrency` counts.
    public var budgets: TransferBudgets?
    /// Where archives are unpacked.
    public var temporaryFolder: String?

    /// Where evidence of what is verified, moved and refused goes.
    public var evidence: EvidenceObserver = { _ in }

    /// The defaults above.
    public init() {}
}
