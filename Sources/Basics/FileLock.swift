// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// An advisory lock on a file or folder that exists, held until the last owner lets go or the process ends (flock(2)).
///
/// Nothing is written for it, so it can stand on a folder whose content others check.
public final class FileLock: Sendable {
    private let handle: FileHandle

    /// The descriptor that holds the lock: a program that inherits it keeps the lock when this process is killed.
    public var descriptor: Int32 { handle.descriptor }

    /// Takes the lock without waiting; nil when another owner, here or in another process, holds it.
    public init?(_ path: String) throws(Fault) {
        let handle = try FileHandle(path, O_RDONLY | O_CLOEXEC, "open")
        while flock(handle.descriptor, LOCK_EX | LOCK_NB) != 0 {
            if errno == EWOULDBLOCK { return nil }
            guard errno == EINTR else { throw Fault.system(errno, "lock \(path)") }
        }
        self.handle = handle
        // Between opening and locking, the last owner may have put another file in its place.
        guard isCurrent else { return nil }
    }

    /// Unlocks at once: a program being started holds a copy of the descriptor until its exec, and so the lock.
    deinit { _ = flock(handle.descriptor, LOCK_UN) }

    /// Whether the path still names what is locked.
    public var isCurrent: Bool {
        var (locked, named) = (stat(), stat())
        return unsafe fstat(handle.descriptor, &locked) == 0 && stat(handle.path, &named) == 0
            && locked.st_dev == named.st_dev && locked.st_ino == named.st_ino
    }
}
