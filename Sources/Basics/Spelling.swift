// SPDX-License-Identifier: Apache-2.0

/// Proposes what somebody may have meant.
public enum Spelling {
    /// The candidate that differs by the fewest slips (a letter more, less, changed, or two swapped), at most a third of
    /// the word; nil when none is that near.
    public static func nearest(to word: String, among candidates: [String]) -> String? {
        let limit = max(1, word.count / 3)
        let rated = candidates.map { (distance(word.lowercased(), $0.lowercased()), $0) }
        return rated.filter { $0.0 <= limit }.min { $0 < $1 }?.1
    }

    /// The Damerau-Levenshtein distance with adjacent swaps.
    public static func distance(_ a: String, _ b: String) -> Int {
        let a = Array(a), b = Array(b)
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var rows = [Array(0...b.count)]
        for i in 1...a.count {
            var row = [i] + Array(repeating: 0, count: b.count)
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                row[j] = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    row[j] = min(row[j], rows[i - 2][j - 2] + 1)
                }
            }
            rows.append(row)
        }
        return rows[a.count][b.count]
    }
}
