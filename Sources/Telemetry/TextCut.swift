// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The beginning of a text, so many bytes at the most, without half a character at its end.
    func cut(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var (end, bytes) = (unicodeScalars.startIndex, 0)
        for scalar in unicodeScalars {
            bytes += UTF8.width(scalar)
            if bytes > limit { break }
            end = unicodeScalars.index(after: end)
        }
        return String(self[..<end])
    }
}
