// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography

/// The first 512 bytes of a volume: what it is a part of, which part, and the digests of both.
///
/// Numbers are big-endian. Bytes 0–15 magic, 16–17 version, 18–19 zero, 20–23 number, 24–27 count, 28–31 zero, 32–39
/// size of the whole, 40–47 largest size of a volume, 48–79 set, 80–111 digest of this volume's payload, 112–143 digest
/// of the whole, 144–479 zero, 480–511 digest of the bytes before. Digests are SHA-256. Where a payload belongs and how
/// long it is follow from number, count and sizes, so that no two headers can disagree about it (docs/formats.md).
public struct VolumeHeader: Hashable, Sendable {
    /// How many bytes a header has.
    public static let byteCount = 512
    /// The most volumes of one set.
    public static let countLimit = 100_000
    /// The fewest bytes a volume may be limited to.
    public static let smallestSize: Int64 = 4096
    /// The most bytes of a whole.
    public static let totalLimit: Int64 = 1 << 50
    static let magic = Array("SovereignVolume\n".utf8)
    private static let version = 1

    /// Which volume of the set it is, counted from 1.
    public let number: Int
    /// How many volumes the set has.
    public let count: Int
    /// How many bytes all payloads have together.
    public let totalSize: Int64
    /// The most bytes a volume of the set has, with its header.
    public let volumeSize: Int64
    /// Identifies the set: the same content cut in the same way gives the same set.
    public let set: Digest
    /// The digest of this volume's payload.
    public let payload: Digest
    /// The digest of the whole.
    public let whole: Digest

    /// The bytes of the whole that this volume holds.
    public var range: Range<Int64> {
        let capacity = volumeSize - Int64(Self.byteCount)
        let start = Int64(number - 1) * capacity
        return start..<min(start + capacity, totalSize)
    }

    /// Describes a volume.
    init(
        number: Int, count: Int, totalSize: Int64, volumeSize: Int64, set: Digest, payload: Digest, whole: Digest
    ) {
        (self.number, self.count, self.totalSize, self.volumeSize) = (number, count, totalSize, volumeSize)
        (self.set, self.payload, self.whole) = (set, payload, whole)
    }

    /// What identifies the set with these payloads: no volume can be exchanged without changing it.
    static func set(totalSize: Int64, volumeSize: Int64, whole: Digest, payloads: [Digest]) -> Digest {
        var hasher = DigestHasher()
        hasher.update(Array("sovereign volume set 1\n".utf8)[...])
        var field = BigEndianField()
        field.put(UInt64(totalSize), bytes: 8)
        field.put(UInt64(volumeSize), bytes: 8)
        field.put(UInt64(payloads.count), bytes: 4)
        hasher.update(field.bytes[...])
        for digest in [whole] + payloads { hasher.update(digest.bytes[...]) }
        return hasher.finalize()
    }

    /// Whether a file that begins so is meant to be a volume.
    static func isVolume(_ prefix: Chunk) -> Bool { prefix.starts(with: magic) }

    /// The bytes of the header.
    func encoded() -> [UInt8] {
        var field = BigEndianField(Self.magic)
        field.put(UInt64(Self.version), bytes: 2)
        field.put(0, bytes: 2)
        field.put(UInt64(number), bytes: 4)
        field.put(UInt64(count), bytes: 4)
        field.put(0, bytes: 4)
        field.put(UInt64(totalSize), bytes: 8)
        field.put(UInt64(volumeSize), bytes: 8)
        let body = field.bytes + set.bytes + payload.bytes + whole.bytes
        let sealed = body + [UInt8](repeating: 0, count: Self.byteCount - 32 - body.count)
        return sealed + Digest(of: sealed).bytes
    }

    /// Reads a header, strictly: what is accepted gives the same bytes when it is encoded.
    ///
    /// Throws `.invalid` when it is none, `.mismatch` when it is damaged, `.unsupported` for another version.
    public init(parsing bytes: Chunk, source: String) throws(Fault) {
        guard Self.isVolume(bytes) else {
            throw Fault(
                .invalid, "\(source) is no volume, or its first bytes are damaged",
                fix: "check the path; if it is one, copy it again")
        }
        let bytes = Array(bytes)
        guard bytes.count == Self.byteCount else {
            throw Fault(
                .mismatch, "\(source) is damaged: it ends within its header", fix: "copy this volume again")
        }
        func number(_ offset: Int, _ count: Int) -> UInt64 {
            bytes[offset..<offset + count].reduce(0) { $0 << 8 | UInt64($1) }
        }
        func digest(_ offset: Int) throws(Fault) -> Digest {
            try Digest(algorithm: .sha256, hex: bytes[offset..<offset + 32].hex)
        }
        let body = bytes[..<(Self.byteCount - 32)]
        guard Digest(of: body).bytes == Array(bytes[(Self.byteCount - 32)...]) else {
            throw Fault(.mismatch, "\(source) is damaged: its header has been altered", fix: "copy this volume again")
        }
        guard number(16, 2) == Self.version else {
            throw Fault(
                .unsupported, "\(source) is a volume of version \(number(16, 2)); only \(Self.version) is known",
                fix: "use a newer version of ocm")
        }
        let (total, size) = (number(32, 8), number(40, 8))
        let capacity = size &- UInt64(Self.byteCount)
        guard number(18, 2) == 0, number(28, 4) == 0, body[144...].allSatisfy({ $0 == 0 }),
            (1...UInt64(Self.totalLimit)).contains(total),
            (UInt64(Self.smallestSize)...UInt64(Int64.max)).contains(size),
            case let count = (total - 1) / capacity + 1, count <= Self.countLimit, number(24, 4) == count,
            (1...count).contains(number(20, 4))
        else {
            throw Fault(
                .corrupt, "the header of \(source) contradicts itself", fix: "refuse this volume; no release has such")
        }
        self.init(
            number: Int(number(20, 4)), count: Int(count), totalSize: Int64(total), volumeSize: Int64(size),
            set: try digest(48), payload: try digest(80), whole: try digest(112))
    }
}

/// Bytes that numbers are appended to, the highest byte first.
private struct BigEndianField {
    private(set) var bytes: [UInt8]

    init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    mutating func put(_ value: UInt64, bytes count: Int) {
        for shift in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * shift))) }
    }
}
