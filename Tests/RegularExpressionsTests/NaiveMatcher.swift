// SPDX-License-Identifier: Apache-2.0

import TestInputs

/// A pattern as a tree that the tests make themselves, so that nothing of the parser is used to check it.
indirect enum SamplePattern: Sendable {
    case literal(Unicode.Scalar)
    case any
    case set(String, @Sendable (Unicode.Scalar) -> Bool)
    case assertion(String, @Sendable (_ before: Unicode.Scalar?, _ after: Unicode.Scalar?) -> Bool)
    case group(Int, SamplePattern)
    case sequence([SamplePattern])
    case alternatives([SamplePattern])
    case repetition(SamplePattern, Int, Int?, isGreedy: Bool)

    var text: String {
        switch self {
        case .literal(let scalar): String(scalar)
        case .any: "."
        case .set(let text, _), .assertion(let text, _): text
        case .group(_, let content): "(\(content.text))"
        case .sequence(let parts): "(?:" + parts.map(\.text).joined() + ")"
        case .alternatives(let parts): "(?:" + parts.map(\.text).joined(separator: "|") + ")"
        case .repetition(let content, let minimum, let maximum, let isGreedy):
            "(?:\(content.text)){\(minimum),\(maximum.map(String.init) ?? "")}" + (isGreedy ? "" : "?")
        }
    }
}

extension SamplePattern {
    /// Whether it can match without taking a character.
    var isNullable: Bool {
        switch self {
        case .literal, .any, .set: false
        case .assertion: true
        case .group(_, let content): content.isNullable
        case .sequence(let parts): parts.allSatisfy(\.isNullable)
        case .alternatives(let parts): parts.contains(where: \.isNullable)
        case .repetition(let content, let minimum, _, _): minimum == 0 || content.isNullable
        }
    }

    var hasRepetition: Bool {
        switch self {
        case .literal, .any, .set, .assertion: false
        case .group(_, let content): content.hasRepetition
        case .sequence(let parts), .alternatives(let parts): parts.contains(where: \.hasRepetition)
        case .repetition: true
        }
    }

    /// Whether the order of preference is a matter of Go's program, in which the choices of a repetition are shared by
    /// all rounds of the one around it, and not of the pattern alone.
    var dependsOnProgram: Bool {
        switch self {
        case .literal, .any, .set, .assertion: false
        case .group(_, let content): content.dependsOnProgram
        case .sequence(let parts), .alternatives(let parts): parts.contains(where: \.dependsOnProgram)
        case .repetition(let content, _, let maximum, _):
            content.dependsOnProgram || maximum == nil && content.isNullable && content.hasRepetition
        }
    }
}

/// Tries everything in order of preference, with recursion and without any cleverness: slow, and plainly right.
struct NaiveMatcher {
    struct TooSlow: Error {}
    typealias Slots = [Int: Range<Int>]
    typealias Continuation = (Int, Slots) throws -> Slots?

    private let scalars: [Unicode.Scalar]
    private let offsets: [Int]
    private let budget = Budget()
    private final class Budget { var left = 20_000 }

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        offsets = scalars.reduce(into: [0]) { $0.append($0[$0.count - 1] + String($1).utf8.count) }
    }

    /// The first match in the form of `line`; throws when that would take too long.
    func firstMatch(_ pattern: SamplePattern, groups: Int) throws -> String {
        for start in 0...scalars.count {
            let found = try match(pattern, start, [:]) { end, slots in
                slots.merging([0: start..<end]) { $1 }
            }
            guard let found else { continue }
            return (0...groups).map { group in
                found[group].map { "\(offsets[$0.lowerBound])-\(offsets[$0.upperBound])" } ?? "?"
            }.joined(separator: " ")
        }
        return "none"
    }

    private func match(_ pattern: SamplePattern, _ place: Int, _ slots: Slots, _ then: Continuation) throws -> Slots? {
        budget.left -= 1
        guard budget.left > 0 else { throw TooSlow() }
        switch pattern {
        case .literal(let scalar): return try one(place, slots, then) { $0 == scalar }
        case .any: return try one(place, slots, then) { $0 != "\n" }
        case .set(_, let contains): return try one(place, slots, then, contains)
        case .assertion(_, let holds):
            let before = place > 0 ? scalars[place - 1] : nil
            let after = place < scalars.count ? scalars[place] : nil
            return holds(before, after) ? try then(place, slots) : nil
        case .group(let number, let content):
            return try match(content, place, slots) { end, slots in
                try then(end, slots.merging([number: place..<end]) { $1 })
            }
        case .sequence(let parts):
            guard let first = parts.first else { return try then(place, slots) }
            return try match(first, place, slots) { try match(.sequence(Array(parts.dropFirst())), $0, $1, then) }
        case .alternatives(let parts):
            for part in parts { if let found = try match(part, place, slots, then) { return found } }
            return nil
        case .repetition(let content, let minimum, let maximum, let isGreedy):
            let rest = Loop(content: content, isGreedy: isGreedy)
            guard let maximum else {
                // `x{n,}` is n - 1 times `x`, then `x+`; `x{0,}` is `(?:x+)?`.
                func more(_ place: Int, _ slots: Slots) throws -> Slots? { try atLeastOnce(rest, place, slots, then) }
                if minimum > 0 { return try times(minimum - 1, content, place, slots, more) }
                return try either(isGreedy, { try more(place, slots) }, { try then(place, slots) })
            }
            return try times(minimum, content, place, slots) { try upTo(maximum - minimum, rest, $0, $1, then) }
        }
    }

    private struct Loop {
        var content: SamplePattern
        var isGreedy: Bool
    }

    private func one(
        _ place: Int, _ slots: Slots, _ then: Continuation, _ fits: (Unicode.Scalar) -> Bool
    ) throws -> Slots? {
        place < scalars.count && fits(scalars[place]) ? try then(place + 1, slots) : nil
    }

    private func either(_ isGreedy: Bool, _ more: () throws -> Slots?, _ enough: () throws -> Slots?) throws -> Slots? {
        if isGreedy { return try more() ?? enough() }
        return try enough() ?? more()
    }

    private func times(
        _ count: Int, _ content: SamplePattern, _ place: Int, _ slots: Slots, _ then: Continuation
    ) throws -> Slots? {
        guard count > 0 else { return try then(place, slots) }
        return try match(content, place, slots) { try times(count - 1, content, $0, $1, then) }
    }

    private func upTo(
        _ count: Int, _ loop: Loop, _ place: Int, _ slots: Slots, _ then: Continuation
    ) throws -> Slots? {
        guard count > 0 else { return try then(place, slots) }
        return try either(
            loop.isGreedy, { try match(loop.content, place, slots) { try upTo(count - 1, loop, $0, $1, then) } },
            { try then(place, slots) })
    }

    /// Go enters the content, and decides whether to go on, once for each place: a first round that took nothing is
    /// the last, and a later one leads nowhere new.
    private func atLeastOnce(
        _ loop: Loop, _ place: Int, _ slots: Slots, decidedAt last: Int? = nil, _ then: Continuation
    ) throws -> Slots? {
        try match(loop.content, place, slots) { end, slots in
            guard end != last else { return nil }
            guard end != place else { return try then(end, slots) }
            return try either(
                loop.isGreedy, { try atLeastOnce(loop, end, slots, decidedAt: end, then) }, { try then(end, slots) })
        }
    }
}
