// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Registry

extension SignatureGuard {
    /// Checks every tag that readers see under a rule again, contents of versions included, while the registry serves.
    ///
    /// A version that refers to one that does not hold does not hold either, unless the rule is not recursive. Throws, and
    /// hides nothing, when keys cannot be read.
    ///
    /// - Parameters:
    ///   - isHiding: whether tags that do not hold become pending. What they name stays, and they wait for ever.
    ///   - tell: told of every tag under a rule, pending ones too, at most a hundred at a time.
    public func examine(
        hiding isHiding: Bool, tell: @escaping @Sendable ([TagFinding]) -> Void
    ) async throws -> SignatureExamination {
        try await looks.run("everything") { [self] in
            var read: [(SignatureRule, SignatureKeys)] = []
            for rule in rules {
                do throws(Fault) { read.append((rule, try SignatureKeys(rule))) } catch {
                    throw error.coded(.unverified).during("reading the keys of the signature rule for “\(rule.prefix)”")
                }
            }
            var total = SignatureExamination()
            // What is hidden now is looked at again when the registry is started the next time.
            if isHiding { try forgetRules() }
            for (rule, keys) in read { try await examine(rule, keys, isHiding, &total, tell) }
            return total
        }
    }

    /// A version that is shown.
    private struct Version {
        let entry: TagEntry
        let place: ComponentPlace
        let identity: ComponentVersionIdentity
        var verdict: SignatureVerdict
        var resources: Set<Digest>
        /// How many versions lie between it and one that fails by itself; 0 for that one, and for those that hold.
        var distance = 0
    }

    private func examine(
        _ rule: SignatureRule, _ keys: SignatureKeys, _ isHiding: Bool, _ total: inout SignatureExamination,
        _ tell: @Sendable ([TagFinding]) -> Void
    ) async throws {
        let repositories = try repositories(of: rule)
        // Before the versions: whatever vouches for a tag that is shown now is found afterwards.
        var entries: [RepositoryName: [TagEntry]] = [:]
        for repository in repositories { entries[repository] = try registry.tagEntries(in: repository) }
        let versions = try await judgeVersions(repositories.compactMap { ComponentPlace($0) }, rule, keys)
        var approved: Set<Digest> = []
        for version in versions where version.verdict.outcome == .holds { approved.formUnion(version.resources) }
        if isHiding { approvals.forget(rule.prefix) }
        var findings: [TagFinding] = []
        func add(_ finding: TagFinding) async throws {
            var finding = finding
            switch finding.verdict.outcome {
            case .holds: total.holding += 1
            case .waits: total.waiting += 1
            case .fails, .unasked:
                total.failing += 1
                if isHiding { finding.isHidden = try await hide(finding.entry, rule) }
                if finding.isHidden { total.hidden += 1 }
            }
            findings.append(finding)
            guard findings.count >= 100 else { return }
            tell(findings)
            findings = []
        }
        // What does not hold is hidden before what refers to it is looked at once more.
        for distance in 0...(versions.map(\.distance).max() ?? 0) {
            for version in versions where version.distance == distance {
                try await add(TagFinding(entry: version.entry, verdict: version.verdict, pending: nil))
            }
        }
        let told = Set(versions.map(\.entry))
        for repository in repositories {
            let place = ComponentPlace(repository)
            let pending = Dictionary(try registry.pendingTags(in: repository).map { ($0.entry, $0) }) { $1 }
            for entry in entries[repository] ?? [] {
                try Task.checkCancellation()
                let identity = place?.identity(entry.tag)
                // Those that this check has hidden are told of already.
                if let identity, let place {
                    guard entry.isPending, !told.contains(entry.shown) else { continue }
                    let check = check(entry, place, rule, keys, [:])
                    let verdict = try await judge(entry, identity, check, readingContents: false).verdict
                    try await add(TagFinding(entry: entry, verdict: verdict, pending: pending[entry]))
                } else {
                    let verdict = verdict(on: entry, rule, isApproved: approved.contains(entry.digest))
                    try await add(TagFinding(entry: entry, verdict: verdict, pending: pending[entry]))
                }
            }
        }
        if isHiding { approvals.forget(rule.prefix) }
        if !findings.isEmpty { tell(findings) }
    }

    /// Verifies versions; those that refer to one that does not hold follow it, however far.
    private func judgeVersions(
        _ places: [ComponentPlace], _ rule: SignatureRule, _ keys: SignatureKeys
    ) async throws -> [Version] {
        var versions: [Version] = []
        var withheld: [RepositoryName: Set<String>] = [:]
        for place in places {
            for entry in try registry.tagEntries(in: place.repository) where !entry.isPending {
                try Task.checkCancellation()
                guard let identity = place.identity(entry.tag) else { continue }
                let changes = registry.changeCount(of: place.repository)
                let check = check(entry, place, rule, keys, [:])
                let (verdict, resources) = try await judge(entry, identity, check, readingContents: true)
                verdicts.set(entry, verdict, keys.fingerprint, changes: changes)
                if verdict.outcome == .fails { withheld[place.repository, default: []].insert(entry.tag) }
                versions.append(
                    Version(entry: entry, place: place, identity: identity, verdict: verdict, resources: resources))
            }
        }
        guard rule.isRecursive else { return versions }
        var (isDone, distance) = (withheld.isEmpty, 0)
        while !isDone {
            let absent = withheld
            distance += 1
            for index in versions.indices where versions[index].verdict.outcome == .holds {
                try Task.checkCancellation()
                let version = versions[index]
                let check = check(version.entry, version.place, rule, keys, absent)
                let (verdict, _) = try await judge(version.entry, version.identity, check, readingContents: false)
                guard verdict.outcome == .fails else { continue }
                (versions[index].verdict, versions[index].distance) = (verdict, distance)
                withheld[version.place.repository, default: []].insert(version.entry.tag)
            }
            isDone = withheld == absent
        }
        return versions
    }

    private func check(
        _ entry: TagEntry, _ place: ComponentPlace, _ rule: SignatureRule, _ keys: SignatureKeys,
        _ withheld: [RepositoryName: Set<String>]
    ) -> VersionCheck {
        var store = RegistryFolderStore(registry, by: RegistryFolder.keeper)
        store.candidates[place.repository] = [entry.tag: entry.digest]
        store.withheld = withheld
        return VersionCheck(rule, keys, store, path: place.path)
    }

    /// What is said about a tag that is none of a version.
    private func verdict(on entry: TagEntry, _ rule: SignatureRule, isApproved: Bool) -> SignatureVerdict {
        let reason =
            isApproved
            ? "a verified version names it: it is shown when it is pushed again"
            : "no verified component version below “\(rule.prefix)” names it as a resource"
        return SignatureVerdict(
            entry.isPending ? .waits : isApproved ? .holds : .fails, rule: rule.prefix,
            reason: isApproved && !entry.isPending ? nil : reason, checked: registry.now)
    }

    /// Hides a tag unless it has come to hold meanwhile; returns whether it did.
    private func hide(_ entry: TagEntry, _ rule: SignatureRule) async throws -> Bool {
        try await pushes.run("\(entry.repository):\(entry.tag)") { [self] in
            if let place = ComponentPlace(entry.repository), let identity = place.identity(entry.tag) {
                let check = check(entry, place, rule, try SignatureKeys(rule), [:])
                let verdict = try await judge(entry, identity, check, readingContents: true).verdict
                guard verdict.outcome == .fails else { return false }
            }
            let isVersion = entry.componentVersion != nil
            // Versions that do not hold are hidden before; one that does may have come meanwhile.
            if !isVersion, try await isApproved(oneOf: [entry.digest], rule) { return false }
            guard try await !registry.hideTags([entry]).isEmpty else { return false }
            guard !isVersion else { return true }
            // Or after that look.
            guard try await isApproved(oneOf: [entry.digest], rule) else { return true }
            try await registry.setTags(by: RegistryFolder.keeper) { pending throws(Fault) in
                pending.contains(entry.hidden) ? [entry.shown] : []
            }
            return false
        }
    }
}
