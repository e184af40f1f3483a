// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Glibc

/// An open file that answers can be sent from, by any number of requests at once. It is closed when the last of them is
/// done and nobody else holds it.
public final class ServerFile: Sendable {
    private let handle: FileHandle

    /// Takes over an open file.
    public init(_ handle: consuming FileHandle) { self.handle = handle }

    /// Opens a file for reading.
    public convenience init(reading path: String) throws(Fault) { self.init(try FileHandle(reading: path)) }

    /// The size in bytes, now.
    public func size() throws(Fault) -> Int64 { try handle.size() }

    static func close(_ descriptor: Int32) { Glibc.close(descriptor) }

    /// Another descriptor of the same file, which its taker closes; nil when there are too many.
    func duplicate() -> Int32? {
        let copy = fcntl(handle.descriptor, F_DUPFD_CLOEXEC, 0)
        return copy >= 0 ? copy : nil
    }

    /// Reads into a buffer; the count, 0 at the end, negative when it fails.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        while true {
            let count = unsafe pread(handle.descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 || errno != EINTR { return count }
        }
    }
}
