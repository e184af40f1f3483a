// SPDX-License-Identifier: Apache-2.0

internal import CFileRange
public import Glibc

/// An open file, owned once and closed with its owner.
public struct FileHandle: ~Copyable, Sendable {
    /// The descriptor, for calls that lend it to a C library; never close it.
    public let descriptor: Int32
    /// The path it was opened with, for messages.
    public let path: String

    /// Takes ownership of an open descriptor.
    public init(takingOwnership descriptor: Int32, path: String) {
        (self.descriptor, self.path) = (descriptor, path)
    }

    /// Opens a file for reading.
    public init(reading path: String) throws(Fault) {
        try self.init(path, O_RDONLY | O_CLOEXEC, "read")
    }

    /// Opens a file for reading, unless its last part is a symbolic link; never waits, not even for a pipe.
    public static func readingWithoutLinks(_ path: String) throws(Fault) -> FileHandle {
        try FileHandle(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, "read")
    }

    /// Opens a device or a pipe that exists, to write to it.
    public init(writingTo path: String) throws(Fault) {
        try self.init(path, O_WRONLY | O_CLOEXEC, "write to")
    }

    /// Creates a file for reading and writing; throws `.conflict` when it exists.
    public init(creating path: String, mode: mode_t = 0o644) throws(Fault) {
        try self.init(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, "create", mode)
    }

    /// Opens with the given flags of open(2).
    public init(_ path: String, _ flags: Int32, _ verb: String, _ mode: mode_t = 0o644) throws(Fault) {
        var descriptor: Int32
        repeat { descriptor = unsafe open(path, flags, mode) } while descriptor < 0 && errno == EINTR
        guard descriptor >= 0 else { throw Fault.system(errno, "\(verb) \(path)") }
        self.init(takingOwnership: descriptor, path: path)
    }

    deinit { close(descriptor) }

    /// The size in bytes.
    public func size() throws(Fault) -> Int64 {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw Fault.system(errno, "stat \(path)") }
        return Int64(status.st_size)
    }

    /// Up to `count` bytes from `offset`; fewer only at the end of the file, none behind it.
    public func read(at offset: Int64, upTo count: Int) throws(Fault) -> [UInt8] {
        try unsafe bytes(count) { unsafe pread(descriptor, $0, $2, off_t(offset) + $1) }
    }

    /// Up to `count` bytes from where the last such call ended; none at the end. Pipes can be read in no other way.
    public func readNext(upTo count: Int) throws(Fault) -> [UInt8] {
        try unsafe bytes(count, isOneRead: true) { start, _, count in unsafe Glibc.read(descriptor, start, count) }
    }

    /// As many bytes as asked for, from where the last such call ended, waiting for them; fewer only at the end.
    public func readNext(exactly count: Int) throws(Fault) -> [UInt8] {
        try unsafe bytes(count) { start, _, count in unsafe Glibc.read(descriptor, start, count) }
    }

    /// Bytes that a call puts at an address: it is told how many there are already, and how many more there may be.
    private func bytes(
        _ count: Int, isOneRead: Bool = false, _ read: (UnsafeMutablePointer<UInt8>, Int, Int) -> Int
    ) throws(Fault) -> [UInt8] {
        var failure: Int32 = 0
        // Proof: the buffer has `count` bytes, and `read` is given no more room than is left behind those that are there.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = unsafe read(buffer.baseAddress! + filled, filled, count - filled)
                if got < 0 && errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                filled += got
                if isOneRead { break }
            }
        }
        guard failure == 0 else { throw Fault.system(failure, "read \(path)") }
        return bytes
    }

    /// Writes all bytes at the current position.
    public func write(_ bytes: Chunk) throws(Fault) {
        var failure: Int32 = 0
        unsafe bytes.withUnsafeBufferPointer { buffer in
            var done = 0
            while done < buffer.count {
                let put = unsafe Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
                if put < 0 && errno == EINTR { continue }
                guard put > 0 else { failure = errno; return }
                done += put
            }
        }
        guard failure == 0 else { throw Fault.system(failure, "write \(path)") }
    }

    /// Lets the kernel begin to write a part of the file to its disk, so that flushing it later waits for less. A hint:
    /// nothing is promised (sync_file_range(2), `SYNC_FILE_RANGE_WRITE`).
    public func startWriting(_ range: Range<Int64>) {
        _ = sync_file_range(descriptor, range.lowerBound, range.upperBound - range.lowerBound, 2)
    }

    /// Makes what was written survive a power cut.
    public func synchronize() throws(Fault) {
        guard fsync(descriptor) == 0 else { throw Fault.system(errno, "flush \(path)") }
    }
}
