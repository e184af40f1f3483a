// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Synchronization

/// The memories of one expression that no search uses at the moment, a few of them.
///
/// A lock is held to take one or to put one back, never while searching. All expressions of the process together keep
/// no more than a fixed number of bytes: who comes when that is used up starts afresh each time, and is only slower.
final class SearchMemoryPool: Sendable {
    private struct Kept: Sendable {
        var memory: SearchMemory
        var size: Int
    }

    private static let capacity = 4
    private static let byteCapacity = 64 << 20
    private static let keptBytes = Atomic<Int>(0)
    private let free = Guarded<[Kept]>([])

    func with<Result>(_ make: @autoclosure () -> SearchMemory, _ body: (SearchMemory) -> Result) -> Result {
        let kept = free.withLock { $0.popLast() }
        if let kept { Self.keptBytes.subtract(kept.size, ordering: .relaxed) }
        let memory = kept?.memory ?? make()
        defer { keep(memory) }
        return body(memory)
    }

    private func keep(_ memory: SearchMemory) {
        let size = memory.size
        let total = Self.keptBytes.add(size, ordering: .relaxed).newValue
        let isKept =
            total <= Self.byteCapacity
            && free.withLock { free in
                guard free.count < Self.capacity else { return false }
                free.append(Kept(memory: memory, size: size))
                return true
            }
        if !isKept { Self.keptBytes.subtract(size, ordering: .relaxed) }
    }

    deinit {
        let size = free.withLock { $0.reduce(0) { $0 + $1.size } }
        Self.keptBytes.subtract(size, ordering: .relaxed)
    }
}
