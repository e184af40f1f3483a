// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
public import Registry

extension SignatureGuard {
    /// What the rules say about tags of one repository that stand for component versions, as it was found out in the last
    /// minutes or is now. Tags for which the time did not suffice, and other tags, are not in the answer.
    ///
    /// Contents beside the descriptors are not read: that is done when versions are pushed and by `examine`.
    public func verdicts(
        on entries: [TagEntry], in repository: RepositoryName, until deadline: ContinuousClock.Instant
    ) async throws -> [TagEntry: SignatureVerdict] {
        guard let place = ComponentPlace(repository) else { return [:] }
        let versions = entries.compactMap { entry in place.identity(entry.tag).map { (entry, $0) } }
        guard let rule = rule(for: repository) else {
            return Dictionary(
                versions.map { ($0.0, SignatureVerdict(.unasked, component: "\($0.1)", checked: registry.now)) }
            ) { first, _ in first }
        }
        var found: [TagEntry: SignatureVerdict] = [:]
        guard let keys = try? SignatureKeys(rule) else {
            for (entry, identity) in versions {
                found[entry] = SignatureVerdict(
                    .fails, component: "\(identity)", rule: rule.prefix, reason: Self.unreadable.message,
                    checked: registry.now)
            }
            return found
        }
        for (entry, identity) in versions {
            found[entry] = try await verdict(on: entry, identity, place, rule, keys, deadline)
        }
        return found
    }

    private func verdict(
        on entry: TagEntry, _ identity: ComponentVersionIdentity, _ place: ComponentPlace, _ rule: SignatureRule,
        _ keys: SignatureKeys, _ deadline: ContinuousClock.Instant
    ) async throws -> SignatureVerdict? {
        let changes = registry.changeCount(of: entry.repository)
        if let known = verdicts.find(entry, keys.fingerprint, changes: changes, now: registry.now) { return known }
        guard ContinuousClock.now < deadline else { return nil }
        return try await looks.run("\(entry.repository):\(entry.tag)") { [self] in
            let changes = registry.changeCount(of: entry.repository)
            if let known = verdicts.find(entry, keys.fingerprint, changes: changes, now: registry.now) { return known }
            guard ContinuousClock.now < deadline else { return nil }
            var store = RegistryFolderStore(registry, by: "registry")
            store.candidates[place.repository] = [entry.tag: entry.digest]
            let check = VersionCheck(rule, keys, store, path: place.path)
            let verdict = try await judge(entry, identity, check, readingContents: false).verdict
            verdicts.set(entry, verdict, keys.fingerprint, changes: changes)
            return verdict
        }
    }

    /// Verifies the version that a tag stands for; only cancellation is thrown.
    func judge(
        _ entry: TagEntry, _ identity: ComponentVersionIdentity, _ check: VersionCheck, readingContents: Bool
    ) async throws -> (verdict: SignatureVerdict, resources: Set<Digest>) {
        func verdict(
            _ outcome: SignatureVerdict.Outcome, _ signatures: [SignatureWitness] = [], _ reason: String? = nil
        ) -> SignatureVerdict {
            SignatureVerdict(
                outcome, component: "\(identity)", rule: check.rule.prefix, signatures: signatures, reason: reason,
                checked: registry.now)
        }
        do {
            let verified = try await check.verify(identity, readingContents: readingContents)
            guard entry.isPending else { return (verdict(.holds, verified.signatures), verified.resources) }
            let reason = "it verifies now and is shown when it is pushed again, or at the next start"
            return (verdict(.waits, verified.signatures, reason), [])
        } catch {
            guard !(error is CancellationError) else { throw error }
            let reason = sentence(Fault(wrapping: error), identity)
            return (verdict(entry.isPending ? .waits : .fails, [], reason), [])
        }
    }

    /// Notes that a version was verified with its contents when it was pushed.
    func noteVerified(
        _ entry: TagEntry, _ identity: ComponentVersionIdentity, _ rule: SignatureRule, _ keys: SignatureKeys,
        _ signatures: [SignatureWitness]
    ) {
        let verdict = SignatureVerdict(
            .holds, component: "\(identity)", rule: rule.prefix, signatures: signatures, checked: registry.now)
        verdicts.set(entry, verdict, keys.fingerprint, changes: registry.changeCount(of: entry.repository))
    }

    /// Why a version does not verify. What went wrong in the machine is told to the operator alone.
    func sentence(_ fault: Fault, _ identity: ComponentVersionIdentity) -> String {
        var sentence = fault.message
        if [.internal, .system, .unavailable].contains(fault.code) {
            report(fault.during("verifying \(identity)"))
            sentence = "it could not be checked"
        }
        return Fault(fault.code, sentence).about("\(identity)").message
    }

    static let unreadable = Fault(
        .unverified, "the keys to verify with cannot be read", fix: "tell the registry's operator")
}
