// SPDX-License-Identifier: Apache-2.0

extension RegularExpression {
    /// The first match that begins at or behind an offset; of those that begin there, the one Perl would choose.
    ///
    /// What stands before the offset counts for `^` and `\b`. Offsets within a character or outside of the text find
    /// nothing.
    public func firstMatch(in text: String, from utf8Offset: Int = 0) -> Match? {
        let bytes = text.utf8.span
        guard (0...bytes.count).contains(utf8Offset) else { return nil }
        guard utf8Offset == bytes.count || bytes[utf8Offset] & 0xC0 != 0x80 else { return nil }
        var found: [Int]?
        engine.search(bytes, from: utf8Offset) { slots in
            found = slots
            return false
        }
        return found.map { Match($0, source: text) }
    }

    /// Matches that do not overlap, from the left, at most `limit` of them if that is not negative.
    ///
    /// An empty match right behind another match does not count, as in Go.
    public func allMatches(in text: String, limit: Int = -1) -> [Match] {
        var matches: [Match] = []
        guard limit != 0 else { return [] }
        engine.search(text.utf8.span, from: 0) { slots in
            matches.append(Match(slots, source: text))
            return matches.count != limit
        }
        return matches
    }
}

extension Engine {
    /// Hands out the slots of one match after the other, by Go's rule for empty ones, while the body returns true.
    func search(_ text: Span<UInt8>, from offset: Int, _ body: ([Int]) -> Bool) {
        if isLiteral { return searchLiteral(text, from: offset, body) }
        withMemory { memory in
            var place = offset
            var previousEnd = -1
            // What was read beyond the ends of matches, and so will be read again.
            var waste = 0
            /// Where to go on behind a match; nil when nobody wants more.
            func report(_ slots: [Int]) -> Int? {
                let (start, end) = (slots[0], slots[1])
                if start < end || end != previousEnd {
                    previousEnd = end
                    guard body(slots) else { return nil }
                }
                guard start == end else { return end }
                return end < text.count ? Self.next(text, end) : nil
            }
            while place <= text.count, waste <= 4 * (text.count - offset) + 4096 {
                guard let candidate = prefix.first(in: text, from: place) else { return }
                let (end, readTo) = memory.firstEnd(in: text, from: candidate)
                guard let end, let slots = memory.slots(in: text, from: candidate, end: end) else { return }
                waste += readTo - end
                guard let next = report(slots) else { return }
                place = next
            }
            if place <= text.count { memory.sweep(text, from: place, report) }
        }
    }

    private func searchLiteral(_ text: Span<UInt8>, from offset: Int, _ body: ([Int]) -> Bool) {
        var place = offset
        while let found = prefix.first(in: text, from: place) {
            place = found + prefix.bytes.count
            guard body([found, place]) else { return }
        }
    }

    /// The place behind a character.
    private static func next(_ text: Span<UInt8>, _ place: Int) -> Int {
        var place = place + 1
        while place < text.count, text[place] & 0xC0 == 0x80 { place += 1 }
        return place
    }
}
