// SPDX-License-Identifier: Apache-2.0

/// Turns the codes of a block into tokens: the loop that all bytes of a gzip go through.
enum TokenDecoder {
    /// Why the loop ended: at the end of the block, without room or input, or at bits that stand for nothing.
    enum End { case end, more, damaged }

    /// Turns codes into tokens until the block, the room or the input ends.
    static func decode(
        _ input: UnsafeRawPointer, _ cursor: inout Int, stop: Int, _ literals: DecodingTable,
        _ distances: DecodingTable, _ output: TransformOutput
    ) -> End {
        // Proof: a turn begins with `position` below `stop` and reads eight bytes there, and eight more at most eight
        // bytes further on, and all input is readable to 32 bytes behind `stop`. It begins below `limit` and writes at
        // most eight bytes, and the output has `stepSize` bytes behind `limit`. Tables are indexed through their masks.
        // Bits from `have` on are either 0 or right, so that reading them again changes nothing.
        let (out, limit) = unsafe (output.start, output.limit)
        let (codes, distanceCodes) = unsafe (literals.entries, distances.entries)
        let (mask, distanceMask) = (literals.mask, distances.mask)
        var filled = output.count
        var position = cursor >> 3
        guard position < stop else { return .more }
        let shift = cursor & 7
        var bits = unsafe UInt64(littleEndian: input.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        bits >>= UInt64(shift)
        var have = 56 &- shift
        position &+= 7
        defer {
            cursor = position &* 8 &- have
            output.count = filled
        }
        while position < stop, filled < limit {
            unsafe bits |=
                UInt64(littleEndian: input.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                &<< UInt64(truncatingIfNeeded: have)
            position &+= (63 &- have) &>> 3
            have |= 56
            var entry = unsafe codes[Int(truncatingIfNeeded: bits & mask)]
            if entry & DecodingTable.Kind.mask == DecodingTable.Kind.literal {
                unsafe UnsafeMutableRawPointer(out + filled)
                    .storeBytes(of: UInt16(truncatingIfNeeded: entry &>> 16).littleEndian, as: UInt16.self)
                filled &+= Int(truncatingIfNeeded: entry &>> 4 & 15)
                bits &>>= UInt64(entry & 15)
                have &-= Int(truncatingIfNeeded: entry & 15)
                entry = unsafe codes[Int(truncatingIfNeeded: bits & mask)]
                if entry & DecodingTable.Kind.mask == DecodingTable.Kind.literal {
                    unsafe UnsafeMutableRawPointer(out + filled)
                        .storeBytes(of: UInt16(truncatingIfNeeded: entry &>> 16).littleEndian, as: UInt16.self)
                    filled &+= Int(truncatingIfNeeded: entry &>> 4 & 15)
                    bits &>>= UInt64(entry & 15)
                    have &-= Int(truncatingIfNeeded: entry & 15)
                    continue
                }
                unsafe bits |=
                    UInt64(littleEndian: input.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                    &<< UInt64(truncatingIfNeeded: have)
                position &+= (63 &- have) &>> 3
                have |= 56
            }
            if entry == 0 {
                entry = literals.longEntry(bits)
                guard entry != 0 else { return .damaged }
            }
            bits &>>= UInt64(entry & 15)
            have &-= Int(truncatingIfNeeded: entry & 15)
            switch entry & DecodingTable.Kind.mask {
            case DecodingTable.Kind.literal:
                unsafe UnsafeMutableRawPointer(out + filled)
                    .storeBytes(of: UInt16(truncatingIfNeeded: entry &>> 16).littleEndian, as: UInt16.self)
                filled &+= Int(truncatingIfNeeded: entry &>> 4 & 15)
            case DecodingTable.Kind.end: return .end
            default:
                let extra = UInt64(entry &>> 4 & 15)
                let length = UInt64(entry &>> 16) &+ bits & (1 &<< extra &- 1)
                // The longest match, written as one of the second longest kind, would be written differently again.
                guard length < 255 || extra == 0 else { return .damaged }
                bits &>>= extra
                var distance = unsafe distanceCodes[Int(truncatingIfNeeded: bits & distanceMask)]
                if distance == 0 {
                    distance = distances.longEntry(bits)
                    guard distance != 0 else { return .damaged }
                }
                bits &>>= UInt64(distance & 15)
                let more = UInt64(distance &>> 4 & 15)
                let back = UInt64(distance &>> 16) &+ bits & (1 &<< more &- 1)
                bits &>>= more
                have &-= Int(truncatingIfNeeded: extra &+ UInt64(distance & 15) &+ more)
                let token = UInt64(TokenForm.match) | length &<< 8 | back &<< 16
                unsafe UnsafeMutableRawPointer(out + filled)
                    .storeBytes(of: UInt32(truncatingIfNeeded: token).littleEndian, as: UInt32.self)
                filled &+= TokenForm.matchSize
            }
        }
        return .more
    }
}
