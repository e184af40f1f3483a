// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Writes large contents to a file past the page cache, where the file system allows it.
///
/// What is written once to be carried on gains nothing from the cache: each page would have to be found, copied to and
/// written later, and would push out what others read. Whole blocks go to the device with `O_DIRECT` (open(2)), what
/// is left at either end goes the usual way; on file systems that refuse the flag, everything does.
///
/// At most `bufferSize` bytes are in memory and not yet in the file; `finish` writes them. A writer that is given up
/// without it leaves a shorter file behind.
public struct DirectFileWriter: ~Copyable, Sendable {
    /// How much is written at once, in bytes; larger pieces gain nothing.
    public static let bufferSize = 256 * 1024
    /// Offsets, sizes and addresses of direct writes are multiples of it: a page, which suffices for devices in use.
    private static let blockSize = 4096

    private let file: FileHandle
    /// Where in the file the byte behind the buffer belongs.
    private var end: Int64
    private let buffer = BlockBuffer(capacity: bufferSize, alignment: blockSize)
    /// Whether the descriptor has the flag now.
    private var isDirect = false
    /// Whether the file system takes direct writes, as far as is known.
    private var mayBeDirect = true

    /// Continues a file at a position; what stands behind it is overwritten, not cut off.
    ///
    /// - Parameter file: open for writing, not in append mode.
    public init(_ file: consuming FileHandle, at position: Int64 = 0) {
        self.file = file
        end = position
    }

    /// Appends bytes.
    public mutating func write(_ bytes: Chunk) throws(Fault) {
        var rest = bytes
        while !rest.isEmpty {
            let misaligned = buffer.isEmpty ? Int(end % Int64(Self.blockSize)) : 0
            if mayBeDirect, misaligned == 0 {
                let count = buffer.append(rest)
                end += Int64(count)
                rest = rest.dropFirst(count)
                if buffer.isFull { try flush() }
            } else {
                let plain = mayBeDirect ? rest.prefix(Self.blockSize - misaligned) : rest
                try writePlain(plain)
                end += Int64(plain.count)
                rest = rest.dropFirst(plain.count)
            }
        }
    }

    /// Writes what is still in memory.
    public mutating func finish() throws(Fault) {
        try flush()
        setDirect(false)
    }

    /// Makes everything that was written survive a power cut.
    public mutating func synchronize() throws(Fault) {
        try finish()
        try file.synchronize()
    }

    private mutating func writePlain(_ bytes: Chunk) throws(Fault) {
        setDirect(false)
        var fault: Fault?
        unsafe bytes.withUnsafeBytes { bytes in
            do throws(Fault) { try unsafe put(bytes, at: end) } catch { fault = error }
        }
        if let fault { throw fault }
    }

    /// Writes the buffer: its whole blocks directly, the rest the usual way.
    private mutating func flush() throws(Fault) {
        let start = end - Int64(buffer.count)
        let blocks = buffer.count - buffer.count % Self.blockSize
        if blocks > 0 {
            setDirect(mayBeDirect)
            try unsafe put(UnsafeRawBufferPointer(rebasing: buffer.bytes[..<blocks]), at: start)
        }
        if blocks < buffer.count {
            setDirect(false)
            try unsafe put(UnsafeRawBufferPointer(rebasing: buffer.bytes[blocks...]), at: start + Int64(blocks))
        }
        buffer.removeAll()
    }

    private mutating func put(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws(Fault) {
        var done = 0
        while done < bytes.count {
            let count = unsafe pwrite(
                file.descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset) + done)
            if count > 0 {
                done += count
            } else if count < 0, errno == EINVAL, isDirect {
                // Blocks of the device are larger than a page, or a full device took a part of one.
                mayBeDirect = false
                setDirect(false)
            } else if count == 0 || errno != EINTR {
                throw Fault.system(count == 0 ? ENOSPC : errno, "write \(file.path)")
            }
        }
    }

    /// Sets or clears the flag.
    private mutating func setDirect(_ wanted: Bool) {
        guard wanted != isDirect else { return }
        let flags = fcntl(file.descriptor, F_GETFL)
        let result = fcntl(file.descriptor, F_SETFL, wanted ? flags | __O_DIRECT : flags & ~__O_DIRECT)
        if wanted, result != 0 { mayBeDirect = false } else { isDirect = wanted }
    }
}

/// Memory that begins at a multiple of a block's size and fills from its start; taken when first needed.
///
/// A class, since the metadata of a private structure that cannot be copied is not found by other modules in optimised
/// builds (Swift 6.3). `@unchecked Sendable`: the one writer that made it owns it and cannot be copied.
@safe private final class BlockBuffer: @unchecked Sendable {
    private let capacity: Int
    private let alignment: Int
    private var memory: UnsafeMutableRawBufferPointer?
    private(set) var count = 0

    init(capacity: Int, alignment: Int) { (self.capacity, self.alignment) = (capacity, alignment) }

    deinit { unsafe memory?.deallocate() }

    var isEmpty: Bool { count == 0 }
    var isFull: Bool { count == capacity }
    /// What is in it; valid until the next change.
    var bytes: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(start: memory?.baseAddress, count: count) }

    /// Takes as many of the bytes as there is room for, and says how many.
    func append(_ more: Chunk) -> Int {
        let room = unsafe memory ?? .allocate(byteCount: capacity, alignment: alignment)
        unsafe memory = room
        let taken = more.prefix(capacity - count)
        unsafe taken.withUnsafeBytes {
            unsafe UnsafeMutableRawBufferPointer(rebasing: room[count...]).copyMemory(from: $0)
        }
        count += taken.count
        return taken.count
    }

    func removeAll() { count = 0 }
}
