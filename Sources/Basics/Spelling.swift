// SPDX-License-Identifier: Apache-2.0

/// Proposes what somebody may have meant.
public enum Spelling {
    /// The candidate that differs by the fewest slips, at most a third of the word's letters and three; nil when none
    /// is that near. Case does not count; of equals the first in the alphabet wins.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        let rated = candidates.map { (word: $0, distance: distance(word.lowercased(), $0.lowercased())) }
        guard let best = rated.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }),
            best.distance <= max(1, min(3, word.count / 3)), best.distance < word.count
        else { return nil }
        return best.word
    }

    /// How many letters must be added, removed, changed or swapped with their neighbour, of the first 64 of each.
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8.prefix(64)), Array(b.utf8.prefix(64)))
        var before: [Int] = [], last = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1]
            for j in b.indices {
                var best = min(last[j + 1] + 1, current[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
                current.append(best)
            }
            (before, last) = (last, current)
        }
        return last[b.count]
    }
}
