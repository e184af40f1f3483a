// SPDX-License-Identifier: Apache-2.0

/// A path with places that capture.
struct RoutePattern: Sendable {
    enum Part: Sendable, Equatable {
        case literal(Substring)
        case one(String)
        case several(String)
    }
    let parts: [Part]
    /// Where the part is that captures several segments.
    private let middle: Int?
    /// How literal its parts are, one after the other.
    private let rank: [Int]

    /// Parses a pattern. A pattern is a literal in a program, so a wrong one ends it.
    init(_ pattern: String) {
        precondition(pattern.hasPrefix("/"), "a pattern starts with a slash")
        parts = Self.segments(of: pattern).map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(part) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("...") ? .several(String(name.dropLast(3))) : .one(String(name))
        }
        precondition(parts.count { if case .several = $0 { true } else { false } } <= 1, "one {name...} is enough")
        middle = parts.firstIndex { if case .several = $0 { true } else { false } }
        rank = parts.map { part in
            switch part {
            case .literal: 2
            case .one: 1
            case .several: 0
            }
        }
    }

    /// The segments of a path, cut at the bytes that are slashes: a slash and an accent that follows it are one character.
    static func segments(of path: String) -> [Substring] {
        path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map(Substring.init)
    }

    /// What is captured where it matches.
    func captures(_ segments: [Substring]) -> [String: String] {
        let more = segments.count - parts.count
        var captured: [String: String] = [:]
        for (index, part) in parts.enumerated() {
            switch part {
            case .literal: break
            case .one(let name): captured[name] = String(segments[index > middle ?? index ? index + more : index])
            case .several(let name): captured[name] = segments[index...(index + more)].joined(separator: "/")
            }
        }
        return captured
    }

    /// Whether another pattern is literal for longer.
    func isVaguer(than other: RoutePattern) -> Bool { rank.lexicographicallyPrecedes(other.rank) }
}
