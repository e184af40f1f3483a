// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CZlib

// zlib keeps a pointer back to its `z_stream`, so that lives at a fixed address, owned by one object.
// Both classes are `@safe` because every pointer they hold is private, allocated in `init` and freed in `deinit`.

/// Compresses chunk by chunk into one buffer that is used again and again.
@safe final class Deflater: @unchecked Sendable {
    // Proof of Sendable: the one user keeps it inside a lock and calls it only there.
    private let stream: UnsafeMutablePointer<z_stream>
    private let header: UnsafeMutablePointer<gz_header>
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private var filled = 0
    private var hasEnded = false

    init(level: Int32, memory: Int32 = 8) throws(Fault) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        unsafe header = .allocate(capacity: 1)
        unsafe header.initialize(to: gz_header())
        unsafe buffer = .allocate(capacity: Chunk.preferredSize)
        // 15 bits of window, and 16 for a gzip frame.
        let code = unsafe deflateInit2_(
            stream, level, Z_DEFLATED, 15 + 16, memory, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw Fault(.invalid, "zlib refuses to compress at level \(level)") }
        // The default would say on which system it was made.
        unsafe header.pointee.os = 255
        unsafe deflateSetHeader(stream, header)
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
        unsafe header.deallocate()
        unsafe buffer.deallocate()
    }

    /// Takes input; the rest of it, and a chunk of output when the buffer is full or the end is reached.
    ///
    /// - Parameter isEager: gives what output there is, also when the buffer is not full.
    func process(_ input: Chunk, isLast: Bool, isEager: Bool = false) throws(Fault) -> (rest: Chunk, output: Chunk?) {
        guard !hasEnded else { return ([], nil) }
        var code = Z_OK
        let consumed = unsafe input.withUnsafeBufferPointer { bytes in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(bytes.count)
            unsafe stream.pointee.next_out = buffer.baseAddress! + filled
            unsafe stream.pointee.avail_out = UInt32(buffer.count - filled)
            unsafe code = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            unsafe filled = buffer.count - Int(stream.pointee.avail_out)
            return unsafe bytes.count - Int(stream.pointee.avail_in)
        }
        guard code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR else {
            throw Fault(.internal, "zlib failed to compress: code \(code)")
        }
        hasEnded = code == Z_STREAM_END
        guard unsafe filled == buffer.count || hasEnded || isEager else { return (input.dropFirst(consumed), nil) }
        let output = unsafe Array(buffer[..<filled])
        filled = 0
        return (input.dropFirst(consumed), output[...])
    }
}

/// Expands chunk by chunk into one buffer that is used again and again.
@safe final class Inflater: @unchecked Sendable {
    // Proof of Sendable: the one user keeps it inside a lock and calls it only there.
    private enum Place { case start, inside, behindMember }
    /// Below this much output no ratio is looked at: short content may well be nothing but zeros.
    private static let ratioFloor: Int64 = 16 << 20

    private let source: String
    private let limits: ArchiveLimits
    private let stream: UnsafeMutablePointer<z_stream>
    private let buffer: UnsafeMutableBufferPointer<UInt8>
    private var place = Place.start
    private var taken: Int64 = 0
    private var given: Int64 = 0

    init(source: String, limits: ArchiveLimits) throws(Fault) {
        (self.source, self.limits) = (source, limits)
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        unsafe buffer = .allocate(capacity: Chunk.preferredSize)
        let code = unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw Fault(.internal, "zlib cannot start: code \(code)") }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
        unsafe buffer.deallocate()
    }

    /// Takes input; the rest of it, and a chunk of output if any came out.
    func process(_ input: Chunk, isLast: Bool) throws(Fault) -> (rest: Chunk, output: Chunk?) {
        // Output may be pending inside zlib although all input is consumed, so an empty last call is made as well.
        if input.isEmpty && place != .inside {
            guard place == .behindMember || !isLast else { throw fault(.invalid, "is empty, not gzip") }
            return ([], nil)
        }
        if place == .behindMember {
            guard input.first == 0x1F else { throw fault(.invalid, "goes on behind the end of the gzip data") }
            unsafe inflateReset(stream)
        }
        place = .inside
        var (code, filled) = (Z_OK, 0)
        let consumed = unsafe input.withUnsafeBufferPointer { bytes in
            unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
            unsafe stream.pointee.avail_in = UInt32(bytes.count)
            unsafe stream.pointee.next_out = buffer.baseAddress
            unsafe stream.pointee.avail_out = UInt32(buffer.count)
            unsafe code = inflate(stream, Z_NO_FLUSH)
            unsafe filled = buffer.count - Int(stream.pointee.avail_out)
            return unsafe bytes.count - Int(stream.pointee.avail_in)
        }
        switch code {
        case Z_OK: break
        case Z_STREAM_END: place = .behindMember
        case Z_BUF_ERROR where !isLast || filled > 0: break
        case Z_BUF_ERROR: throw fault(.invalid, "ends too early")
        default:
            let reason = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "code \(code)"
            throw fault(.invalid, "is damaged: \(reason)")
        }
        taken += Int64(consumed)
        given += Int64(filled)
        guard given <= limits.totalSize else {
            throw fault(.limitExceeded, "expands to more than \(ByteCount(limits.totalSize))")
        }
        guard given <= Self.ratioFloor || given / limits.expansionRatio <= taken else {
            throw fault(.limitExceeded, "expands to more than \(limits.expansionRatio) times its size")
        }
        guard filled > 0 else {
            if isLast && place == .inside { throw fault(.invalid, "ends too early") }
            return (input.dropFirst(consumed), nil)
        }
        return (input.dropFirst(consumed), unsafe Array(buffer[..<filled])[...])
    }

    private func fault(_ code: Fault.Code, _ what: String) -> Fault {
        Fault(code, "\(source) \(what)", fix: "get the file again from its origin")
    }
}
