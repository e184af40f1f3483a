// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// How much of the disk is left for pushes, counting what was promised to those under way.
///
/// The file system is asked now and then only; in between, what is promised and written is subtracted. Before a push is
/// refused, it is asked again.
final class SpaceLedger: Sendable {
    private struct State {
        /// What the file system had when it was asked, and what was written since.
        var free: Int64 = 0
        var written: Int64 = 0
        var asked: ContinuousClock.Instant?
        /// Promised and not yet written.
        var promised: Int64 = 0
    }
    private let state = Guarded(State())
    private let floor: Int64
    private let folder: String
    private let measure: (@Sendable () throws(Fault) -> Int64)?
    /// For how long the file system's answer is believed.
    private static let age = Duration.seconds(1)

    /// - Parameters:
    ///   - floor: what must stay free.
    ///   - folder: where the disk is.
    ///   - measure: asked in the place of the file system.
    init(floor: Int64, in folder: String, measure: (@Sendable () throws(Fault) -> Int64)? = nil) {
        (self.floor, self.folder, self.measure) = (floor, folder, measure)
    }

    /// Promises room for so many bytes; throws `.noSpace` when there is none.
    func promise(_ bytes: Int64) throws(Fault) {
        try state.withLock { state throws(Fault) in
            var isFresh = false
            if state.asked.map({ .now - $0 > Self.age }) ?? true {
                try ask(&state)
                isFresh = true
            }
            if !isFresh, !Self.fits(bytes, state, floor) { try ask(&state) }
            guard Self.fits(bytes, state, floor) else {
                throw Fault(
                    .noSpace, "the disk of the registry has no room for \(ByteCount(bytes)) more",
                    fix: "ask its operator to collect garbage or to add space")
            }
            state.promised += bytes
        }
    }

    /// Takes a promise back, of which so much was written.
    func settle(_ bytes: Int64, written: Int64) {
        state.withLock { state in
            state.promised -= bytes
            state.written += written
        }
    }

    /// Promises and takes back: for what is asked for early.
    func require(_ bytes: Int64) throws(Fault) {
        try promise(bytes)
        settle(bytes, written: 0)
    }

    private func ask(_ state: inout State) throws(Fault) {
        state.free = if let measure { try measure() } else { try FileSystem.freeSpace(in: folder) }
        (state.written, state.asked) = (0, .now)
    }

    private static func fits(_ bytes: Int64, _ state: State, _ floor: Int64) -> Bool {
        let left = state.free - state.written - state.promised - floor
        return left >= 0 && bytes <= left
    }
}

/// What one request may add to an upload: as much as the quota leaves, and as much of the disk as it was promised.
struct UploadRoom: ~Copyable, Sendable {
    private let ledger: SpaceLedger
    private let repository: RepositoryName
    private let quota: (limit: Int64, left: Int64)?
    /// What is announced and not yet written.
    private var coming: Int64 = 0
    private var promised: Int64 = 0
    private var used: Int64 = 0
    /// The most that is promised to one sender at a time: who announces much and sends nothing holds nobody up.
    private static let step: Int64 = 64 << 20

    /// - Parameter quota: what the repository may hold, and what of it is left.
    init(_ ledger: SpaceLedger, _ repository: RepositoryName, quota: (limit: Int64, left: Int64)?) {
        (self.ledger, self.repository, self.quota) = (ledger, repository, quota)
    }

    deinit { ledger.settle(promised, written: used) }

    /// Before bytes come: throws `.noSpace` unless the upload may come to have so many, and that many more fit.
    ///
    /// - Parameter announced: how many will come, when that is known.
    mutating func begin(total: Int64, announced: Int64?) throws(Fault) {
        try checkQuota(total)
        guard let announced, announced > 0 else { return }
        try ledger.require(announced)
        coming = announced
        try promise(min(announced, Self.step))
    }

    /// Before a piece is written that brings the upload to a total.
    mutating func take(_ bytes: Int64, total: Int64) throws(Fault) {
        try checkQuota(total)
        if used + bytes > promised {
            coming -= used
            ledger.settle(promised, written: used)
            (promised, used) = (0, 0)
            try promise(max(bytes, min(coming, Self.step)))
        }
        used += bytes
    }

    private mutating func promise(_ bytes: Int64) throws(Fault) {
        try ledger.promise(bytes)
        promised = bytes
    }

    private func checkQuota(_ total: Int64) throws(Fault) {
        guard let quota, total > quota.left else { return }
        throw RegistryFolder.quotaFault(quota.limit, repository)
    }
}
