// SPDX-License-Identifier: Apache-2.0

extension Conversation {
    /// Whether a line leaves a bracket or a long string open, so that the next line belongs to it.
    public static func isOpen(_ text: String) -> Bool {
        var letters = Array(text)[...], depth = 0, previous: Character = " "
        while let letter = letters.first {
            switch letter {
            case "\"", "'":
                // A string between single quotes ends with its line; what is wrong with it, the parser says.
                let isLong = letters.prefix(3).elementsEqual([letter, letter, letter])
                letters = letters.dropFirst(isLong ? 3 : 1)
                let isRaw = previous == "r" || previous == "R"
                guard skipString(&letters, until: letter, isLong: isLong, isRaw: isRaw) else { return isLong }
            case "/" where letters.dropFirst().first == "/":
                letters = letters.drop { !$0.isNewline }
                continue
            case "(", "[", "{": depth += 1
            case ")", "]", "}": depth -= 1
            default: break
            }
            previous = letter
            letters = letters.dropFirst()
        }
        return depth > 0
    }

    /// Leaves the last quote as the first letter; says whether there is one.
    private static func skipString(
        _ letters: inout ArraySlice<Character>, until quote: Character, isLong: Bool, isRaw: Bool
    ) -> Bool {
        while let letter = letters.first {
            if letter == quote, !isLong || letters.prefix(3).elementsEqual([quote, quote, quote]) {
                letters = letters.dropFirst(isLong ? 2 : 0)
                return true
            }
            letters = letters.dropFirst(letter == "\\" && !isRaw ? 2 : 1)
        }
        return false
    }
}
