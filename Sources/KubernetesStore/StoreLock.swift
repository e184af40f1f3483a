// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// Says that a store is in use: a lock on a file beside it, since SQLite's own locks are not to be touched.
final class StoreLock: Sendable {
    private let lock: Guarded<FileLock?>

    /// Takes the lock; throws `.conflict` when another owner, here or in another process, has it.
    init(_ path: String) throws(Fault) {
        let name = "\(path).lock"
        _ = try FileHandle(name, O_RDWR | O_CREAT | O_CLOEXEC, "open", 0o600)
        guard let lock = try FileLock(name) else {
            throw Fault(
                .conflict, "the store \(path) is in use", fix: "end the program that has it open, then try again")
        }
        self.lock = Guarded(lock)
    }

    /// Lets others use the store.
    func release() { lock.withLock { $0 = nil } }
}
