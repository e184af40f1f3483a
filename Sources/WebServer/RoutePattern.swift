// SPDX-License-Identifier: Apache-2.0

/// A path with places that capture.
struct RoutePattern: Sendable {
    enum Part: Sendable, Equatable {
        case literal(Substring)
        case one(String)
        case several(String)
    }
    let parts: [Part]

    /// Parses a pattern. A pattern is a literal in a program, so a wrong one ends it.
    init(_ pattern: String) {
        precondition(pattern.hasPrefix("/"), "a pattern starts with a slash")
        parts = pattern.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { part in
            guard part.hasPrefix("{"), part.hasSuffix("}") else { return .literal(part) }
            let name = part.dropFirst().dropLast()
            return name.hasSuffix("...") ? .several(String(name.dropLast(3))) : .one(String(name))
        }
        precondition(parts.count { if case .several = $0 { true } else { false } } <= 1, "one {name...} is enough")
    }

    /// What is captured when it matches. A place captures no empty segment.
    func match(_ segments: [Substring]) -> [String: String]? {
        guard let middle = parts.firstIndex(where: { if case .several = $0 { true } else { false } }) else {
            return parts.count == segments.count ? Self.match(parts[...], segments[...]) : nil
        }
        let behind = parts.count - middle - 1
        guard segments.count >= parts.count, case .several(let name) = parts[middle],
            let before = Self.match(parts[..<middle], segments[..<middle]),
            let after = Self.match(parts.suffix(behind), segments.suffix(behind))
        else { return nil }
        let inside = segments[middle..<(segments.count - behind)]
        guard inside.allSatisfy({ !$0.isEmpty }) else { return nil }
        return before.merging(after) { $1 }.merging([name: inside.joined(separator: "/")]) { $1 }
    }

    private static func match(_ parts: ArraySlice<Part>, _ segments: ArraySlice<Substring>) -> [String: String]? {
        var captured: [String: String] = [:]
        for (part, segment) in zip(parts, segments) {
            switch part {
            // Bytes, not characters: “K” is canonically equal to the Kelvin sign.
            case .literal(let text): guard text.utf8.elementsEqual(segment.utf8) else { return nil }
            case .one(let name), .several(let name):
                guard !segment.isEmpty else { return nil }
                captured[name] = String(segment)
            }
        }
        return captured
    }

    /// Whether another pattern is literal for longer.
    func isVaguer(than other: RoutePattern) -> Bool { rank.lexicographicallyPrecedes(other.rank) }

    private var rank: [Int] {
        parts.map { part in
            switch part {
            case .literal: 2
            case .one: 1
            case .several: 0
            }
        }
    }
}
