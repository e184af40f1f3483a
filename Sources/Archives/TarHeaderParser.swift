// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Turns header blocks into entries: the rules of reading, without any input or output.
///
/// The caller hands in one block after another; after `.metadata` it hands in the bytes of that record too.
struct TarHeaderParser: Sendable {
    enum Step {
        /// The block introduces a record of so many bytes that belongs to a later member.
        case metadata(size: Int)
        /// The block describes a member.
        case entry(TarEntry)
        /// The block is a zero block: the archive ends here.
        case end
    }
    private enum Record { case extended, global, longName, longTarget }

    /// More than any writer puts into one extended header; names have the limit of paths.
    private static let recordLimit: Int64 = 1 << 20

    let source: String
    let limits: ArchiveLimits
    private(set) var count = 0
    private var total: Int64 = 0
    private var paths: Set<String> = []
    private var expected: Record?
    private var records = 0
    private var extended: PaxRecords?
    private var global = PaxRecords()
    private var longName: String?
    private var longTarget: String?

    init(source: String, limits: ArchiveLimits) { (self.source, self.limits) = (source, limits) }

    /// Reads one block of 512 bytes.
    mutating func accept(_ block: Chunk) throws(Fault) -> Step {
        guard try isHeader(block) else {
            guard extended == nil, longName == nil, longTarget == nil else {
                throw invalid("ends between an extended header and its member")
            }
            return .end
        }
        let size = try number(block, TarField.size, "size")
        switch block[block.startIndex + TarField.type] {
        case UInt8(ascii: "x"): return try metadata(.extended, size, extended == nil, Self.recordLimit)
        case UInt8(ascii: "g"): return try metadata(.global, size, true, Self.recordLimit)
        case UInt8(ascii: "L"): return try metadata(.longName, size, longName == nil, Int64(limits.pathLength) + 1)
        case UInt8(ascii: "K"): return try metadata(.longTarget, size, longTarget == nil, Int64(limits.pathLength) + 1)
        case let type: return .entry(try entry(block, type: type, size: size))
        }
    }

    /// Reads the bytes of the record that the last block introduced.
    mutating func acceptMetadata(_ bytes: Chunk) throws(Fault) {
        switch expected.take() {
        case .extended: extended = try PaxRecords(bytes, source: source)
        case .global:
            let records = try PaxRecords(bytes, source: source)
            guard records.path == nil, records.linkTarget == nil, records.size == nil else {
                throw invalid("has a global header that renames or resizes members")
            }
            global = global.overridden(by: records)
        case .longName: longName = try text(bytes, "a long name")
        case .longTarget: longTarget = try text(bytes, "a long link target")
        case nil: break
        }
    }

    private mutating func metadata(
        _ record: Record, _ size: Int64, _ isFirst: Bool, _ limit: Int64
    ) throws(Fault) -> Step {
        guard isFirst else { throw invalid("has two extended headers for one member") }
        guard size <= limit else {
            throw Fault(.limitExceeded, "\(source) has a header of \(ByteCount(size)), more than \(ByteCount(limit))")
        }
        records += 1
        guard records <= 2 * limits.entries else { throw tooMany() }
        expected = record
        return .metadata(size: Int(size))
    }

    private mutating func entry(_ block: Chunk, type: UInt8, size: Int64) throws(Fault) -> TarEntry {
        defer { (extended, longName, longTarget) = (nil, nil, nil) }
        let pax = global.overridden(by: extended ?? PaxRecords())
        let path: String
        if let long = pax.path ?? longName { path = long } else { path = try name(block) }
        let clean = try relative(path)
        guard paths.insert(clean).inserted else { throw invalid("has the member “\(clean)” twice") }
        count += 1
        guard count <= limits.entries else { throw tooMany() }

        let target = try linkTarget(block, type: type, long: pax.linkTarget ?? longTarget)
        let kind: TarEntry.Kind
        switch type {
        // V7 wrote folders as files whose name ends in a slash.
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): kind = path.hasSuffix("/") ? .folder : .file
        case UInt8(ascii: "1"): kind = .hardLink(target)
        case UInt8(ascii: "2"): kind = .symbolicLink(target)
        case UInt8(ascii: "5"): kind = .folder
        case UInt8(ascii: "S"): throw sparse(clean)
        default: kind = .other(type)
        }
        if pax.isSparse { throw sparse(clean) }
        let size = pax.size ?? size
        // Readers differ in whether content follows such a header, which lets one archive mean two things.
        let isHeaderOnly: Bool =
            switch kind {
            case .file: false
            case .other(let type): (UInt8(ascii: "3")...UInt8(ascii: "6")).contains(type)
            default: true
            }
        guard !isHeaderOnly || size == 0 else {
            throw invalid("says that “\(clean)” has content, but it is not a file")
        }
        guard size <= limits.entrySize, total <= limits.totalSize - size else {
            let limit = size <= limits.entrySize ? limits.totalSize : limits.entrySize
            throw Fault(
                .limitExceeded, "\(source) goes beyond \(ByteCount(limit)) with “\(clean)” of \(ByteCount(size))")
        }
        total += size
        let userID = try number(block, TarField.userID, "user")
        let groupID = try number(block, TarField.groupID, "group")
        let modified = try number(block, TarField.modified, "time", mayBeNegative: true)
        return TarEntry(
            path: clean, kind: kind, size: size, mode: UInt32(try number(block, TarField.mode, "mode") & 0o7777),
            userID: Int(pax.userID ?? userID), groupID: Int(pax.groupID ?? groupID), modified: pax.modified ?? modified)
    }

    // MARK: Fields

    /// Whether the block is a header, not a zero block; a wrong checksum throws.
    private func isHeader(_ block: Chunk) throws(Fault) -> Bool {
        var sum = 0
        for byte in block { sum += Int(byte) }
        guard sum != 0 else { return false }
        for byte in block[in: TarField.checksum] { sum -= Int(byte) - 0x20 }
        let stated: Int64?
        do throws(Fault) {
            stated = try number(block, TarField.checksum, "checksum")
        } catch {
            // What has no checksum at its beginning is something else altogether.
            guard count == 0 else { throw error }
            stated = nil
        }
        guard stated == Int64(sum) else {
            throw invalid(count == 0 ? "is not a tar archive" : "has a damaged header behind member \(count)")
        }
        return true
    }

    /// Octal digits, or base-256 when the first bit is set (GNU tar).
    private func number(
        _ block: Chunk, _ range: Range<Int>, _ field: String, mayBeNegative: Bool = false
    ) throws(Fault) -> Int64 {
        var bytes = block[in: range]
        var value: Int64 = 0
        if let first = bytes.first, first & 0x80 != 0 {
            let isNegative = first & 0x40 != 0
            guard !isNegative || mayBeNegative else { throw invalid("has a negative \(field)") }
            value = Int64(first & 0x3F) - (isNegative ? 64 : 0)
            for byte in bytes.dropFirst() {
                guard abs(value) < 1 << 54 else { throw invalid("has a \(field) that is too large") }
                value = value << 8 | Int64(byte)
            }
            return value
        }
        bytes = bytes.drop { $0 == 0x20 }
        if let end = bytes.firstIndex(where: { $0 == 0 || $0 == 0x20 }) {
            guard bytes[end...].allSatisfy({ $0 == 0 || $0 == 0x20 }) else {
                throw invalid("has no number as \(field)")
            }
            bytes = bytes[..<end]
        }
        for byte in bytes {
            guard (0x30...0x37).contains(byte) else { throw invalid("has no number as \(field)") }
            value = value << 3 | Int64(byte - 0x30)
        }
        return value
    }

    private func name(_ block: Chunk) throws(Fault) -> String {
        let name = try text(block[in: TarField.name], "a name")
        // GNU and V7 headers have other things in the place of the prefix.
        guard block[in: TarField.magic].elementsEqual("ustar\u{0}00".utf8) else { return name }
        let prefix = try text(block[in: TarField.prefix], "a name")
        return prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    private func linkTarget(_ block: Chunk, type: UInt8, long: String?) throws(Fault) -> String {
        guard (UInt8(ascii: "1")...UInt8(ascii: "2")).contains(type) else { return "" }
        guard let long else { return try text(block[in: TarField.linkTarget], "a link") }
        guard long.utf8.count <= limits.pathLength else { throw tooLong(long) }
        return long
    }

    /// Text that ends at the first NUL, with nothing behind it.
    private func text(_ bytes: Chunk, _ thing: String) throws(Fault) -> String {
        let end = bytes.firstIndex(of: 0) ?? bytes.endIndex
        guard bytes[end...].allSatisfy({ $0 == 0 }) else { throw invalid("has \(thing) with a NUL byte inside") }
        guard let text = String(validating: bytes[..<end], as: UTF8.self) else {
            throw invalid("has \(thing) that is not UTF-8")
        }
        return text
    }

    private func relative(_ path: String) throws(Fault) -> String {
        guard path.utf8.count <= limits.pathLength else { throw tooLong(path) }
        guard let clean = TarPath.relative(path) else {
            throw invalid(
                path.isEmpty ? "has a member without a name" : "has the member “\(path)”, which leads outside")
        }
        return clean
    }

    private func invalid(_ what: String) -> Fault {
        Fault(.invalid, "\(source) \(what)", fix: "get the archive again from its origin, or pack it anew with GNU tar")
    }
    private func tooLong(_ path: String) -> Fault {
        Fault(.limitExceeded, "\(source) has a path of \(path.utf8.count) bytes, more than \(limits.pathLength)")
    }
    private func sparse(_ path: String) -> Fault {
        Fault(.unsupported, "\(source) has “\(path)” as a sparse file", fix: "pack it without --sparse")
    }
    private func tooMany() -> Fault { Fault(.limitExceeded, "\(source) has more than \(limits.entries) members") }
}

/// The rules for paths inside archives.
enum TarPath {
    /// The path without `.`, doubled and trailing slashes; nil when it is empty, absolute, or has a `..`.
    static func relative(_ path: String) -> String? {
        guard let first = path.utf8.first, first != UInt8(ascii: "/") else { return nil }
        let parts = path.utf8.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }
        guard !parts.contains(where: { $0.elementsEqual("..".utf8) }) else { return nil }
        return parts.isEmpty ? "." : parts.map { String(Substring($0)) }.joined(separator: "/")
    }
}

extension Chunk {
    /// The part at these offsets from the start.
    subscript(in range: Range<Int>) -> Chunk { self[startIndex + range.lowerBound..<startIndex + range.upperBound] }
}
