// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Repositories

/// A version that a transfer carries.
struct SelectedVersion: Sendable {
    let version: StoredComponentVersion
    let repository: any ComponentVersionRepository
    /// What each target has of it.
    let existing: [Int: StoredComponentVersion?]
    /// The targets that it goes to.
    var wantedBy: Set<Int>
}

/// Follows references from the versions that were named, reading each descriptor once.
actor TransferSelection {
    private let source: ComponentVersionSource
    private let targets: [any ComponentVersionRepository]
    private let options: TransferOptions
    private var found: [ComponentVersionIdentity: Found] = [:]
    private var order: [ComponentVersionIdentity] = []
    private var selected: [ComponentVersionIdentity: SelectedVersion] = [:]
    private var failures: [Int: Fault] = [:]
    private(set) var verdicts: [SignatureVerdict] = []

    private struct Found: Sendable {
        let version: StoredComponentVersion
        let repository: any ComponentVersionRepository
        let existing: [Int: Result<StoredComponentVersion?, Fault>]
    }
    /// How many descriptors are read at once.
    private static let window = 8

    init(source: ComponentVersionSource, targets: [any ComponentVersionRepository], options: TransferOptions) {
        (self.source, self.targets, self.options) = (source, targets, options)
    }

    /// Why a target cannot be planned for.
    func failure(of target: Int) -> Fault? { failures[target] }

    /// The versions to carry, children before their parents.
    func select(_ roots: [ComponentVersionIdentity]) async throws -> [SelectedVersion] {
        try await read(roots)
        for root in roots {
            guard let found = found[root] else { continue }
            let verified =
                options.trust.isEmpty
                ? [] : try options.verifySignatures(of: found.version.descriptor)
            for entry in found.version.descriptor.signatures {
                verdicts.append(
                    SignatureVerdict(
                        identity: root, signature: entry.name, algorithm: entry.algorithm,
                        isVerified: verified.contains { $0.name == entry.name }))
            }
        }
        for root in roots {
            try await visit(root, path: ReferencePath(root), Set(roots), for: Set(targets.indices))
        }
        return order.compactMap { selected[$0] }
    }

    private func visit(
        _ identity: ComponentVersionIdentity, path: ReferencePath, _ roots: Set<ComponentVersionIdentity>,
        for wanting: Set<Int>
    ) async throws {
        let new = wanting.subtracting(selected[identity]?.wantedBy ?? [])
        guard !new.isEmpty || (targets.isEmpty && selected[identity] == nil), let found = found[identity] else {
            return
        }
        selected[identity]?.wantedBy.formUnion(new)
        let isNew = selected[identity] == nil
        if isNew {
            var existing: [Int: StoredComponentVersion?] = [:]
            for (target, result) in found.existing {
                switch result {
                case .success(let version): existing[target] = version
                case .failure(let fault): failures[target] = failures[target] ?? fault
                }
            }
            selected[identity] = SelectedVersion(
                version: found.version, repository: found.repository, existing: existing, wantedBy: new)
        }
        // Below what a target has there may be nothing to look for.
        let following =
            options.isRecursive && options.stopsOnExisting
            ? new.filter { target in (selected[identity]?.existing[target] ?? nil) == nil } : new
        if !following.isEmpty {
            try await follow(found.version, path, roots, for: following)
        }
        if isNew { order.append(identity) }
    }

    private func follow(
        _ version: StoredComponentVersion, _ path: ReferencePath, _ roots: Set<ComponentVersionIdentity>,
        for wanting: Set<Int>
    ) async throws {
        let references = version.descriptor.references
        // What is selected anyway comes before those that refer to it, also without recursion.
        let children = try references.map { try $0.target }
        let wanted = children.filter { options.isRecursive || roots.contains($0) }
        let paths = try wanted.map { try path.appending($0) }
        try await read(wanted)
        for (child, path) in zip(wanted, paths) {
            for (reference, target) in zip(references, children) where target == child {
                if let pinned = reference.digest {
                    try found[child]?.version.descriptor.check(pinned, pinnedBy: version.identity)
                } else if !options.trust.isEmpty {
                    throw Fault(
                        .unverified,
                        "\(version.identity) refers to \(child) without a digest, so nothing vouches for it",
                        fix: "sign \(version.identity) again; signing pins every reference")
                }
            }
            try await visit(child, path: path, roots, for: wanting)
        }
    }

    /// Reads versions that are not known yet, from the source and from each target, several at once.
    private func read(_ identities: [ComponentVersionIdentity]) async throws {
        var seen: Set<ComponentVersionIdentity> = []
        let missing = identities.filter { found[$0] == nil && seen.insert($0).inserted }
        let (source, targets) = (source, targets)
        let read = try await missing.mapConcurrently(limit: Self.window) { identity in
            let (version, repository) = try await source.get(identity)
            var existing: [Int: Result<StoredComponentVersion?, Fault>] = [:]
            for (number, target) in targets.enumerated() {
                do {
                    existing[number] = .success(try await target.find(identity))
                } catch {
                    guard targets.count > 1, !(error is CancellationError) else { throw error }
                    existing[number] = .failure(Fault(wrapping: error))
                }
            }
            return Found(version: version, repository: repository, existing: existing)
        }
        for (identity, item) in zip(missing, read) { found[identity] = item }
    }
}
