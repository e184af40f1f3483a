// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import Glibc

extension String {
    /// A string that is put together in room for so many bytes, which are all it may need.
    init(bytes size: Int, _ body: (inout TextWriter) -> Void) {
        unsafe self.init(unsafeUninitializedCapacity: size) { room in
            var writer = unsafe TextWriter(room)
            body(&writer)
            return writer.count
        }
    }

    /// The text between two bytes that start code points.
    func slice(bytes range: Range<Int>) -> String {
        if range.count == utf8.count { return self }
        return unsafe utf8.span.withUnsafeBufferPointer { bytes in
            precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
            return unsafe String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
        }
    }
}

/// Copies texts one behind the other, never past its room.
@safe struct TextWriter {
    private let room: UnsafeMutableBufferPointer<UInt8>
    /// How many bytes were written.
    private(set) var count = 0

    fileprivate init(_ room: UnsafeMutableBufferPointer<UInt8>) { unsafe self.room = room }

    /// Writes a whole text.
    @inline(__always)
    mutating func append(_ text: String) { append(text, bytes: 0..<text.utf8.count) }

    /// Writes the text between two bytes.
    @inline(__always)
    mutating func append(_ text: String, bytes range: Range<Int>) {
        guard !range.isEmpty else { return }
        unsafe text.utf8.span.withUnsafeBufferPointer { bytes in
            unsafe precondition(
                range.lowerBound >= 0 && range.upperBound <= bytes.count && range.count <= room.count - count)
            // Both ranges were checked; they are not empty, so both have an address.
            unsafe memcpy(room.baseAddress! + count, bytes.baseAddress! + range.lowerBound, range.count)
        }
        count += range.count
    }

    /// Writes each byte of a text as another.
    @inline(__always)
    mutating func append(_ text: String, mapping: (UInt8) -> UInt8) {
        unsafe text.utf8.span.withUnsafeBufferPointer { bytes in
            unsafe precondition(bytes.count <= room.count - count)
            let start = count
            for index in 0..<bytes.count { unsafe room[start + index] = unsafe mapping(bytes[index]) }
        }
        count += text.utf8.count
    }
}
