// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
public import Reconciling
internal import Repositories
internal import Transfer

/// Carries component versions for all Replications of a process: a few at a time, all of them within one bound of memory,
/// and equal ones once.
///
/// Who asks is not kept waiting: the transfer goes on, and the object is told when it ends.
public final class TransferService: Sendable {
    struct Key: Hashable, Sendable {
        let configuration: String
        let source: JSON
        let target: JSON
        let identity: ComponentVersionIdentity
        let digest: DigestSpecification
        let options: JSON
        /// The signatures that vouch for it, with their keys.
        let demands: [VerificationDemand]
    }
    private let settings: ResolutionSettings
    private let transfers: SharedWork<Key, TransferSummary>
    let budgets: TransferBudgets

    /// So long an outcome is an answer: for those who were told of it, and hardly for others.
    private static let timeToLive = Duration.seconds(10)

    /// A service.
    ///
    /// - Parameters:
    ///   - concurrency: how many component versions are carried at a time.
    ///   - limits: what all of them may take together.
    ///   - notify: told of objects whose transfer has ended.
    /// - Throws: `invalid` when nothing could ever move within the limits.
    public init(
        _ settings: ResolutionSettings = ResolutionSettings(), concurrency: Int = 4,
        clock: ResolutionClock = .system, notify: @escaping @Sendable (Set<ObjectAddress>) -> Void = { _ in }
    ) throws {
        self.settings = settings
        budgets = try TransferBudgets()
        var limits = SharedWork<Key, TransferSummary>.Limits()
        (limits.concurrency, limits.queue) = (concurrency, settings.queue)
        (limits.firstBackOff, limits.longestBackOff) = (settings.firstBackOff, settings.longestBackOff)
        limits.timeToLive = Self.timeToLive
        transfers = SharedWork(limits, clock, notify: notify)
    }

    /// Carries a version, or says what came of it a moment ago.
    ///
    /// - Parameter isFresh: whether it is carried once more, although it was.
    func transfer(
        _ version: ResolvedVersion, to target: JSON, _ configuration: LoadedConfiguration, _ options: TransferOptions,
        vouchedForBy demands: [VerificationDemand], isFresh: Bool, for subscriber: ObjectAddress?
    ) async throws(ResolutionError) -> TransferSummary {
        let key = Key(
            configuration: configuration.hash, source: version.repositorySpec, target: target,
            identity: version.identity, digest: version.digest, options: options.words, demands: demands)
        return try await transfers.value(
            key, isFresh ? .begunLater : .kept, patience: settings.patience, for: subscriber
        ) { [settings, budgets] in
            var options = options
            options.budgets = budgets
            options.temporaryFolder = settings.temporaryFolder
            for demand in demands { options.trust.append(try demand.verify(version.descriptor).1) }
            let transfer = VersionTransfer(
                version: version, target: try RepositoryAddress(target, archiveFolder: settings.archiveFolder),
                configuration: configuration, options: options, temporaryFolder: settings.temporaryFolder)
            return try await transfer.run()
        }
    }

    /// How many are being carried now.
    var running: Int { get async { await transfers.standing.running } }

    /// Ends what only this object waits for.
    func abandon(for subscriber: ObjectAddress) async { await transfers.abandon(for: subscriber) }
}

extension TransferOptions {
    /// What matters of them to whoever looks at what was carried, as the status shows it.
    var words: JSON {
        [
            "recursive": .bool(isRecursive), "copyMode": copyResources == .all ? "allResources" : "localBlob",
            "uploadType": .string(uploadAs.rawValue),
        ]
    }
}
