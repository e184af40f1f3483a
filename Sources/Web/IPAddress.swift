// SPDX-License-Identifier: Apache-2.0

/// An IPv4 or IPv6 address without a zone, as Go's `netip.Addr`.
public struct IPAddress: Hashable, Comparable, Sendable {
    /// The version of the protocol; the raw value is its number.
    public enum Family: Int, Sendable { case v4 = 4, v6 = 6 }

    /// IPv4 or IPv6; an IPv4 address mapped into IPv6 is IPv6.
    public let family: Family
    /// The address as a number; below 2^32 for IPv4.
    let bits: UInt128

    init(family: Family, bits: UInt128) { (self.family, self.bits) = (family, bits) }

    /// An address from 4 or 16 bytes, the highest first; nil for another count.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.init(family: bytes.count == 4 ? .v4 : .v6, bits: bytes.reduce(0) { $0 << 8 | UInt128($1) })
    }

    /// The 4 or 16 bytes, the highest first.
    public var bytes: [UInt8] {
        stride(from: bitCount - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> UInt128($0)) }
    }

    /// The number of bits: 32 or 128.
    public var bitCount: Int { family == .v4 ? 32 : 128 }

    /// IPv4 comes before IPv6, then smaller numbers come first.
    public static func < (a: IPAddress, b: IPAddress) -> Bool {
        (a.family.rawValue, a.bits) < (b.family.rawValue, b.bits)
    }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text: dotted decimal, or RFC 5952 with the IPv4 part of a mapped address in dotted decimal.
    public var description: String {
        if family == .v4 { return bytes.map { String($0) }.joined(separator: ".") }
        if let mapped { return "::ffff:\(mapped)" }
        let groups = stride(from: 112, through: 0, by: -16).map { UInt16(truncatingIfNeeded: bits >> UInt128($0)) }
        let texts = groups.map { String($0, radix: 16) }
        guard let zeros = Self.longestZeros(groups) else { return texts.joined(separator: ":") }
        return texts[..<zeros.lowerBound].joined(separator: ":") + "::"
            + texts[zeros.upperBound...].joined(separator: ":")
    }

    /// The first of the longest runs of zeros; one zero alone is no run (RFC 5952 section 4.2).
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var longest: Range<Int>?
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start >= max(2, (longest?.count ?? 1) + 1) { longest = start..<end }
            start = end + 1
        }
        return longest
    }
}
