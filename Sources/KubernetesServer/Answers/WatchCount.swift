// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// How many watches run.
final class WatchCount: Sendable {
    private let count = Atomic(0)

    var running: Int { count.load(ordering: .relaxed) }

    /// One more, for as long as what is returned is held.
    func begin() -> Running { Running(self) }

    /// A watch that runs.
    final class Running: Sendable {
        private let all: WatchCount

        fileprivate init(_ all: WatchCount) {
            self.all = all
            all.count.add(1, ordering: .relaxed)
        }

        deinit { all.count.subtract(1, ordering: .relaxed) }
    }
}
