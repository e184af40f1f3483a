// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What other systems pass along with a trace: `tracestate` of W3C Trace Context section 3.3. We read it to hand it on.
struct TraceState: Hashable, Sendable {
    /// `key=value`, in their order; each key once.
    private(set) var members: [String] = []

    /// The most members (section 3.3.1.1).
    static let memberLimit = 32
    /// The most bytes that are read; what is longer is ignored as a whole.
    static let readLimit = 8 * 1024
    /// The bytes that everybody has to take (section 3.3.1.5); we send no more.
    static let sendLimit = 512

    /// Nothing.
    init() {}

    /// The field's values, joined when it was sent several times; nil when any of it is against the grammar.
    init?(_ fields: [String]) {
        guard fields.reduce(0, { $0 + $1.utf8.count + 1 }) <= Self.readLimit else { return nil }
        var keys: Set<Substring> = []
        for part in fields.joined(separator: ",").split(separator: ",") {
            let member = part.drop { $0 == " " || $0 == "\t" }
            let end = member.lastIndex { $0 != " " && $0 != "\t" }.map(member.index(after:)) ?? member.startIndex
            let trimmed = member[..<end]
            // Empty members are allowed.
            guard !trimmed.isEmpty else { continue }
            guard let equals = trimmed.firstIndex(of: "="), Self.isKey(trimmed[..<equals].utf8),
                Self.isValue(trimmed[trimmed.index(after: equals)...].utf8),
                keys.insert(trimmed[..<equals]).inserted, keys.count <= Self.memberLimit
            else { return nil }
            members.append(String(trimmed))
        }
    }

    /// What is sent on: of too much, large members go first, then the last ones (section 3.3.1.5); nil for nothing.
    var text: String? {
        var kept = members
        func size() -> Int { kept.reduce(-1) { $0 + $1.utf8.count + 1 } }
        if size() > Self.sendLimit { kept.removeAll { $0.utf8.count > 128 } }
        while size() > Self.sendLimit { kept.removeLast() }
        return kept.isEmpty ? nil : kept.joined(separator: ",")
    }

    /// A key: a lower-case letter, or a letter or digit before `@` and a letter behind it (section 3.3.1.3.1).
    private static func isKey(_ key: Substring.UTF8View) -> Bool {
        guard (1...256).contains(key.count) else { return false }
        let parts = key.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        func isAllowed(_ byte: UInt8) -> Bool {
            isLetter(byte) || isDigit(byte) || [0x5F, 0x2D, 0x2A, 0x2F].contains(byte)
        }
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isAllowed) }),
            let first = parts[0].first, let last = parts.last?.first
        else { return false }
        if parts.count == 1 { return isLetter(first) }
        return (isLetter(first) || isDigit(first)) && parts[0].count <= 241 && isLetter(last) && parts[1].count <= 14
    }

    /// A value: printable ASCII but `,` and `=`, not ending with a space (section 3.3.1.3.2).
    private static func isValue(_ value: Substring.UTF8View) -> Bool {
        guard (1...256).contains(value.count), value.last != 0x20 else { return false }
        return value.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x2C && $0 != 0x3D }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
