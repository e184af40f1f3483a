// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Finds a text in others, in time linear in both: short texts by their first byte, long ones by Knuth, Morris and
/// Pratt, since comparing anew at each place would be quadratic.
package struct ByteSearch: Sendable {
    private let pattern: [UInt8]
    /// Of each prefix, how long the longest proper prefix is that also ends it; only of long patterns.
    private let borders: [Int]
    private static let short = 32

    /// Prepares for a pattern.
    package init(_ pattern: some Sequence<UInt8>) {
        self.pattern = Array(pattern)
        guard self.pattern.count > Self.short else {
            borders = []
            return
        }
        var borders = [0], length = 0
        for index in 1..<self.pattern.count {
            while length > 0, self.pattern[index] != self.pattern[length] { length = borders[length - 1] }
            if self.pattern[index] == self.pattern[length] { length += 1 }
            borders.append(length)
        }
        self.borders = borders
    }

    /// How long the pattern is.
    package var count: Int { pattern.count }

    /// Where the pattern first begins at or after `start`; nil when it does not.
    package func first(in text: UnsafeBufferPointer<UInt8>, from start: Int = 0) -> Int? {
        guard !pattern.isEmpty else { return start <= text.count ? start : nil }
        return borders.isEmpty ? unsafe byFirstByte(text, start) : unsafe byBorders(text, start)
    }

    private func byFirstByte(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        var at = start
        while at + pattern.count <= text.count, let base = text.baseAddress {
            // What is searched and compared ends within the text: `at + pattern.count` is at most its count.
            guard
                let found = unsafe memchr(base + at, Int32(pattern[0]), text.count - pattern.count - at + 1)
            else { return nil }
            at = unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if unsafe memcmp(base + at, pattern, pattern.count) == 0 { return at }
            at += 1
        }
        return nil
    }

    private func byBorders(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int? {
        var matched = 0
        for at in start..<max(start, text.count) {
            let byte = unsafe text[at]
            while matched > 0, byte != pattern[matched] { matched = borders[matched - 1] }
            if byte == pattern[matched] { matched += 1 }
            if matched == pattern.count { return at - matched + 1 }
        }
        return nil
    }
}
