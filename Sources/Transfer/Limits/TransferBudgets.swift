// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Repositories

/// The bounds of one run as what keeps them: handed to all that moves contents in it.
public struct TransferBudgets: Sendable {
    /// How many contents move at once; small ones beside them when nobody asked for a number.
    public let jobs: Int
    /// How many operations of a transfer run at once.
    public let width: Int
    /// What moving contents share of the memory; nil when the number of operations is the only bound.
    public let memory: MemoryBudget?
    /// What a content takes of it while it moves, unless it is small; nil for what its streams take.
    private let share: Int64?
    /// What temporary files share of the disk.
    public let disk: DiskBudget
    /// What passes in a second; nil when there is no bound.
    public let rate: RateLimiter?

    /// What the process takes while nothing moves: the program, its libraries, plans and descriptors of usual size.
    public static let idleMemory: Int64 = 40 << 20
    /// What one moving stream of bytes takes at most. A response waits with 512 KiB and the reader holds as much; a piece is
    /// held back until the digest is known; 512 KiB wait for the network on the other side, with a piece on top; TLS and
    /// libcurl have buffers of their own. What the allocator keeps for each thread comes on top.
    public static let memoryOfStream: Int64 = 6 << 20

    /// How many contents move at once when nobody asks for a number. More move no faster where the bytes are the work.
    public static let usualJobs = 2
    /// How many operations run at once when nobody asks for a number: where contents are small, waiting is the work.
    public static let usualWidth = 8
    /// Contents up to so many bytes are small.
    public static let smallContent: Int64 = 1 << 20

    /// Turns limits into budgets.
    ///
    /// - Parameters:
    ///   - jobs: how many contents move at once, and operations run, where the limits do not say.
    ///   - clock: by which the rate is kept.
    /// - Throws: `invalid` when nothing could ever move within the limits.
    public init<C: Clock>(
        _ limits: TransferLimits = TransferLimits(), jobs: Int? = nil, clock: C = ContinuousClock()
    ) throws(Fault) where C.Duration == Duration {
        let asked = limits.jobs ?? jobs
        var jobs = asked ?? Self.usualJobs
        guard (1...64).contains(jobs) else {
            throw Fault(.invalid, "--jobs \(jobs) is not between 1 and 64", fix: "give a number from 1 to 64")
        }
        if let limit = limits.memory {
            let least = Self.idleMemory + Self.memoryOfStream * Int64(ArtifactContent.streamsAtOnce)
            guard limit.bytes >= least else {
                throw Fault(
                    .invalid,
                    "--max-memory \(limit) is not enough: the program and one moving image take \(ByteCount(least))",
                    fix: "give \(ByteCount(least)) at least")
            }
            let rest = limit.bytes - Self.idleMemory
            jobs = Int(min(Int64(jobs), rest / Self.memoryOfStream))
            (memory, share) = (MemoryBudget(rest), nil)
        } else if asked == nil {
            let share = Self.memoryOfStream * Int64(ArtifactContent.streamsAtOnce)
            (memory, self.share) = (MemoryBudget(share * Int64(jobs)), share)
        } else {
            (memory, share) = (nil, nil)
        }
        width = asked == nil ? Self.usualWidth : jobs
        if let disk = limits.disk, disk.bytes <= 0 {
            throw Fault(.invalid, "--max-disk \(disk) leaves no room for any file", fix: "give a size, such as 10GiB")
        }
        self.jobs = jobs
        disk = DiskBudget(limits.disk?.bytes)
        rate = limits.rate.map { RateLimiter($0, clock: clock) }
    }

    /// Moves one content: waits for the memory that its streams take.
    public func move<Result: Sendable>(
        _ content: ResourceContent, _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        guard let memory else { return try await body() }
        return try await memory.with(memoryNeeded(by: content), body)
    }

    private func memoryNeeded(by content: ResourceContent) -> Int64 {
        switch content {
        case .blob(let blob):
            // It may wait on both sides at once, with the buffers of its connections.
            if let size = blob.size, size <= Self.smallContent { return 2 * size + (256 << 10) }
            return share ?? Self.memoryOfStream
        case .artifact: return share ?? Self.memoryOfStream * Int64(ArtifactContent.streamsAtOnce)
        }
    }

    /// A content whose bytes pass at the rate of the run; one that could be copied without passing here loses that way.
    public func limited(_ content: ResourceContent) -> ResourceContent {
        guard let rate else { return content }
        switch content {
        case .blob(var blob):
            let (open, openFrom) = (blob.open, blob.openFrom)
            blob.open = { rate.limit(try await open()) }
            if let openFrom { blob.openFrom = { offset in rate.limit(try await openFrom(offset)) } }
            blob.file = nil
            return .blob(blob)
        case .artifact(let artifact):
            return .artifact(
                ArtifactContent(
                    store: RateLimitedStore(artifact.store, rate), repository: artifact.repository, root: artifact.root)
            )
        }
    }

    /// A stream at the rate of the run.
    public func limited(_ stream: ByteStream) -> ByteStream { rate?.limit(stream) ?? stream }
}
