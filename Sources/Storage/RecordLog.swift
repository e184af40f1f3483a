// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Glibc

/// An append-only file of entries, written in lines: `<16 hexadecimal digits> <entries>`.
///
/// The digits begin the SHA-256 of what follows them. Entries that are appended together stand in one line, parted by the
/// record separator of ASCII (RFC 7464 uses it so), since they become durable together: what a power cut tears is the last
/// line, and all of it is unacknowledged. An entry is in the log when `append` has returned, and survives a power cut then.
/// After a failed flush the log takes no more: what the kernel did with the pages is not known (fsync(2) reports an error
/// once).
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

    /// The moments at which a test can let an append fail.
    public enum Moment: Sendable { case write, flush }
    private let fail: (@Sendable (Moment) throws(Fault) -> Void)?

    /// The most bytes of an entry.
    public static let entryLimit = 16 << 20
    /// Entries that are appended together part into lines of about so many bytes.
    static let lineSize = 8 << 20
    static let checkDigits = 16
    static let separator: UInt8 = 0x1E

    /// Opens a log to append to it, making it when it is not there; cuts off what a torn write left at its end.
    ///
    /// - Parameter fail: called before each write and flush; what it throws is taken as their failure.
    public init(
        _ path: String, failing fail: (@Sendable (Moment) throws(Fault) -> Void)? = nil
    ) throws(Fault) {
        (self.path, self.fail) = (path, fail)
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

    /// Appends entries and makes them durable; returns where the log ends now.
    ///
    /// When it throws, none of them counts: what was written is cut off again, or, when that fails too, the log takes no
    /// more. An entry holds neither line ends nor record separators, as JSON does not.
    public func append(_ entries: [[UInt8]]) throws(Fault) -> Int64 {
        let bytes = try Self.lines(entries)
        return try state.withLock { state throws(Fault) in
            if let failure = state.failure { throw failure }
            do throws(Fault) {
                try fail?(.write)
                try file.handle.write(bytes[...])
            } catch {
                state.failure = cut(to: state.length)
                throw error
            }
            do throws(Fault) {
                try fail?(.flush)
                guard fdatasync(file.handle.descriptor) == 0 else { throw Fault.system(errno, "flush \(path)") }
            } catch {
                state.failure = error
                throw error
            }
            state.length += Int64(bytes.count)
            return state.length
        }
    }

    /// Entries as they stand in the file.
    static func lines(_ entries: [[UInt8]]) throws(Fault) -> [UInt8] {
        var (bytes, line): ([UInt8], [UInt8]) = ([], [])
        for (index, entry) in entries.enumerated() {
            precondition(!entry.contains(0x0A) && !entry.contains(separator), "an entry is one line")
            guard entry.count <= entryLimit else {
                throw Fault(.limitExceeded, "a record would have more than \(entryLimit) bytes")
            }
            if !line.isEmpty { line.append(separator) }
            line += entry
            if line.count >= lineSize || index == entries.count - 1 {
                bytes += check(line[...]) + [0x20] + line + [0x0A]
                line = []
            }
        }
        return bytes
    }

    /// Cuts off what was appended behind a place, for whoever cannot keep the promise that the lines make. When that
    /// fails, the log takes no more.
    public func retract(to length: Int64) {
        state.withLock { state in
            guard length < state.length, state.failure == nil else { return }
            if let fault = cut(to: length) { state.failure = fault } else { state.length = length }
        }
    }

    /// Takes no more lines from now on.
    public func stop(_ fault: Fault) { state.withLock { $0.failure = $0.failure ?? fault } }

    private func cut(to length: Int64) -> Fault? {
        guard ftruncate(file.handle.descriptor, off_t(length)) == 0,
            lseek(file.handle.descriptor, off_t(length), SEEK_SET) >= 0, fdatasync(file.handle.descriptor) == 0
        else { return Fault.system(errno, "shorten \(path)") }
        return nil
    }

    /// Calls `body` with each entry from an offset on, and with where its line ends; a damaged line is given as nil.
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
            var searched = rest.count
            rest += more
            var start = 0
            while let end = rest[searched...].firstIndex(of: 0x0A) {
                let place = position + Int64(end + 1)
                if let content = content(of: rest[start..<end]) {
                    for entry in content.split(separator: separator) { try body(entry, place) }
                } else {
                    try body(nil, place)
                }
                start = end + 1
                searched = start
            }
            position += Int64(start)
            rest.removeFirst(start)
            guard rest.count <= entryLimit + lineSize + checkDigits + 1 else {
                throw Fault(.corrupt, "\(path) has a line of more than \(entryLimit) bytes at byte \(position)")
            }
        }
    }

    /// Cuts a last line that is damaged off: a power cut has torn it, since nothing was appended behind it. Not for lines
    /// that were seen whole before, which the caller knows by where they ended; returns whether there was one.
    public func cutTornLine(behind seen: Int64) throws(Fault) -> Bool {
        var (start, last, isDamaged) = (seen, seen, false)
        try Self.read(path, from: seen) { entry, end throws(Fault) in
            if end != last { (start, last) = (last, end) }
            isDamaged = entry == nil
        }
        guard isDamaged else { return false }
        retract(to: start)
        if let failure { throw failure }
        return true
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
