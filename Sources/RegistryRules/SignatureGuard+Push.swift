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
        let digests: Set<Digest>
        do {
            var store = RegistryFolderStore(registry, by: push.by)
            store.candidates[push.repository] = [push.tag: push.digest]
            digests = try await VersionCheck(rule, keys(of: rule), store, path: place.path).verify(identity)
        } catch {
            if !wasThere { try? await registry.deleteManifest(push.digest, in: push.repository, by: push.by) }
            guard !(error is CancellationError) else { throw error }
            throw refusal(of: identity, Fault(wrapping: error))
        }
        approvals.add(digests, rule.prefix)
        try await registry.setTags(by: push.by) { pending throws(Fault) in
            [push.entry(isPending: false)]
                + pending.filter { digests.contains($0.digest) && self.waits($0, for: rule) }.map(\.shown)
        }
        // Again, for what was forgotten while the tag was not shown yet.
        approvals.add(digests, rule.prefix)
        return stored
    }

    /// Anything else: shown when a verified version names it.
    func pushOther(_ push: ManifestPush, _ rule: SignatureRule) async throws -> PushedManifest {
        let isApproved = try await approved(rule).contains(push.digest)
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
        guard try await approved(rule).contains(push.digest) else { return pushed }
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

    /// What the shown versions under a rule vouch for.
    func approved(_ rule: SignatureRule) async throws -> Set<Digest> {
        try await approvals.all(rule.prefix) { [self] in
            let keys = try keys(of: rule)
            var all: Set<Digest> = []
            for place in try places(of: rule) {
                for entry in try registry.tagEntries(in: place.repository) where !entry.isPending {
                    guard let identity = place.identity(entry.tag) else { continue }
                    var store = RegistryFolderStore(registry, by: "registry")
                    store.candidates[place.repository] = [entry.tag: entry.digest]
                    let check = VersionCheck(rule, keys, store, path: place.path)
                    do {
                        all.formUnion(try await check.verify(identity, readingContents: false))
                    } catch {
                        report(Fault(wrapping: error).about("\(identity)"))
                    }
                }
            }
            return all
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
            throw Fault(.unverified, "the keys to verify with cannot be read", fix: "tell the registry's operator")
        }
    }

    private func refusal(of identity: ComponentVersionIdentity, _ fault: Fault) -> Fault {
        var sentence = fault.message
        // What went wrong in the machine is not for clients.
        if [.internal, .system, .unavailable].contains(fault.code) {
            report(fault.during("verifying \(identity)"))
            sentence = "it could not be checked"
        }
        let reason = Fault(fault.code, sentence).about("\(identity)").message
        return Fault(.denied, "refused by the signature rule: \(reason)", fix: fault.fix)
    }
}

extension TagEntry {
    /// The same tag, shown.
    var shown: TagEntry { TagEntry(repository: repository, tag: tag, digest: digest, isPending: false) }
    /// The same tag, hidden.
    var hidden: TagEntry { TagEntry(repository: repository, tag: tag, digest: digest, isPending: true) }
}
