// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What a delta is made of.
enum DeltaInstruction: Equatable {
    /// Bytes of a base.
    case copy(base: Int, offset: Int64, length: Int64)
    /// Bytes of its own.
    case insert([UInt8])

    /// The byte an instruction begins with; part of the format.
    enum Code: UInt8 {
        case end = 0
        case copy = 1
        case insert = 2
        case insertCompressed = 3
        case copyOn = 4
    }

    /// Appends a number as seven bits a byte, lowest first, the top bit set in all but the last (LEB128).
    static func append(_ number: Int64, to bytes: inout [UInt8]) {
        var rest = UInt64(number)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Reads a number of at most 63 bits, written in as few bytes as it takes; nil when it is none.
    static func number<E: Error>(_ byte: () throws(E) -> UInt8) throws(E) -> Int64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            let byte = try byte()
            number |= UInt64(byte & 0x7F) << shift
            guard byte >= 0x80 else { return byte > 0 || shift == 0 ? Int64(number) : nil }
        }
        return nil
    }
}
