// SPDX-License-Identifier: Apache-2.0

#if canImport(Musl)
    internal import Musl
#else
    internal import Glibc
#endif

/// Finds bytes in a text, in linear time: the C library looks for the first byte, which is many times faster than an
/// automaton; where that finds too many, the search of Knuth, Morris and Pratt goes on.
struct LiteralSearch: Sendable {
    let bytes: [UInt8]
    /// For each byte, how many bytes before it are a start of the literal as well.
    private let borders: [Int32]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var borders = [Int32](repeating: 0, count: bytes.count)
        var length = 0
        for index in bytes.indices.dropFirst() {
            while length > 0, bytes[index] != bytes[length] { length = Int(borders[length - 1]) }
            if bytes[index] == bytes[length] { length += 1 }
            borders[index] = Int32(length)
        }
        self.borders = borders
    }

    /// The first place of the literal, at or behind an offset.
    func first(in text: Span<UInt8>, from offset: Int) -> Int? {
        guard let lead = bytes.first else { return offset }
        var place = offset
        var budget = 64 + (text.count - offset) / 4
        while place + bytes.count <= text.count {
            guard let found = Self.first(lead, in: text, from: place), found + bytes.count <= text.count else {
                return nil
            }
            var length = 1
            while length < bytes.count, text[found + length] == bytes[length] { length += 1 }
            if length == bytes.count { return found }
            place = found + 1
            budget -= length + 4
            if budget < 0 { return firstByBorders(in: text, from: place) }
        }
        return nil
    }

    private func firstByBorders(in text: Span<UInt8>, from offset: Int) -> Int? {
        var length = 0
        for place in offset..<text.count {
            while length > 0, text[place] != bytes[length] { length = Int(borders[length - 1]) }
            if text[place] == bytes[length] { length += 1 }
            if length == bytes.count { return place - length + 1 }
        }
        return nil
    }

    private static func first(_ byte: UInt8, in text: Span<UInt8>, from offset: Int) -> Int? {
        unsafe text.withUnsafeBufferPointer { text -> Int? in
            guard let base = text.baseAddress else { return nil }
            guard let found = unsafe memchr(base + offset, Int32(byte), text.count - offset) else { return nil }
            return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
        }
    }
}
