// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Glibc

/// An append-only file of lines, each with a check of its own: `<16 hexadecimal digits> <line>`.
///
/// The digits begin the SHA-256 of the line. A line is in the log when `append` has returned, and survives a power cut
/// then. After a failed write or flush the log takes no more: what the kernel did with the pages is not known
/// (fsync(2) reports an error once).
public final class RecordLog: Sendable {
    private struct State {
        var length: Int64
        var failure: Fault?
    }
    private let file: SharedDescriptor
    private let state: Guarded<State>
    /// The file.
    public let path: String

    private final class SharedDescriptor: Sendable {
        let handle: FileHandle
        init(_ handle: consuming FileHandle) { self.handle = handle }
    }

    /// The most bytes of a line.
    public static let lineLimit = 16 << 20
    private static let checkDigits = 16

    /// Opens a log to append to it, making it when it is not there; cuts off what a torn write left at its end.
    public init(_ path: String) throws(Fault) {
        self.path = path
        let handle = try FileHandle(path, O_RDWR | O_CREAT | O_CLOEXEC, "open", 0o640)
        let size = try handle.size()
        let end = try Self.endOfLastLine(handle, size)
        if end < size {
            guard ftruncate(handle.descriptor, off_t(end)) == 0 else { throw Fault.system(errno, "shorten \(path)") }
        }
        guard lseek(handle.descriptor, off_t(end), SEEK_SET) >= 0 else { throw Fault.system(errno, "seek in \(path)") }
        try handle.synchronize()
        try FileSystem.synchronize(folder: FileSystem.folder(of: path))
        file = SharedDescriptor(handle)
        state = Guarded(State(length: end, failure: nil))
    }

    /// How many bytes it has.
    public var length: Int64 { state.withLock { $0.length } }

    /// Why it takes no more lines, if so.
    public var failure: Fault? { state.withLock { $0.failure } }

    /// Appends lines and makes them durable; returns where the log ends now.
    ///
    /// When it throws, none of the lines counts: those that were written are cut off again, or, when that fails too, the
    /// log takes no more.
    public func append(_ lines: [[UInt8]]) throws(Fault) -> Int64 {
        try state.withLock { state throws(Fault) in
            if let failure = state.failure { throw failure }
            var bytes: [UInt8] = []
            for line in lines {
                precondition(!line.contains(0x0A) && line.count <= Self.lineLimit, "a record is one line")
                bytes += Self.check(line[...]) + [0x20] + line + [0x0A]
            }
            do throws(Fault) {
                try file.handle.write(bytes[...])
            } catch {
                state.failure = cut(to: state.length)
                throw error
            }
            guard fdatasync(file.handle.descriptor) == 0 else {
                let fault = Fault.system(errno, "flush \(path)")
                state.failure = fault
                throw fault
            }
            state.length += Int64(bytes.count)
            return state.length
        }
    }

    /// Cuts off what was appended behind a place, for whoever cannot keep the promise that the lines make. When that
    /// fails, the log takes no more.
    public func retract(to length: Int64) {
        state.withLock { state in
            guard length < state.length, state.failure == nil else { return }
            if let fault = cut(to: length) { state.failure = fault } else { state.length = length }
        }
    }

    private func cut(to length: Int64) -> Fault? {
        guard ftruncate(file.handle.descriptor, off_t(length)) == 0,
            lseek(file.handle.descriptor, off_t(length), SEEK_SET) >= 0, fdatasync(file.handle.descriptor) == 0
        else { return Fault.system(errno, "shorten \(path)") }
        return nil
    }

    /// Calls `body` with each line from an offset on, and with where it ends; a damaged line is given as nil.
    ///
    /// A line without its end is not there. Throws what `body` throws.
    public static func read(
        _ path: String, from offset: Int64 = 0, _ body: (Chunk?, Int64) throws(Fault) -> Void
    ) throws(Fault) {
        let handle = try FileHandle(reading: path)
        var (position, rest) = (offset, [UInt8]())
        while true {
            let more = try handle.read(at: position + Int64(rest.count), upTo: 1 << 20)
            guard !more.isEmpty else { return }
            rest += more
            var start = 0
            while let end = rest[start...].firstIndex(of: 0x0A) {
                try body(content(of: rest[start..<end]), position + Int64(end + 1))
                start = end + 1
            }
            position += Int64(start)
            rest.removeFirst(start)
            guard rest.count <= lineLimit + checkDigits + 1 else {
                throw Fault(.corrupt, "\(path) has a line of more than \(lineLimit) bytes at byte \(position)")
            }
        }
    }

    private static func check(_ line: Chunk) -> [UInt8] { Array(Digest(of: line).hex.utf8.prefix(checkDigits)) }

    private static func content(of line: Chunk) -> Chunk? {
        guard line.count > checkDigits, line[line.startIndex + checkDigits] == 0x20 else { return nil }
        let content = line.dropFirst(checkDigits + 1)
        return line.prefix(checkDigits).elementsEqual(check(content)) ? content : nil
    }

    /// Behind the last line end; a torn write can have left only what has none.
    private static func endOfLastLine(_ handle: borrowing FileHandle, _ size: Int64) throws(Fault) -> Int64 {
        var end = size
        while end > 0 {
            let start = max(0, end - 64 * 1024)
            let bytes = try handle.read(at: start, upTo: Int(end - start))
            if let last = bytes.lastIndex(of: 0x0A) { return start + Int64(last) + 1 }
            end = start
        }
        return 0
    }
}
