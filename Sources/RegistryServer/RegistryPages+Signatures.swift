// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Registry
internal import RegistryRules
internal import Web

/// What the signature rules say about tags, as parts of pages.
extension RegistryPages {
    /// How long a page may take to verify what was not verified lately.
    private static let patience: Duration = .seconds(2)
    /// How the types of component versions begin, with and without an artifact type of their own.
    private static let versionType = "application/vnd.ocm.software.component"

    /// Sentences about the tags of manifests that are component versions or wait; empty when there are none.
    ///
    /// Why a version does not verify says what is in it, so it is for those alone who may push it.
    func states(
        of manifests: some Sequence<ManifestSummary>, in name: RepositoryName, _ caller: RegistryCaller
    ) async throws -> [Digest: HTML] {
        let isPusher = gate.allows(caller, .push, name)
        let rule = service.signatures?.rule(for: name)
        var (versions, others): ([TagEntry], [TagEntry]) = ([], [])
        for manifest in manifests {
            let isVersion = rule != nil || manifest.artifactType?.hasPrefix(Self.versionType) ?? false
            for tag in Set(manifest.tags).sorted() {
                let isPending = manifest.pendingTags.contains(tag)
                let entry = TagEntry(repository: name, tag: tag, digest: manifest.digest, isPending: isPending)
                if isVersion, entry.componentVersion != nil {
                    versions.append(entry)
                } else if isPending {
                    others.append(entry)
                }
            }
        }
        guard !versions.isEmpty || !others.isEmpty else { return [:] }
        var waiting: [TagEntry: PendingTag] = [:]
        if versions.contains(where: \.isPending) || !others.isEmpty {
            for tag in try registry.pendingTags(in: name) { waiting[tag.entry] = tag }
        }
        let verdicts = try await service.signatures?.verdicts(on: versions, in: name, until: .now + Self.patience)
        var states: [Digest: HTML] = [:]
        for entry in versions {
            let component: HTML = "<b>\(entry.componentVersion ?? entry.tag)</b>: "
            var state: HTML = "no rule asks"
            if rule != nil {
                state =
                    verdicts?[entry].map { Self.state($0, isPusher: isPusher) }
                    ?? "not looked at yet; load the page again"
            }
            let line: HTML = "<div>\(component)\(state)\(Self.waiting(waiting[entry]))</div>"
            states[entry.digest] = (states[entry.digest] ?? HTML()) + line
        }
        for entry in others {
            let reason: HTML =
                rule.map { "waits until a verified component version below “\($0.prefix)” names it" }
                ?? "waits; no rule asks any more, so it is shown when it is pushed again"
            let line: HTML = "<div>\(entry.tag): \(reason)\(Self.waiting(waiting[entry]))</div>"
            states[entry.digest] = (states[entry.digest] ?? HTML()) + line
        }
        return states
    }

    private static func state(_ verdict: SignatureVerdict, isPusher: Bool) -> HTML {
        let rule: HTML = "the rule for “\(verdict.rule ?? "")”"
        let reason: HTML =
            isPusher
            ? "\(verdict.reason ?? "")" : "who may push is told why"
        switch verdict.outcome {
        case .unasked: return "no rule asks"
        case .holds:
            let signatures = verdict.signatures.map { "“\($0.name)” by \($0.signer)" }.joined(separator: ", ")
            return "verified by \(rule): \(signatures), \(Self.time(verdict.checked))"
        case .fails: return "<strong>does not verify</strong> by \(rule): \(reason)"
        case .waits: return "<em>waits</em> by \(rule): \(reason)"
        }
    }

    private static func waiting(_ tag: PendingTag?) -> HTML {
        guard let tag else { return HTML() }
        let end: HTML = tag.expires.map { ", removed after \(Self.time($0))" } ?? HTML()
        return "; since \(Self.time(tag.since))\(end)"
    }
}
