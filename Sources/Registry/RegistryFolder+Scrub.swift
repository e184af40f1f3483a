// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Storage

extension RegistryFolder {
    /// Reads every content that a repository holds, and compares it with its digest.
    ///
    /// What is damaged is put aside, what is missing is marked; neither is served until it is pushed again, or found sound
    /// in the quarantine, from where it is brought back here. Throws `.conflict` while other upkeep runs.
    ///
    /// - Parameter progress: told now and then.
    public func scrub(
        _ options: ScrubOptions = ScrubOptions(), progress: @escaping @Sendable (ScrubReport) -> Void = { _ in }
    ) async throws(Fault) -> ScrubReport {
        try upkeep.begin("reads its contents")
        defer { upkeep.end() }
        return try await onDisk { try await readAll(options, progress) }
    }

    private struct Held {
        let digest: Digest
        let isDamaged: Bool
    }

    private func readAll(
        _ options: ScrubOptions, _ progress: @Sendable (ScrubReport) -> Void
    ) async throws -> ScrubReport {
        var (report, last, pace) = (ScrubReport(), "", ReadPace(options.bytesPerSecond))
        while true {
            let start = last
            let page = try readers.read { database throws(Fault) in
                try database.all(
                    """
                    SELECT digest, damaged FROM contents WHERE digest > ? AND (
                        EXISTS (SELECT 1 FROM blobs WHERE content = id)
                        OR EXISTS (SELECT 1 FROM manifests WHERE content = id)) ORDER BY digest LIMIT 100
                    """, .text(start)
                ) { row throws(Fault) in Held(digest: try Digest(row.text(0)), isDamaged: row.integer(1) != 0) }
            }
            guard let end = page.last else { break }
            for held in page { try await check(held, &report, &pace) }
            last = end.digest.description
            progress(report)
        }
        for algorithm in Digest.Algorithm.allCases {
            for byte in UInt8.min...UInt8.max {
                for entry in try blobs.entries(algorithm, first: byte) {
                    let isHeld = try readers.read { database throws(Fault) in
                        try GarbageQuery.isHeld(entry.digest, dead: nil, database)
                    }
                    if !isHeld { report.unheld.add(entry.size) }
                }
            }
        }
        return report
    }

    private func check(_ held: Held, _ report: inout ScrubReport, _ pace: inout ReadPace) async throws {
        let digest = held.digest
        let file = try blobs.open(digest)
        let mark = try file?.mark()
        let isSound: Bool
        if let file {
            isSound = try await Self.digest(file, digest.algorithm, &pace) == digest
            report.checked.add(mark?.size ?? 0)
        } else {
            isSound = false
        }
        switch (isSound, held.isDamaged) {
        case (true, false):
            if let mark { noteVerified(digest, mark) }
            return
        case (true, true):
            try await writer.submit(by: "scrub") { draft throws(Fault) in try draft.restore(digest) }
            report.repaired.add(digest)
            return
        case (false, false):
            try await quarantine(digest, seen: mark)
            if mark == nil { report.missing.add(digest) } else { report.damaged.add(digest) }
        case (false, true): break
        }
        if try await bringBack(digest, &pace) {
            report.repaired.add(digest)
        } else if try isDamaged(digest) {
            report.lost.add(digest)
        }
    }

    /// Whether a content is damaged as the index has it now: it may have been pushed again.
    private func isDamaged(_ digest: Digest) throws(Fault) -> Bool {
        try readers.read { database throws(Fault) in try !RegistryIndex.isSound(digest, database) }
    }

    /// Brings a sound copy of a content back from the quarantine; false when there is none.
    private func bringBack(_ digest: Digest, _ pace: inout ReadPace) async throws -> Bool {
        let start = "\(digest.algorithm.rawValue)-\(digest.hex)-"
        for name in try FileSystem.names(in: "\(path)/quarantine") where name.hasPrefix(start) {
            let copy = "\(path)/quarantine/\(name)"
            guard let entry = try FileSystem.entry(at: copy, followLinks: false), entry.kind == .file else { continue }
            let file = try FileHandle.readingWithoutLinks(copy)
            guard try await Self.digest(file, digest.algorithm, &pace) == digest else { continue }
            try FileHandle.readingWithoutLinks(copy).synchronize()
            try await writer.submit(by: "scrub") { draft throws(Fault) in
                // A push may have been faster.
                guard try !RegistryIndex.isSound(digest, draft.database) else { return }
                try draft.adopt(copy, as: digest)
                try draft.restore(digest)
            }
            return true
        }
        return false
    }

    /// The digest of a file's bytes, read at a pace.
    private static func digest(
        _ file: consuming FileHandle, _ algorithm: Digest.Algorithm, _ pace: inout ReadPace
    ) async throws -> Digest {
        var hasher = DigestHasher(algorithm)
        var position: Int64 = 0
        while true {
            let bytes = try file.read(at: position, upTo: 1 << 20)
            guard !bytes.isEmpty else { return hasher.finalize() }
            hasher.update(bytes[...])
            position += Int64(bytes.count)
            try await pace.take(Int64(bytes.count))
        }
    }
}

/// Reads no faster than it may.
private struct ReadPace {
    private let bytesPerSecond: Int64?
    private let start = ContinuousClock.now
    private var bytes: Int64 = 0

    init(_ bytesPerSecond: Int64?) { self.bytesPerSecond = bytesPerSecond }

    mutating func take(_ count: Int64) async throws {
        try Task.checkCancellation()
        bytes += count
        guard let bytesPerSecond else { return }
        let due = start + .milliseconds(bytes * 1000 / max(1, bytesPerSecond))
        if due > .now { try await Task.sleep(until: due, clock: .continuous) }
    }
}
