// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
public import Registry

/// What checking everything again has changed.
public struct SignatureRecheck: Sendable {
    /// Tags that readers see now.
    public let shown: [TagEntry]
    /// Tags that readers do not see any more.
    public let hidden: [TagEntry]
    /// Versions that do not verify, each with why.
    public let findings: [Fault]
}

extension SignatureGuard {
    /// How many tags are shown or hidden at a time.
    private static let step = 1000
    private static func notePath(_ registry: String) -> String { "\(registry)/signature-rules.json" }
    private var notePath: String { Self.notePath(registry.path) }

    /// Whether the registry in a folder was last served with signature rules.
    public static func hasRules(_ registry: String) -> Bool { FileSystem.exists(notePath(registry)) }

    /// Changes when rules or keys do. Throws when keys cannot be read.
    private func fingerprint() throws(Fault) -> Digest {
        var parts: [JSON] = []
        for rule in rules { parts.append(.string(try SignatureKeys(rule).fingerprint.description)) }
        return Digest(of: JSON.array(parts).encoded())
    }

    /// Whether the registry's tags were last brought in line with other rules or keys.
    func haveRulesChanged() throws(Fault) -> Bool {
        let now = try fingerprint()
        guard FileSystem.exists(notePath), let bytes = try? FileSystem.read(notePath, limit: 64 * 1024),
            let note = try? JSON(parsing: bytes, source: notePath)
        else { return !rules.isEmpty || FileSystem.exists(notePath) }
        return note["rules"]?.string != now.description
    }

    /// Has every tag brought in line at the next start.
    func forgetRules() throws(Fault) {
        guard !rules.isEmpty else { return }
        try FileSystem.write(JSON.object([:]).encoded(), to: notePath, mode: 0o640)
    }

    /// Verifies every version under a rule again, its contents included, and shows and hides tags accordingly.
    ///
    /// Tags in repositories without a rule stay as they are: one that is pending there is shown when it is pushed again.
    @discardableResult
    public func recheck() async throws -> SignatureRecheck {
        let fingerprint = try fingerprint()
        var (changes, findings): ([TagEntry], [Fault]) = ([], [])
        for rule in rules {
            approvals.forget(rule.prefix)
            let (own, faults) = try await recheck(rule)
            changes += own
            findings += faults
        }
        for finding in findings { report(finding) }
        if rules.isEmpty {
            try FileSystem.removeFile(notePath)
        } else {
            let note: JSON = ["rules": .string(fingerprint.description)]
            try FileSystem.write(note.encoded(), to: notePath, mode: 0o640)
        }
        return SignatureRecheck(
            shown: changes.filter { !$0.isPending }, hidden: changes.filter(\.isPending), findings: findings)
    }

    private func recheck(_ rule: SignatureRule) async throws -> ([TagEntry], [Fault]) {
        let keys = try keys(of: rule)
        let repositories = try repositories(of: rule)
        let places = repositories.compactMap { ComponentPlace($0) }
        // What was hidden by other rules may verify by these, and versions that refer to it too.
        var versions: [(entry: TagEntry, place: ComponentPlace, identity: ComponentVersionIdentity)] = []
        var store = RegistryFolderStore(registry, by: "registry")
        for place in places {
            for entry in try registry.tagEntries(in: place.repository) {
                guard let identity = place.identity(entry.tag) else { continue }
                if let known = store.candidates[place.repository]?[entry.tag], known != entry.digest { continue }
                store.candidates[place.repository, default: [:]][entry.tag] = entry.digest
                versions.append((entry, place, identity))
            }
        }
        var (resources, findings): ([Set<Digest>?], [Fault]) = (versions.map { _ in [] }, [])
        var (isFirst, isDone) = (true, false)
        while !isDone {
            let before = store.withheld
            for (index, version) in versions.enumerated() where resources[index] != nil {
                do {
                    let check = VersionCheck(rule, keys, store, path: version.place.path)
                    resources[index] = try await check.verify(version.identity, readingContents: isFirst).resources
                } catch {
                    guard !(error is CancellationError) else { throw error }
                    resources[index] = nil
                    findings.append(Fault(wrapping: error).about("\(version.identity)"))
                    store.withheld[version.place.repository, default: []].insert(version.entry.tag)
                }
            }
            // What refers to a version that does not verify does not either, however far it is.
            (isFirst, isDone) = (false, !rule.isRecursive || store.withheld == before)
        }
        var (approved, changes): (Set<Digest>, [TagEntry]) = ([], [])
        for (version, named) in zip(versions, resources) {
            if let named { approved.formUnion(named) }
            if (named == nil) != version.entry.isPending {
                changes.append(named == nil ? version.entry.hidden : version.entry.shown)
            }
        }
        for repository in repositories {
            let place = ComponentPlace(repository)
            for entry in try registry.tagEntries(in: repository) where place?.identity(entry.tag) == nil {
                let isApproved = approved.contains(entry.digest)
                if isApproved == entry.isPending { changes.append(isApproved ? entry.shown : entry.hidden) }
            }
        }
        let (shown, hidden) = (changes.filter { !$0.isPending }, changes.filter(\.isPending))
        // In steps, since a record holds so much and no more. Nobody reads meanwhile.
        for start in stride(from: 0, to: hidden.count, by: Self.step) {
            try await registry.hideTags(Array(hidden[start..<min(start + Self.step, hidden.count)]))
        }
        for start in stride(from: 0, to: shown.count, by: Self.step) {
            let part = Array(shown[start..<min(start + Self.step, shown.count)])
            try await registry.setTags(by: RegistryFolder.keeper) { _ in part }
        }
        return (changes, findings)
    }
}
