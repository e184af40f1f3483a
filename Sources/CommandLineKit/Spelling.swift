// SPDX-License-Identifier: Apache-2.0

/// The candidate that is spelt most like a word: at most two letters changed, added, left out or swapped, and fewer
/// than the word has.
func nearest(to word: String, among candidates: [String]) -> String? {
    let distances = candidates.map { (candidate: $0, distance: editDistance(word, $0)) }
    let best = distances.filter { $0.distance <= 2 && $0.distance < word.count }.min { $0.distance < $1.distance }
    return best?.candidate
}

/// Damerau-Levenshtein distance, where a pair of letters is swapped at most once.
func editDistance(_ first: String, _ second: String) -> Int {
    let (a, b) = (Array(first), Array(second))
    guard abs(a.count - b.count) <= 2 else { return abs(a.count - b.count) }
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i]
        for j in 1...b.count {
            let cost = a[i - 1] == b[j - 1] ? 0 : 1
            var best = min(row[j - 1] + 1, last[j] + 1, last[j - 1] + cost)
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { best = min(best, before[j - 2] + 1) }
            row.append(best)
        }
        (before, last) = (last, row)
    }
    return last[b.count]
}
