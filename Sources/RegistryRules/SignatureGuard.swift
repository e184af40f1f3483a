// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import ComponentModel
public import Cryptography
internal import Documents
public import Registry

/// Keeps tags from readers until a component version vouches for them whose signature verifies.
///
/// - A tag of a component version is shown when the version verifies, and refused otherwise.
/// - Any other tag is shown when a verified version below the same prefix names its manifest as a resource; until then it
///   is pending or refused, as the rule says. A tag that is shown stays so while its successor is pending.
/// - Manifests and blobs that no shown tag leads to are for those who may push.
///
/// Whatever cannot be checked counts as not verified.
public final class SignatureGuard: Sendable {
    let registry: RegistryFolder
    /// The longest prefix first, so that the first rule that covers a repository is its rule.
    public let rules: [SignatureRule]
    let report: @Sendable (Fault) -> Void
    let approvals: SignatureApprovals
    let verdicts = SignatureVerdicts()
    /// Lets one at a time verify a version that somebody looks at, and one check everything.
    let looks = KeyedGate<String>()
    /// Lets one push at a time to a tag.
    let pushes = KeyedGate<String>()
    private struct Place: Hashable { let repository: RepositoryName, digest: Digest }
    /// What shown tags were found to lead to, with how often the repository had changed by then.
    private let shown = Guarded(BoundedTable<Place, UInt64>(limit: 50_000))

    /// Rules for a registry, whose tags are brought in line with them first if the rules or their keys have changed since
    /// the last time.
    ///
    /// Throws when two rules have the same prefix, and when keys are missing or unreadable.
    ///
    /// - Parameter report: told what keeps a version from being verified that was shown before, and of keys that cannot be
    ///   read. Clients do not get these details.
    public static func open(
        _ rules: [SignatureRule], over registry: RegistryFolder,
        report: @escaping @Sendable (Fault) -> Void = { _ in }
    ) async throws -> SignatureGuard {
        let signatures = try SignatureGuard(rules, over: registry, report: report)
        if try signatures.haveRulesChanged() { _ = try await signatures.recheck() }
        return signatures
    }

    /// Rules for a registry whose tags stay as they are, also when the rules have changed: to check them.
    ///
    /// Throws when two rules have the same prefix.
    ///
    /// - Parameters:
    ///   - remembered: how many digests of resources are kept in memory; more of them are looked for when they are needed.
    ///   - report: as with `open`.
    public init(
        _ rules: [SignatureRule], over registry: RegistryFolder, remembered: Int = 100_000,
        report: @escaping @Sendable (Fault) -> Void = { _ in }
    ) throws(Fault) {
        guard Set(rules.map(\.prefix)).count == rules.count else {
            throw Fault(.invalid, "two signature rules have the same prefix", fix: "make one of them")
        }
        (self.registry, self.report) = (registry, report)
        self.rules = rules.sorted { ($1.prefix.utf8.count, $0.prefix) < ($0.prefix.utf8.count, $1.prefix) }
        approvals = SignatureApprovals(limit: remembered)
    }

    /// The rule that a repository is subject to: that of the longest prefix.
    public func rule(for repository: RepositoryName) -> SignatureRule? { rules.first { $0.covers(repository) } }

    /// Stores a manifest and tags it, as the rules have it.
    ///
    /// Throws `.denied`, saying why, for what is not verified; nothing is visible then. What else is thrown is what
    /// `RegistryFolder.putManifest` throws.
    public func putManifest(
        _ bytes: [UInt8], mediaType: String?, in repository: RepositoryName, as reference: ManifestReference, by: String
    ) async throws -> PushedManifest {
        guard let rule = rule(for: repository), case .tag(let tag) = reference else {
            return try await registry.putManifest(bytes, mediaType: mediaType, in: repository, as: reference, by: by)
        }
        let push = ManifestPush(
            bytes: bytes, mediaType: mediaType, repository: repository, tag: tag, digest: Digest(of: bytes), by: by)
        return try await pushes.run("\(repository):\(tag)") {
            if let place = ComponentPlace(repository), let identity = place.identity(tag) {
                return try await self.pushVersion(push, identity, place, rule)
            }
            return try await self.pushOther(push, rule)
        }
    }

    /// Whether readers may see a manifest or blob: nothing demands a signature for it, a tag that is shown leads to it, or
    /// a verified version names it, or what it is a part of, as a resource.
    public func shows(_ digest: Digest, in repository: RepositoryName) async throws -> Bool {
        guard let rule = rule(for: repository) else { return true }
        let changes = registry.changeCount(of: repository)
        let ancestry = try registry.ancestry(of: digest, in: repository)
        if ancestry.isShown {
            shown.withLock { $0.set(Place(repository: repository, digest: digest), to: changes) }
            return true
        }
        guard !ancestry.digests.isEmpty else { return false }
        return try await isApproved(oneOf: ancestry.digests, rule)
    }

    /// Whether it was found not long ago that readers may see a manifest or blob, and nothing has changed since: a look into
    /// a table.
    public func isKnownToBeShown(_ digest: Digest, in repository: RepositoryName) -> Bool {
        let found = shown.withLock { $0.find(Place(repository: repository, digest: digest)) }
        return found.map { $0 == registry.changeCount(of: repository) } ?? false
    }

    /// Tags or manifests of a repository were deleted: what its versions vouched for is found out anew when it is needed.
    public func noteDeletion(in repository: RepositoryName) {
        guard let rule = rule(for: repository), ComponentPlace(repository) != nil else { return }
        approvals.forget(rule.prefix)
    }
}

/// A manifest that somebody pushes under a tag.
struct ManifestPush: Sendable {
    let bytes: [UInt8]
    let mediaType: String?
    let repository: RepositoryName
    let tag: String
    let digest: Digest
    let by: String

    func entry(isPending: Bool) -> TagEntry {
        TagEntry(repository: repository, tag: tag, digest: digest, isPending: isPending)
    }
}
