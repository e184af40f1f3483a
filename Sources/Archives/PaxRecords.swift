// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What an extended header says (POSIX.1-2017, pax, “pax Extended Header”), as far as it concerns us.
struct PaxRecords: Sendable {
    var path: String?
    var linkTarget: String?
    var size: Int64?
    var userID: Int64?
    var groupID: Int64?
    var modified: Int64?
    var isSparse = false

    init() {}

    /// Parses `<length> <key>=<value>\n` records; a malformed one throws.
    init(_ bytes: Chunk, source: String) throws(Fault) {
        func malformed() -> Fault { Fault(.invalid, "\(source) has a malformed extended header") }
        var rest = bytes
        while !rest.isEmpty {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard digits.count < 8, let length = Int(String(decoding: digits, as: UTF8.self)), length <= rest.count,
                length > digits.count + 2, rest[digits.endIndex] == 0x20,
                rest[rest.startIndex + length - 1] == 0x0A,
                let equals = rest[..<(rest.startIndex + length)].firstIndex(of: UInt8(ascii: "=")),
                equals > digits.endIndex + 1
            else { throw malformed() }
            let key = String(decoding: rest[(digits.endIndex + 1)..<equals], as: UTF8.self)
            let value = rest[(equals + 1)..<(rest.startIndex + length - 1)]
            rest = rest[(rest.startIndex + length)...]

            if key.hasPrefix("GNU.sparse.") { isSparse = true }
            // An empty value withdraws what a global header said; we accept none of those that matter.
            guard !value.isEmpty, Self.keys.contains(key) else { continue }
            guard let text = String(validating: value, as: UTF8.self), !value.contains(0) else {
                throw Fault(.invalid, "\(source) has an extended header whose “\(key)” has a NUL byte or is not UTF-8")
            }
            switch key {
            case "path": path = text
            case "linkpath": linkTarget = text
            case "mtime":
                // Fractions are dropped.
                guard let seconds = Int64(text.prefix { $0 != "." }) else { throw malformed() }
                modified = seconds
            default:
                guard let number = Int64(text), number >= 0 else { throw malformed() }
                switch key {
                case "size": size = number
                case "uid": userID = number
                default: groupID = number
                }
            }
        }
    }
    private static let keys: Set<String> = ["path", "linkpath", "mtime", "size", "uid", "gid"]

    /// These records, where `others` say nothing.
    func overridden(by others: PaxRecords) -> PaxRecords {
        var result = others
        result.path = others.path ?? path
        result.linkTarget = others.linkTarget ?? linkTarget
        result.size = others.size ?? size
        result.userID = others.userID ?? userID
        result.groupID = others.groupID ?? groupID
        result.modified = others.modified ?? modified
        result.isSparse = others.isSparse || isSparse
        return result
    }

    /// One record; its length counts its own digits.
    static func encode(_ key: String, _ value: String) -> [UInt8] {
        let rest = " \(key)=\(value)\n"
        var length = rest.utf8.count
        while "\(length)".utf8.count + rest.utf8.count != length { length = "\(length)".utf8.count + rest.utf8.count }
        return Array("\(length)\(rest)".utf8)
    }
}
