// SPDX-License-Identifier: Apache-2.0

/// A line that is being edited, and the lines entered before it. Knows keys and no terminal.
package struct LineEditor: Sendable {
    /// What a key did beyond changing the line.
    package enum Outcome: Hashable, Sendable {
        /// The line goes on.
        case editing
        /// The line is complete.
        case entered(String)
        /// Somebody asks what may stand at the cursor.
        case completing
        /// The screen is to be cleared.
        case clearing
        /// The line was given up.
        case interrupted
        /// There will be no more lines.
        case ended
    }

    /// The text before the cursor.
    package private(set) var before = ""
    /// The text behind the cursor.
    package private(set) var after = ""
    /// The whole line.
    package var text: String { before + after }

    private var history: [String] = []
    /// The line of the history that is shown; the line itself stands behind the last.
    private var shown = 0
    /// The line as it was before the history was looked at.
    private var draft = ""
    private var cut = ""
    private static let mostLines = 1000
    private static let longestLine = 64 * 1024

    /// An empty line without a history.
    package init() {}

    /// Does what a key asks for.
    package mutating func apply(_ key: Key) -> Outcome {
        switch key {
        case .text(let scalar):
            if before.utf8.count + after.utf8.count < Self.longestLine { before.unicodeScalars.append(scalar) }
        case .enter: return .entered(enter())
        case .tab: return .completing
        case .backspace: _ = before.popLast()
        case .delete: if !after.isEmpty { after.removeFirst() }
        case .left: if let letter = before.popLast() { after = String(letter) + after }
        case .right: if !after.isEmpty { before.append(after.removeFirst()) }
        case .wordLeft: move(before.count - wordBefore.count)
        case .wordRight: move(before.count + wordAfter.count)
        case .home: move(0)
        case .end: move(text.count)
        case .up: show(shown - 1)
        case .down: show(shown + 1)
        case .cutToEnd: (cut, after) = (after, "")
        case .cutToStart: (cut, before) = (before, "")
        case .cutWordBefore:
            cut = wordBefore
            before.removeLast(cut.count)
        case .cutWordAfter:
            cut = wordAfter
            after.removeFirst(cut.count)
        case .paste: before += cut
        case .clearScreen: return .clearing
        case .interrupt:
            clear()
            return .interrupted
        case .endOfInput:
            if text.isEmpty { return .ended }
            if !after.isEmpty { after.removeFirst() }
        }
        return .editing
    }

    /// Puts a completion in the place of what stands between an offset, in letters, and the cursor.
    package mutating func complete(from start: Int, with word: String) {
        before = String(before.prefix(start)) + word
    }

    private mutating func enter() -> String {
        let line = text
        if line.contains(where: { !$0.isWhitespace }), history.last != line {
            history.append(line)
            if history.count > Self.mostLines { history.removeFirst() }
        }
        clear()
        return line
    }

    private mutating func clear() {
        (before, after, draft, shown) = ("", "", "", history.count)
    }

    private mutating func move(_ position: Int) {
        let line = text
        (before, after) = (String(line.prefix(position)), String(line.dropFirst(position)))
    }

    private mutating func show(_ line: Int) {
        guard (0...history.count).contains(line), line != shown else { return }
        if shown == history.count { draft = text }
        shown = line
        (before, after) = (line == history.count ? draft : history[line], "")
    }

    /// The word that ends at the cursor, with what separates it from the cursor.
    private var wordBefore: String {
        let gap = before.reversed().prefix { !$0.isWordPart }
        let word = before.reversed().dropFirst(gap.count).prefix { $0.isWordPart }
        return String(before.suffix(gap.count + word.count))
    }

    /// The word that begins at the cursor, with what separates it from the cursor.
    private var wordAfter: String {
        let gap = after.prefix { !$0.isWordPart }
        let word = after.dropFirst(gap.count).prefix { $0.isWordPart }
        return String(after.prefix(gap.count + word.count))
    }
}

extension Character {
    fileprivate var isWordPart: Bool { isLetter || isNumber || self == "_" }
}
