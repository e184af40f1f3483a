// SPDX-License-Identifier: Apache-2.0

/// Bytes of temporary files that a run may have at any moment: what is spooled, unpacked, or not whole yet.
///
/// What is asked for is refused before it is written, when it would be more than the budget or than what the file
/// system has left.
public final class DiskBudget: Sendable {
    private struct State {
        var reserved: Int64 = 0
        var most: Int64 = 0
    }
    /// All that there may be; nil for what the file system has.
    public let total: Int64?
    private let state = Guarded(State())
    private let freeSpace: @Sendable (String) throws(Fault) -> Int64

    /// The budget of the work that runs now; whatever writes temporary files asks it. Tasks hand it on to those they
    /// start.
    @TaskLocal public static var current: DiskBudget?

    /// How much is asked for at a time when the size is not known.
    public static let step: Int64 = 8 << 20

    /// A budget.
    ///
    /// - Parameter freeSpace: how many bytes this user may still write to the file system of a folder.
    public init(
        _ total: Int64?,
        freeSpace: @escaping @Sendable (String) throws(Fault) -> Int64 = { folder throws(Fault) in
            try FileSystem.freeSpace(in: folder)
        }
    ) {
        (self.total, self.freeSpace) = (total, freeSpace)
    }

    /// What is left of the total; nil when that is what the file system has.
    public var left: Int64? { total.map { max(0, $0 - reserved) } }
    /// What is reserved now.
    public var reserved: Int64 { state.withLock { $0.reserved } }
    /// The most that was reserved at any moment.
    public var most: Int64 { state.withLock { $0.most } }

    /// Reserves space in a folder for a file that will be written now. It is given back with the reservation.
    ///
    /// - Parameters:
    ///   - bytes: the size, or nil when it is not known; the reservation grows then.
    ///   - thing: what errors call it.
    /// - Throws: `limitExceeded` when the budget does not have it, `system` when the file system does not.
    public func reserve(_ bytes: Int64?, in folder: String, for thing: String) throws(Fault) -> DiskReservation {
        let reservation = DiskReservation(self, folder: folder, thing: thing)
        if let bytes { try reservation.require(bytes) }
        return reservation
    }

    fileprivate func add(_ bytes: Int64, in folder: String, _ thing: String) throws(Fault) {
        let free = try freeSpace(folder)
        try state.withLock { state throws(Fault) in
            let (wanted, isTooLarge) = state.reserved.addingReportingOverflow(bytes)
            if let total, isTooLarge || wanted > total {
                throw Fault(
                    .limitExceeded,
                    "\(thing) needs \(ByteCount(bytes)) of disk, and \(ByteCount(max(0, total - state.reserved))) of "
                        + "the \(ByteCount(total)) allowed are left", fix: "raise --max-disk, or lower --jobs")
            }
            guard !isTooLarge, bytes <= free else {
                throw Fault(
                    .system, "\(thing) needs \(ByteCount(bytes)) of disk, and \(folder) has \(ByteCount(free)) left",
                    fix: "free some space, or name another folder with --temp-folder")
            }
            state.reserved = wanted
            state.most = max(state.most, wanted)
        }
    }

    fileprivate func giveBack(_ bytes: Int64) { state.withLock { $0.reserved -= bytes } }
}

/// Space on disk that a file may take; given back when the last owner lets go, or before.
public final class DiskReservation: Sendable {
    private let budget: DiskBudget
    private let folder: String, thing: String
    private let bytes = Guarded<Int64>(0)

    fileprivate init(_ budget: DiskBudget, folder: String, thing: String) {
        (self.budget, self.folder, self.thing) = (budget, folder, thing)
    }

    deinit { release() }

    /// How much it holds.
    public var size: Int64 { bytes.withLock { $0 } }

    /// Grows to at least so many bytes; throws before anything more is written.
    public func require(_ count: Int64) throws(Fault) {
        let missing = count - size
        guard missing > 0 else { return }
        try budget.add(missing, in: folder, thing)
        bytes.withLock { $0 += missing }
    }

    /// Gives back what is not needed after all.
    public func shrink(to count: Int64) {
        let spare = bytes.withLock { bytes in
            let spare = max(0, bytes - count)
            bytes -= spare
            return spare
        }
        budget.giveBack(spare)
    }

    /// Gives all back: the file is gone.
    public func release() { shrink(to: 0) }

    /// A stream whose bytes are written to a file as they come: before each piece there is space for it.
    public func covering(_ stream: ByteStream) -> ByteStream {
        let passed = Guarded<Int64>(0)
        return ByteStream { [self] in
            guard let chunk = try await stream.next() else {
                shrink(to: passed.withLock { $0 })
                return nil
            }
            let total = passed.withLock { passed in
                passed += Int64(chunk.count)
                return passed
            }
            try cover(total)
            return chunk
        }
    }

    /// Makes sure that so many bytes may be written; throws before more than the budget has are.
    func cover(_ total: Int64) throws(Fault) {
        guard total > size else { return }
        // A step ahead, so that the file system is not asked for every piece; the last step may be short.
        do throws(Fault) { try require(max(total, size + DiskBudget.step)) } catch { try require(total) }
    }
}

extension TemporaryFolder {
    /// A stream that will be written to a file of this folder, within the budget of the work that runs now; the space
    /// is given back with the folder.
    ///
    /// - Parameter thing: what errors call it.
    public func covering(_ stream: ByteStream, size: Int64? = nil, for thing: String) throws(Fault) -> ByteStream {
        guard let budget = DiskBudget.current else { return stream }
        let reservation = try budget.reserve(size, in: path, for: thing)
        keep(reservation)
        return reservation.covering(stream)
    }
}
