// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Writes the header of one member: ustar, with a pax header in front only for what ustar cannot hold.
enum TarHeader {
    /// The header blocks of an entry; the same bytes for the same entry, always.
    static func encode(_ entry: TarEntry) throws(Fault) -> [UInt8] {
        try check(entry)
        var records: [UInt8] = []
        var (name, prefix) = ("", "")
        if let split = split(entry.path) {
            (name, prefix) = split
        } else {
            records += PaxRecords.encode("path", entry.path)
        }
        var target = ""
        switch entry.kind {
        case .symbolicLink(let text), .hardLink(let text):
            if text.utf8.count <= TarField.linkTarget.count, isASCII(text) {
                target = text
            } else {
                records += PaxRecords.encode("linkpath", text)
            }
        default: break
        }
        func number(_ key: String, _ value: Int64, digits: Int) -> Int64 {
            if value >= 0 && value < 1 << (3 * digits) { return value }
            records += PaxRecords.encode(key, "\(value)")
            return 0
        }
        let userID = number("uid", Int64(entry.userID), digits: 7)
        let groupID = number("gid", Int64(entry.groupID), digits: 7)
        let size = number("size", entry.size, digits: 11)
        let modified = number("mtime", entry.modified, digits: 11)
        let type: UInt8 =
            switch entry.kind {
            case .file: UInt8(ascii: "0")
            case .hardLink: UInt8(ascii: "1")
            case .symbolicLink: UInt8(ascii: "2")
            case .folder: UInt8(ascii: "5")
            case .other(let type): type
            }
        let header = block(
            name: records.isEmpty || !name.isEmpty ? name : "PaxMember", prefix: prefix, mode: entry.mode,
            userID: userID,
            groupID: groupID, size: size, modified: modified, type: type, target: target)
        guard !records.isEmpty else { return header }
        let length = Int64(records.count)
        records += [UInt8](repeating: 0, count: TarField.padding(length))
        return block(
            name: "PaxHeader", prefix: "", mode: 0o644, userID: 0, groupID: 0, size: length, modified: 0,
            type: UInt8(ascii: "x"), target: "") + records + header
    }

    private static func check(_ entry: TarEntry) throws(Fault) {
        guard TarPath.relative(entry.path) != nil, !entry.path.utf8.contains(0) else {
            throw Fault(
                .invalid, "“\(entry.path)” cannot be a path in an archive", fix: "use a relative path without “..”")
        }
        guard entry.size >= 0, entry.kind == .file || entry.size == 0 else {
            throw Fault(.invalid, "“\(entry.path)” cannot have a size of \(entry.size) in an archive")
        }
    }

    /// Name and prefix as ustar wants them; nil when the path does not fit.
    private static func split(_ path: String) -> (name: String, prefix: String)? {
        guard isASCII(path) else { return nil }
        if path.utf8.count <= TarField.name.count { return (path, "") }
        // The shortest prefix that leaves a name of at most 100 bytes.
        let bytes = Array(path.utf8)
        guard bytes.count <= TarField.name.count + 1 + TarField.prefix.count,
            let slash = bytes.indices.dropFirst(bytes.count - TarField.name.count - 1)
                .first(where: { bytes[$0] == UInt8(ascii: "/") }),
            slash > 0, slash <= TarField.prefix.count, slash < bytes.count - 1
        else { return nil }
        return (
            String(decoding: bytes[(slash + 1)...], as: UTF8.self), String(decoding: bytes[..<slash], as: UTF8.self)
        )
    }

    private static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    private static func block(
        name: String, prefix: String, mode: UInt32, userID: Int64, groupID: Int64, size: Int64, modified: Int64,
        type: UInt8, target: String
    ) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: TarField.blockSize)
        func put(_ text: String, _ range: Range<Int>) {
            for (index, byte) in zip(range, text.utf8) { block[index] = byte }
        }
        func put(_ number: Int64, _ range: Range<Int>) {
            let digits = String(number, radix: 8)
            put(String(repeating: "0", count: max(0, range.count - 1 - digits.utf8.count)) + digits, range)
        }
        put(name, TarField.name)
        put(Int64(mode & 0o7777), TarField.mode)
        put(userID, TarField.userID)
        put(groupID, TarField.groupID)
        put(size, TarField.size)
        put(modified, TarField.modified)
        block[TarField.type] = type
        put(target, TarField.linkTarget)
        put("ustar\u{0}00", TarField.magic)
        put(0, TarField.deviceMajor)
        put(0, TarField.deviceMinor)
        put(prefix, TarField.prefix)
        // The sum counts its own field as blanks; it is written as six digits, NUL, blank.
        let sum = block.reduce(TarField.checksum.count * 0x20) { $0 + Int($1) }
        put(Int64(sum), TarField.checksum.lowerBound..<TarField.checksum.upperBound - 1)
        block[TarField.checksum.upperBound - 1] = 0x20
        return block
    }
}
