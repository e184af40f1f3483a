// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Storage

extension RegistryFolder {
    /// How many decisions are made at a time: pushes wait for that long.
    private static let batch = 100
    /// How many dead manifests of a repository are looked for at a time.
    private static let search = 10_000

    /// Removes what nothing needs, while the registry serves and takes pushes.
    ///
    /// Every decision is the writer's, made against what is there at that moment, a few at a time. In this order:
    /// manifests that nothing keeps, when they are asked for; blobs of repositories in which no manifest names them;
    /// contents that no repository holds; uploads to which nothing was added for long. What is younger than the grace period
    /// stays, and what was asked for counts as young. Throws `.conflict` while other upkeep runs.
    ///
    /// - Parameter progress: told after each batch.
    public func collectGarbage(
        _ options: GarbageOptions = GarbageOptions(),
        progress: @escaping @Sendable (GarbageProgress) -> Void = { _ in }
    ) async throws(Fault) -> GarbageReport {
        try upkeep.begin("collects garbage")
        defer { upkeep.end() }
        return try await onDisk { try await collect(options, progress) }
    }

    private func collect(
        _ options: GarbageOptions, _ progress: @Sendable (GarbageProgress) -> Void
    ) async throws(Fault) -> GarbageReport {
        var report = GarbageReport()
        report.isDryRun = options.isDryRun
        let cutoff = time.cutoff(options.grace ?? limits.grace, isTrusted: options.isClockTrusted)
        func tell(_ part: GarbageProgress.Part, _ report: GarbageReport) {
            progress(GarbageProgress(part: part, report: report))
        }
        if options.includesUntagged {
            try await collectManifests(cutoff, &report) { tell(.manifests, $0) }
        }
        try await collectLinks(cutoff, &report) { tell(.links, $0) }
        try await collectContents(cutoff, &report) { tell(.contents, $0) }
        try await giveUpUploads(options, &report)
        tell(.uploads, report)
        for name in try FileSystem.names(in: "\(path)/quarantine") {
            guard let entry = try FileSystem.entry(at: "\(path)/quarantine/\(name)", followLinks: false) else {
                continue
            }
            report.quarantine.add(entry.size)
        }
        return report
    }

    private func stop() throws(Fault) {
        if Task.isCancelled { throw Fault(.cancelled, "the collection of garbage was stopped") }
    }

    private func collectManifests(
        _ cutoff: RegistryClock.Cutoff, _ report: inout GarbageReport, _ tell: (GarbageReport) -> Void
    ) async throws(Fault) {
        var last: Int64 = 0
        while true {
            let (start, count) = (last, Self.batch)
            let page = try readers.read { database throws(Fault) in
                try GarbageQuery.repositories(after: start, limit: count, database)
            }
            guard let end = page.last else { return }
            for (id, name) in page {
                try await collectManifests(of: id, name, cutoff, &report, tell)
            }
            last = end.id
        }
    }

    private func collectManifests(
        of id: Int64, _ name: RepositoryName, _ cutoff: RegistryClock.Cutoff, _ report: inout GarbageReport,
        _ tell: (GarbageReport) -> Void
    ) async throws(Fault) {
        while true {
            // What other manifests name follows when those are gone.
            let limit = report.isDryRun ? Int(Int32.max) : Self.search
            let found = try readers.read { database throws(Fault) in
                try GarbageQuery.deadManifests(of: id, name, cutoff, limit: limit, database)
            }
            if report.isDryRun {
                for item in found { report.manifests.add(item.size) }
                return
            }
            var (rest, hasGone) = (found[...], false)
            while !rest.isEmpty {
                try stop()
                let part = Array(rest.prefix(Self.batch))
                rest = rest.dropFirst(part.count)
                let gone = try await writer.submit(by: "garbage") { draft throws(Fault) in
                    var gone: [GarbageQuery.Item] = []
                    for item in part where try GarbageQuery.isDead(item.digest, of: id, cutoff, draft.database) {
                        try draft.apply(.deleteManifest(name, item.digest))
                        gone.append(item)
                    }
                    return gone
                }
                for item in gone { report.manifests.add(item.size) }
                hasGone = hasGone || !gone.isEmpty
                tell(report)
            }
            if !hasGone { return }
        }
    }

    private func collectLinks(
        _ cutoff: RegistryClock.Cutoff, _ report: inout GarbageReport, _ tell: (GarbageReport) -> Void
    ) async throws(Fault) {
        var place = GarbageQuery.Place()
        while true {
            try stop()
            var next = place
            let found = try readers.read { database throws(Fault) in
                try GarbageQuery.deadLinks(behind: &next, cutoff, limit: Self.batch, database)
            }
            guard !found.isEmpty else { return }
            place = next
            if report.isDryRun {
                for item in found { report.links.add(item.size) }
                continue
            }
            let gone = try await writer.submit(by: "garbage") { draft throws(Fault) in
                var gone: [GarbageQuery.Item] = []
                for item in found {
                    let since = try GarbageQuery.unnamedSince(item.digest, in: item.repository, draft.database)
                    guard let since, cutoff.covers(since) else { continue }
                    try draft.apply(.unlinkBlob(item.repository, item.digest))
                    gone.append(item)
                }
                return gone
            }
            for item in gone { report.links.add(item.size) }
            tell(report)
        }
    }

    private func collectContents(
        _ cutoff: RegistryClock.Cutoff, _ report: inout GarbageReport, _ tell: (GarbageReport) -> Void
    ) async throws(Fault) {
        report.isHeldBack = FileSystem.exists("\(path)/\(Self.lossesName)")
        let isHeldBack = report.isHeldBack
        for algorithm in Digest.Algorithm.allCases {
            for byte in UInt8.min...UInt8.max {
                try stop()
                var garbage: [BlobFolder.Entry] = []
                for entry in try blobs.entries(algorithm, first: byte) {
                    let isDryRun = report.isDryRun
                    let isHeld = try readers.read { database throws(Fault) in
                        try GarbageQuery.isHeld(entry.digest, dead: isDryRun ? cutoff : nil, database)
                    }
                    if isHeld { continue }
                    if cutoff.covers(entry.modified * 1000 + 999), !isHeldBack {
                        garbage.append(entry)
                    } else {
                        report.waiting.add(entry.size)
                        try redate(entry, isDryRun: isDryRun, &report)
                    }
                }
                while !garbage.isEmpty {
                    let part = Array(garbage.prefix(Self.batch))
                    garbage.removeFirst(part.count)
                    let gone = report.isDryRun ? part : try await moveToTrash(part, cutoff)
                    for entry in gone { report.contents.add(entry.size) }
                    try emptyTrash()
                    tell(report)
                }
            }
        }
    }

    /// A file with a time to which no clock has come would stay for ever.
    private func redate(
        _ entry: BlobFolder.Entry, isDryRun: Bool, _ report: inout GarbageReport
    ) throws(Fault) {
        guard !report.isHeldBack, time.isAhead(entry.modified * 1000), !isDryRun else { return }
        try FileSystem.touch(blobs.path(of: entry.digest))
        report.redated += 1
    }

    /// Moves contents that still nobody holds out of the way of pushes, which begin anew with them from then on.
    private func moveToTrash(
        _ entries: [BlobFolder.Entry], _ cutoff: RegistryClock.Cutoff
    ) async throws(Fault) -> [BlobFolder.Entry] {
        let (blobs, trash) = (blobs, "\(path)/trash")
        return try await writer.alone { database, _ throws(Fault) in
            var gone: [BlobFolder.Entry] = []
            for entry in entries where try !GarbageQuery.isHeld(entry.digest, dead: nil, database) {
                let file = try FileSystem.entry(at: blobs.path(of: entry.digest), followLinks: false)
                guard let file, cutoff.covers(file.modified * 1000 + 999) else { continue }
                let place = "\(trash)/\(entry.digest.algorithm.rawValue)-\(entry.digest.hex)"
                if try blobs.move(entry.digest, to: place) { gone.append(entry) }
            }
            return gone
        }
    }

    /// Removes what was moved out of the way, also by an earlier process.
    func emptyTrash() throws(Fault) {
        for name in try FileSystem.names(in: "\(path)/trash") { try FileSystem.remove("\(path)/trash/\(name)") }
    }

    private func giveUpUploads(_ options: GarbageOptions, _ report: inout GarbageReport) async throws(Fault) {
        let idle = options.uploadIdle ?? limits.uploadIdle
        let moment = time.now - idle
        for session in uploads.all {
            let bytes = await session.offset
            let isOver = options.isDryRun ? await session.isIdle(since: moment) : await session.endIfIdle(since: moment)
            guard isOver else { continue }
            if !options.isDryRun { try await give(up: session) }
            report.uploads.add(bytes)
        }
        let cutoff = time.cutoff(idle, isTrusted: options.isClockTrusted)
        for leftover in try uploads.leftovers() where cutoff.covers(leftover.modified * 1000 + 999) {
            let size = try FileSystem.entry(at: leftover.path, followLinks: false)?.size ?? 0
            if !options.isDryRun { try FileSystem.removeFile(leftover.path) }
            report.leftovers.add(size)
        }
    }
}
