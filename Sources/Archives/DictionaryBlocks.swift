// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import CZlib

// zlib keeps a pointer back to its `z_stream`, so that lives at a fixed address, owned by one object.
// Both classes are `@safe` because every pointer they hold is private, allocated in `init` and freed in `deinit`.

/// Compresses block after block into one stream of zlib's format (RFC 1950) that begins with a dictionary which both sides
/// know. Each block can be expanded as soon as it is there. For one user at a time.
@safe public final class BlockCompressor {
    private let stream: UnsafeMutablePointer<z_stream>

    /// Begins a stream. It takes a few KiB, since blocks are thought to be small.
    public init(dictionary: [UInt8], level: Int32 = 6) throws(Fault) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let code = unsafe deflateInit2_(
            stream, level, Z_DEFLATED, 12, 5, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK, unsafe deflateSetDictionary(stream, dictionary, UInt32(dictionary.count)) == Z_OK else {
            throw Fault(.internal, "zlib cannot start with a dictionary")
        }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// The bytes of the stream that hold a block.
    public func compressed(_ block: [UInt8]) throws(Fault) -> [UInt8] {
        var code = Z_OK
        // A flush adds a few bytes to what is the bound without one, and the first block begins the stream.
        let room = Int(compressBound(UInt(block.count))) + 64
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: room) { output, count in
            unsafe block.withUnsafeBufferPointer { input in
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(input.count)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(output.count)
                unsafe code = deflate(stream, Z_SYNC_FLUSH)
            }
            unsafe count = output.count - Int(stream.pointee.avail_out)
        }
        // Room that is left means that all of it was written.
        guard code == Z_OK, packed.count < room else { throw Fault(.internal, "zlib failed to compress: code \(code)") }
        return packed
    }
}

/// Expands what a `BlockCompressor` makes, wherever its blocks end. For one user at a time.
@safe public final class BlockExpander {
    private let stream: UnsafeMutablePointer<z_stream>
    private let dictionary: [UInt8]

    /// Begins a stream.
    public init(dictionary: [UInt8]) throws(Fault) {
        self.dictionary = dictionary
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let code = unsafe inflateInit2_(stream, 15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw Fault(.internal, "zlib cannot start: code \(code)") }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// What one block holds. Throws `.limitExceeded` when that is more than `limit` bytes, of which no more than one is
    /// expanded, and `.corrupt` when it is no block of this stream; nothing can be read from the stream after that.
    public func expanded(_ packed: [UInt8], limit: Int, of thing: String) throws(Fault) -> [UInt8] {
        var (code, left) = (Z_OK, 0)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit + 1) { output, count in
            unsafe packed.withUnsafeBufferPointer { input in
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(input.count)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(output.count)
                unsafe code = inflate(stream, Z_SYNC_FLUSH)
                if code == Z_NEED_DICT {
                    unsafe code = inflateSetDictionary(stream, dictionary, UInt32(dictionary.count))
                    if code == Z_OK { unsafe code = inflate(stream, Z_SYNC_FLUSH) }
                }
                unsafe left = Int(stream.pointee.avail_in)
            }
            unsafe count = output.count - Int(stream.pointee.avail_out)
        }
        guard bytes.count <= limit else {
            throw Fault(.limitExceeded, "\(thing) expand to more than \(ByteCount(Int64(limit)))")
        }
        // No progress is an error only where there was something to make it with.
        guard code == Z_OK || code == Z_BUF_ERROR && packed.isEmpty, left == 0 else {
            throw Fault(.corrupt, "\(thing) are damaged")
        }
        return bytes
    }
}
