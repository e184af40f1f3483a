// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Registry

extension SignatureGuard {
    /// A component version: shown when it verifies, with what waited for it, and refused otherwise.
    func pushVersion(
        _ push: ManifestPush, _ identity: ComponentVersionIdentity, _ place: ComponentPlace, _ rule: SignatureRule
    ) async throws -> PushedManifest {
        let wasThere = try registry.hasManifest(push.digest, in: push.repository)
        // Without a tag, so that readers do not see it yet.
        let stored = try await registry.putManifest(
            push.bytes, mediaType: push.mediaType, in: push.repository, as: .digest(push.digest), by: push.by)
        let (verified, keys): (VersionCheck.Verified, SignatureKeys)
        do {
            keys = try self.keys(of: rule)
            var store = RegistryFolderStore(registry, by: push.by)
            store.candidates[push.repository] = [push.tag: push.digest]
            verified = try await VersionCheck(rule, keys, store, path: place.path).verify(identity)
        } catch {
            if !wasThere { try? await registry.deleteManifest(push.digest, in: push.repository, by: push.by) }
            guard !(error is CancellationError) else { throw error }
            throw refusal(of: identity, Fault(wrapping: error))
        }
        let digests = verified.resources
        approvals.add(digests, rule.prefix)
        do throws(Fault) {
            try await registry.setTags(by: push.by) { pending throws(Fault) in
                [push.entry(isPending: false)]
                    + pending.filter { digests.contains($0.digest) && self.waits($0, for: rule) }.map(\.shown)
            }
        } catch {
            // A version that is not shown vouches for nothing.
            approvals.forget(rule.prefix)
            throw error
        }
        // Again, for what was forgotten while the tag was not shown yet.
        approvals.add(digests, rule.prefix)
        noteVerified(push.entry(isPending: false), identity, rule, keys, verified.signatures)
        return stored
    }

    /// Anything else: shown when a verified version names it.
    func pushOther(_ push: ManifestPush, _ rule: SignatureRule) async throws -> PushedManifest {
        let isApproved = try await self.isApproved(oneOf: [push.digest], rule)
        guard isApproved || rule.unverified == .pending else {
            throw Fault(
                .denied, "no verified component version names \(push.digest) as a resource",
                fix: "push the signed component version first")
        }
        let pushed = try await registry.putManifest(
            push.bytes, mediaType: push.mediaType, in: push.repository, as: .tag(push.tag), by: push.by,
            isPending: !isApproved)
        guard !isApproved else { return pushed }
        // Its version may have been shown after the first look and before the tag was there to be found.
        guard try await self.isApproved(oneOf: [push.digest], rule) else { return pushed }
        let shown = try await registry.setTags(by: push.by) { pending throws(Fault) in
            pending.contains(push.entry(isPending: true)) ? [push.entry(isPending: false)] : []
        }
        return shown.isEmpty
            ? pushed : PushedManifest(digest: pushed.digest, subject: pushed.subject, isPending: false)
    }

    /// Whether a pending tag is one that a version's resources can show: under the rule, and not itself a version.
    func waits(_ entry: TagEntry, for rule: SignatureRule) -> Bool {
        guard self.rule(for: entry.repository) == rule else { return false }
        return ComponentPlace(entry.repository)?.identity(entry.tag) == nil
    }

    /// Whether a version that is shown under a rule names one of some digests as a resource.
    func isApproved(oneOf digests: [Digest], _ rule: SignatureRule) async throws -> Bool {
        try await approvals.contain(oneOf: digests, rule.prefix) { [self] wanted, visit in
            let keys = try keys(of: rule)
            for place in try places(of: rule) {
                for entry in try registry.tagEntries(in: place.repository) where !entry.isPending {
                    try Task.checkCancellation()
                    guard let identity = place.identity(entry.tag) else { continue }
                    var store = RegistryFolderStore(registry, by: "registry")
                    store.candidates[place.repository] = [entry.tag: entry.digest]
                    let check = VersionCheck(rule, keys, store, path: place.path)
                    if let wanted, try await !check.mayName(wanted, identity) { continue }
                    do {
                        guard visit(try await check.verify(identity, readingContents: false).resources) else { return }
                    } catch {
                        guard !(error is CancellationError) else { throw error }
                        report(Fault(wrapping: error).about("\(identity)"))
                    }
                }
            }
        }
    }

    /// The repositories of components under a rule.
    func places(of rule: SignatureRule) throws(Fault) -> [ComponentPlace] {
        try repositories(of: rule).compactMap { ComponentPlace($0) }
    }

    func repositories(of rule: SignatureRule) throws(Fault) -> [RepositoryName] {
        try registry.repositories(after: nil, limit: .max) { self.rule(for: $0) == rule }
    }

    /// The keys; which files they are in is nobody's business but the operator's.
    func keys(of rule: SignatureRule) throws(Fault) -> SignatureKeys {
        do throws(Fault) { return try SignatureKeys(rule) } catch {
            report(error.during("reading the keys of the signature rule for “\(rule.prefix)”"))
            throw Self.unreadable
        }
    }

    private func refusal(of identity: ComponentVersionIdentity, _ fault: Fault) -> Fault {
        let reason = sentence(fault, identity)
        return Fault(.denied, "refused by the signature rule: \(reason)", fix: fault.fix)
    }
}

extension TagEntry {
    /// The same tag, shown.
    var shown: TagEntry { TagEntry(repository: repository, tag: tag, digest: digest, isPending: false) }
    /// The same tag, hidden.
    var hidden: TagEntry { TagEntry(repository: repository, tag: tag, digest: digest, isPending: true) }
}
