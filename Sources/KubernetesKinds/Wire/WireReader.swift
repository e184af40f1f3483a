// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Reads the fields of one protobuf message.
struct WireReader {
    /// A value as the wire has it.
    enum Value {
        case varint(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        /// A string, bytes, a message, or packed numbers.
        case bytes(ArraySlice<UInt8>)
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next field; nil at the end of the message.
    mutating func next() throws(Fault) -> (number: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        guard let number = Int(exactly: tag >> 3), (1...0x1FFF_FFFF).contains(number) else {
            throw Self.damaged("a field has the number \(tag >> 3)")
        }
        switch tag & 7 {
        case 0: return (number, .varint(try varint()))
        case 1: return (number, .fixed64(try fixed(8)))
        case 2:
            let length = try varint()
            guard length <= UInt64(rest.count) else { throw Self.damaged("field \(number) ends after the message") }
            let bytes = rest.prefix(Int(length))
            rest = rest.dropFirst(bytes.count)
            return (number, .bytes(bytes))
        case 5: return (number, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
        // Groups; Kubernetes has none.
        default: throw Self.damaged("field \(number) has the wire type \(tag & 7)")
        }
    }

    /// The numbers of a packed list.
    static func varints(_ bytes: ArraySlice<UInt8>) throws(Fault) -> [UInt64] {
        var reader = WireReader(bytes)
        var values: [UInt64] = []
        while !reader.rest.isEmpty { values.append(try reader.varint()) }
        return values
    }

    private mutating func varint() throws(Fault) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            // The tenth byte has room for one bit.
            if shift == 63 && byte > 1 { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw Self.damaged("a number has no end or more than 64 bits")
    }

    private mutating func fixed(_ count: Int) throws(Fault) -> UInt64 {
        guard rest.count >= count else { throw Self.damaged("a number ends after the message") }
        let value = rest.prefix(count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        rest = rest.dropFirst(count)
        return value
    }

    static func damaged(_ what: String) -> Fault {
        Fault(.invalid, "the protobuf body cannot be read: \(what)", fix: "send the object as JSON")
    }
}
