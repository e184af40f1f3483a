// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What tells whether a file is still the same with the same content: its device, number, size, and the times of its last
/// changes, which no program can set (stat(2), `st_ctim`).
public struct FileMark: Sendable, Hashable {
    private let device: UInt64, number: UInt64
    /// The size in bytes.
    public let size: Int64
    private let changed: Int64, modified: Int64
    /// The permission bits.
    public let permissions: UInt32

    /// Of the file at a path, links followed; nil when there is none or it cannot be looked at.
    public init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    fileprivate init(_ status: stat) {
        func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec) }
        (device, number, size) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
        (changed, modified) = (nanoseconds(status.st_ctim), nanoseconds(status.st_mtim))
        permissions = status.st_mode & 0o7777
    }
}

extension FileHandle {
    /// What the file looks like now.
    public func mark() throws(Fault) -> FileMark {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Fault.system(errno, "stat \(path)") }
        return FileMark(status)
    }
}
