// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What changes when a file is written again or replaced.
struct FileMark: Equatable, Sendable {
    private let device: UInt64, inode: UInt64, size: Int64
    private let modified: [Int], changed: [Int]
    let permissions: UInt32

    /// Of the file at a path, links followed; nil when there is none or it cannot be looked at.
    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        (device, inode, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
        modified = [status.st_mtim.tv_sec, status.st_mtim.tv_nsec]
        changed = [status.st_ctim.tv_sec, status.st_ctim.tv_nsec]
        permissions = status.st_mode & 0o7777
    }
}
