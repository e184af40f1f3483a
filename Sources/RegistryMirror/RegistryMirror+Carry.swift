// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import OCI
internal import Repositories

extension RegistryMirror {
    /// How deep referrers of referrers are followed.
    private static let referrerDepth = 4

    /// Carries repositories: component versions last, since they may have to wait for what they name, and those that were
    /// refused again as long as others came meanwhile, since versions may refer to one another.
    func carry(
        _ names: [(source: String, target: String)], from source: any ArtifactStore, _ rule: MirrorRule
    ) async throws -> [MirrorReport.Repository] {
        let isVersions: (String) -> Bool = { "/\($0)".contains("/component-descriptors/") }
        let ordered = names.filter { !isVersions($0.source) } + names.filter { isVersions($0.source) }
        var reports: [MirrorReport.Repository] = []
        for name in ordered { reports.append(try await carry(name.source, to: name.target, from: source, rule)) }
        var hasProgress = true
        while hasProgress {
            hasProgress = false
            for (index, name) in ordered.enumerated() where isVersions(name.source) && !reports[index].isComplete {
                let tags = reports[index].failures.map(\.tag).filter { !$0.isEmpty }
                guard !tags.isEmpty else { continue }
                let copied = reports[index].copied.count
                reports[index].failures.removeAll { !$0.tag.isEmpty }
                for tag in tags { try await carry(tag, name.source, from: source, &reports[index], rule) }
                if reports[index].copied.count > copied { hasProgress = true }
            }
        }
        return reports
    }

    private func carry(
        _ sourceName: String, to targetName: String, from source: any ArtifactStore, _ rule: MirrorRule
    ) async throws -> MirrorReport.Repository {
        var report = MirrorReport.Repository(name: targetName)
        do {
            let all = try await source.tags(in: sourceName)
            if all.isEmpty, rule.names(sourceName) {
                throw Fault(.notFound, "the source has no such repository, or no tags in it")
            }
            for tag in all where rule.includes(tag: tag) && !Self.isReferrerList(tag) {
                try await carry(tag, sourceName, from: source, &report, rule)
            }
            if rule.prunes { try await prune(all, &report, rule) }
        } catch {
            guard !(error is CancellationError) else { throw error }
            report.failures.append(("", Fault(wrapping: error).message))
        }
        return report
    }

    private func carry(
        _ tag: String, _ sourceName: String, from source: any ArtifactStore,
        _ report: inout MirrorReport.Repository, _ rule: MirrorRule
    ) async throws {
        do {
            guard let root = try await source.resolve(tag, in: sourceName) else {
                throw Fault(.notFound, "the tag is listed and is not there")
            }
            let isThere = try await target.resolve(tag, in: report.name)?.digest == root.digest
            if !isThere {
                try await requireSuccessor(root, tag, sourceName, source, report.name, rule)
                report.bytesMoved += try await copy(root, sourceName, source, to: report.name, tag: tag)
            }
            report.bytesMoved += try await copyReferrers(of: root.digest, sourceName, source, to: report.name)
            if isThere { report.unchanged += 1 } else { report.copied.append(tag) }
        } catch {
            guard !(error is CancellationError) else { throw error }
            report.failures.append((tag, Fault(wrapping: error).message))
        }
    }

    private func copy(
        _ root: OCIDescriptor, _ sourceName: String, _ source: any ArtifactStore, to name: String, tag: String?
    ) async throws -> Int64 {
        let moved = Guarded<Int64>(0)
        let observer = PlacementObserver(moved: { count in moved.withLock { $0 += count } })
        try await ArtifactContent(store: source, repository: sourceName, root: root).copy(
            to: target, repository: name, tag: tag, observer: observer)
        return moved.withLock { $0 }
    }

    /// Signatures, inventories and other manifests that name a manifest as their subject.
    private func copyReferrers(
        of digest: Digest, _ sourceName: String, _ source: any ArtifactStore, to name: String, depth: Int = 0
    ) async throws -> Int64 {
        guard depth < Self.referrerDepth else { return 0 }
        var moved: Int64 = 0
        for referrer in try await source.referrers(of: digest, in: sourceName, artifactType: nil) {
            if try await target.resolve(referrer.digest.description, in: name) == nil {
                guard let root = try await source.resolve(referrer.digest.description, in: sourceName) else { continue }
                moved += try await copy(root, sourceName, source, to: name, tag: nil)
            }
            moved += try await copyReferrers(of: referrer.digest, sourceName, source, to: name, depth: depth + 1)
        }
        return moved
    }

    /// Removes tags that are gone at the source. A source without any tags is taken for one that is broken.
    private func prune(_ tags: [String], _ report: inout MirrorReport.Repository, _ rule: MirrorRule) async throws {
        let here = try await target.tags(in: report.name).filter {
            rule.includes(tag: $0) && !Self.isReferrerList($0)
        }
        guard !tags.isEmpty else {
            if !here.isEmpty {
                report.failures.append(("", "the source lists no tags at all, so nothing is removed here"))
            }
            return
        }
        let there = Set(tags)
        for tag in here where !there.contains(tag) {
            do {
                try await target.untag(tag, in: report.name)
                report.pruned.append(tag)
            } catch {
                guard !(error is CancellationError) else { throw error }
                report.failures.append((tag, Fault(wrapping: error).message))
            }
        }
    }

    /// `sha256-…`: where registries without the referrers API keep lists of them. They are carried as what they list.
    private static func isReferrerList(_ tag: String) -> Bool {
        guard let dash = tag.firstIndex(of: "-") else { return false }
        return (try? Digest("\(tag[..<dash]):\(tag[tag.index(after: dash)...])")) != nil
    }
}
