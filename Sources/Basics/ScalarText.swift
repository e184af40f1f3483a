// SPDX-License-Identifier: Apache-2.0

internal import Glibc

// Swift compares strings by canonical equivalence; JSON, signatures and CEL compare code points. UTF-8 orders as code
// points do.
extension String {
    /// Whether both hold the same code points.
    @inlinable
    @inline(__always)
    public func hasSameScalars(as other: String) -> Bool {
        // Strings of the same bits are the same string, whatever the bits mean; most names are short and found so.
        let same = unsafe unsafeBitCast(self, to: (UInt64, UInt64).self)
        let wanted = unsafe unsafeBitCast(other, to: (UInt64, UInt64).self)
        if same == wanted { return true }
        // What is not even canonically equivalent has other code points; for short strings this is a comparison of
        // words.
        return self == other && hasSameBytes(as: other)
    }

    @usableFromInline
    @inline(never)
    func hasSameBytes(as other: String) -> Bool {
        let count = utf8.count
        guard count == other.utf8.count else { return false }
        return unsafe withFastUTF8 { a in
            unsafe other.withFastUTF8 { b in
                // Both hold `count` bytes, checked above.
                unsafe count == 0 || memcmp(a.baseAddress!, b.baseAddress!, count) == 0
            }
        }
    }

    /// Whether this comes before another by code points.
    public func precedesByScalars(_ other: String) -> Bool { compareScalars(with: other) < 0 }

    /// Below, at or above zero as this comes before, with or after another.
    public func compareScalars(with other: String) -> Int {
        unsafe withFastUTF8 { a in
            unsafe other.withFastUTF8 { b in
                let common = min(a.count, b.count)
                // Both hold at least `common` bytes.
                let order = unsafe common == 0 ? 0 : Int(memcmp(a.baseAddress!, b.baseAddress!, common))
                return order != 0 ? order : a.count - b.count
            }
        }
    }

    /// Hashes the code points.
    public func hashScalars(into hasher: inout Hasher) {
        unsafe withFastUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// How many code points there are: the bytes that continue none.
    public var scalarCount: Int {
        unsafe withFastUTF8 { unsafe $0.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) } }
    }

    /// Runs `body` over the UTF-8 bytes, without copying them where the string holds them in one piece.
    @inlinable
    public func withFastUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = unsafe utf8.withContiguousStorageIfAvailable(body) { return result }
        var copy = self
        return copy.withUTF8(body)
    }
}
