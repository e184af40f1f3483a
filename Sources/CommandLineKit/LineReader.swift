// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Glibc

/// Reads lines from standard input: on a terminal with editing, a history and completion, else as they come.
public struct LineReader {
    /// Whether a person types the lines.
    public let isInteractive: Bool
    private let terminal: Terminal
    private var editor = LineEditor()
    private var decoder = KeyDecoder()
    /// What was read and not used yet.
    private var pending: ArraySlice<UInt8> = []
    private var isAtEnd = false
    private static let longestLine = 1 << 20

    /// A reader that shows prompts and the line on the terminal's stderr.
    public init(terminal: Terminal, environment: Environment) {
        self.terminal = terminal
        isInteractive = RawInput.isTerminal && terminal.isTTY && environment["TERM"] != "dumb"
    }

    /// The next line without its line end; nil at the end of the input.
    ///
    /// While it waits the terminal is in raw mode; on every way out, also when the task is cancelled, it is as it was.
    ///
    /// - Parameter completing: what may stand at the end of a text.
    public mutating func line(prompt: String, completing: (String) -> LineCompletion) throws -> String? {
        guard isInteractive, let mode = RawMode() else { return try plainLine() }
        defer { mode.end() }
        // Bracketed paste: what comes from the clipboard is marked, so that its line ends do not enter the line.
        terminal.console.note("\u{1B}[?2004h")
        defer { terminal.console.note("\u{1B}[?2004l") }
        draw(prompt)
        while true {
            guard let key = try nextKey() else { return nil }
            switch editor.apply(key) {
            case .editing: break
            case .entered(let line):
                terminal.console.note("\n")
                return line
            case .completing: complete(completing)
            case .clearing: terminal.console.note("\u{1B}[H\u{1B}[2J")
            case .interrupted: terminal.console.note("^C\n")
            case .ended:
                terminal.console.note("\n")
                return nil
            }
            // Of pasted text only the end needs to be drawn.
            if pending.isEmpty { draw(prompt) }
        }
    }

    private mutating func nextKey() throws -> Key? {
        while true {
            while let byte = pending.popFirst() {
                if let key = decoder.take(byte) { return key }
            }
            guard let bytes = try RawInput.next(upTo: 4096) else { return nil }
            pending = bytes[...]
        }
    }

    private mutating func complete(_ completing: (String) -> LineCompletion) {
        let completion = completing(editor.before)
        guard !completion.words.isEmpty else { return terminal.console.note("\u{07}") }
        let typed = editor.before.count - completion.start
        let common = completion.common
        if common.count > typed || completion.words.count == 1 {
            return editor.complete(from: completion.start, with: common)
        }
        let rows = completion.rows(width: terminal.width)
        terminal.console.note("\n" + rows.map { $0 + "\n" }.joined())
    }

    /// Shows the line on one row of the terminal; of a longer one what stands around the cursor.
    private func draw(_ prompt: String) {
        let room = max(8, terminal.width - prompt.displayWidth - 1)
        var before = editor.before[...]
        var width = before.displayWidth
        while width > room - 1, let letter = before.popFirst() { width -= letter.displayWidth }
        let after = editor.after.truncated(to: room - width)
        let column = prompt.displayWidth + width
        terminal.console.note("\r\(prompt)\(before)\(after)\u{1B}[K\r" + (column > 0 ? "\u{1B}[\(column)C" : ""))
    }

    private mutating func plainLine() throws -> String? {
        var line: [UInt8] = []
        while true {
            if let end = pending.firstIndex(of: 0x0A) {
                line += pending[..<end]
                pending = pending[(end + 1)...]
                return Self.text(line)
            }
            line += pending
            pending = []
            guard line.count <= Self.longestLine else {
                throw Fault(.limitExceeded, "a line is longer than \(ByteCount(Int64(Self.longestLine)))")
            }
            guard !isAtEnd, let bytes = try RawInput.next(upTo: 64 * 1024) else {
                isAtEnd = true
                return line.isEmpty ? nil : Self.text(line)
            }
            pending = bytes[...]
        }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.last == 0x0D ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }
}
