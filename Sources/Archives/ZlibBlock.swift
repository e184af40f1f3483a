// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import CZlib

/// Small pieces compressed for themselves, in zlib's format (RFC 1950).
public enum ZlibBlock {
    /// The bytes compressed; at most a little larger than they were.
    ///
    /// - Parameter level: 1 (fast) to 9 (small).
    public static func compressed(_ bytes: Span<UInt8>, level: Int32 = 6) throws(Fault) -> [UInt8] {
        var code = Z_OK
        let packed = unsafe [UInt8](unsafeUninitializedCapacity: Int(compressBound(UInt(bytes.count)))) {
            output, count in
            var length = UInt(output.count)
            code = unsafe bytes.withUnsafeBufferPointer { input in
                unsafe compress2(output.baseAddress, &length, input.baseAddress, UInt(input.count), level)
            }
            count = code == Z_OK ? Int(length) : 0
        }
        guard code == Z_OK else { throw Fault(.internal, "zlib failed to compress: code \(code)") }
        return packed
    }

    /// What was compressed, which must be exactly `count` bytes; never takes more memory than that.
    ///
    /// Throws `.invalid`, naming `thing`, when it is damaged or of another size.
    public static func expanded(_ packed: Chunk, count: Int, of thing: String) throws(Fault) -> [UInt8] {
        var code = Z_OK
        var consumed = UInt(packed.count)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { output, filled in
            var length = UInt(count)
            code = unsafe packed.withUnsafeBufferPointer { input in
                unsafe uncompress2(output.baseAddress, &length, input.baseAddress, &consumed)
            }
            filled = code == Z_OK ? Int(length) : 0
        }
        guard code == Z_OK, bytes.count == count, consumed == packed.count else {
            throw Fault(.invalid, "\(thing) is damaged: it does not expand to \(count) bytes")
        }
        return bytes
    }
}
