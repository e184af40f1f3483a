// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Orchestration
public import Repositories
internal import Transfer

extension TransferRun {
    /// Opens the targets as the record says: archives in their format, cut into volumes, without what their receiver
    /// has; and finds what source archives leave out before anything is written.
    ///
    /// To be called once, after `requireFreshness`, when the specification was printed before.
    /// - Parameters:
    ///   - resolver: where the configuration says to look for versions.
    ///   - concurrency: how many blobs are asked for at once.
    /// - Returns: the repositories that will be written to.
    /// - Throws: `conflict` when the receiver is taken to have other things than when the specification was printed,
    ///   `notFound`, naming everything, when something that is left out is nowhere. Of several targets, one that cannot
    ///   be written to for such a reason has that as its failure when the specification runs.
    @discardableResult
    public func prepare(
        resolver: RepositoryResolver? = nil, concurrency: Int = 4
    ) async throws -> [any ComponentVersionRepository] {
        let access = AccessMethods(context.connections), settings = record.packing
        var lookup: [any ComponentVersionRepository] = []
        for locator in settings.lookup { lookup.append(try await context.repository(locator.json)) }
        let source = ComponentVersionSource(
            try await context.repository(record.source.json), lookup: lookup, resolver: resolver)
        let assumed = try await settings.packing.assumed(for: settings.roots, from: source, access, settings.options)
        guard assumed?.digest == settings.assumed else {
            throw Fault(
                .conflict,
                "the specification is stale: what the receiver is taken to have is not what it was"
                    + (settings.packing.since.map { ", since version \($0) in \(record.source) has changed" } ?? ""),
                fix: "generate it again, and look at what changed")
        }
        var copies: [TransferPlan.Copies] = []
        for target in record.targets {
            do {
                let repository = try await open(target, settings.packing)
                copies.append(TransferPlan.Copies(to: repository, try await copied(to: target)))
            } catch {
                guard record.targets.count > 1, !(error is CancellationError) else { throw error }
                await context.refuse(target.locator, because: Fault(wrapping: error))
            }
        }
        let plan = try await TransferPlan(
            again: copies, from: record.source, settings.packing.makesDeltas ? access : nil, settings.options)
        if let assumed {
            try await settings.packing.apply(assumed, to: plan, from: source, access, settings.options)
        }
        let received = try await plan.receiving(
            lookup: lookup, concurrency: concurrency, mounting: true, temporaryFolder: context.temporaryFolder)
        for target in received.targets {
            guard let failure = target.failure else { continue }
            await context.refuse(target.locator, because: failure)
        }
        return received.targets.map(\.repository)
    }

    private func open(
        _ target: TransferRecord.Target, _ packing: ArchivePacking
    ) async throws -> any ComponentVersionRepository {
        let repository = try await packing.open(target.locator, context.connections)
        await context.adopt(repository, writing: true)
        return repository
    }

    /// The versions that are copied to a target, in the order of the record, with where they are read.
    private func copied(
        to target: TransferRecord.Target
    ) async throws -> [(version: StoredComponentVersion, repository: any ComponentVersionRepository)] {
        let group = target.group
        let copied = Set(
            graph.nodes.compactMap { node -> ComponentVersionIdentity? in
                guard node.group == group, let written = record.written[node.operation.id] else { return nil }
                return written.action == "copy" ? written.identity : nil
            })
        var versions: [(version: StoredComponentVersion, repository: any ComponentVersionRepository)] = []
        for item in record.sources where copied.contains(item.identity) {
            let repository = try await context.repository(item.repository)
            versions.append((try await context.stored(item.identity, in: repository), repository))
        }
        return versions
    }
}
