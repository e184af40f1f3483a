// SPDX-License-Identifier: Apache-2.0

/// Writes the fields of one protobuf message. What is zero or empty is still written; who reads takes it as the same.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func text(_ number: Int, _ text: String) {
        tag(number, 2)
        varint(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    mutating func bytes(_ number: Int, _ content: [UInt8]) {
        tag(number, 2)
        varint(UInt64(content.count))
        bytes += content
    }

    mutating func message(_ number: Int, _ message: ProtobufWriter) { bytes(number, message.bytes) }

    mutating func flag(_ number: Int, _ value: Bool) {
        tag(number, 0)
        bytes.append(value ? 1 : 0)
    }

    mutating func integer(_ number: Int, _ value: Int64) {
        tag(number, 0)
        varint(UInt64(bitPattern: value))
    }

    mutating func double(_ number: Int, _ value: Double) {
        tag(number, 1)
        for shift in stride(from: 0, to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> UInt64(shift)))
        }
    }

    private mutating func tag(_ number: Int, _ type: Int) { varint(UInt64(number << 3 | type)) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
