// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Glibc

/// Whether to use colour.
public enum ColorChoice: String, ArgumentValue, CaseIterable {
    /// On a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`; everywhere with `CLICOLOR_FORCE`.
    case auto
    /// Everywhere.
    case always
    /// Nowhere.
    case never
}

/// Where answers and notes go. A value; all copies write to the same place, one text at a time.
public struct Terminal: Sendable {
    /// Whether stderr is a terminal.
    public let isTTY: Bool
    /// Whether text on stderr may have colours.
    public let usesColor: Bool
    /// How many columns there are now.
    public var width: Int { columns() }
    /// How many rows there are now.
    public var height: Int { rows() }
    let console: Console
    private let columns: @Sendable () -> Int
    private let rows: @Sendable () -> Int

    /// Makes a terminal that hands what it is given to closures, for tests.
    ///
    /// - Parameters:
    ///   - output: takes the bytes of stdout; returns `errno` when it failed.
    ///   - error: takes the bytes of stderr.
    public init(
        width: @autoclosure @escaping @Sendable () -> Int = 80, height: Int = 24, isTTY: Bool = false,
        usesColor: Bool = false, output: @escaping @Sendable (Chunk) -> Int32?,
        error: @escaping @Sendable (Chunk) -> Void
    ) {
        self.init(
            console: Console(output, error, columns: width), isTTY: isTTY, usesColor: usesColor, columns: width,
            rows: { height })
    }

    private init(
        console: Console, isTTY: Bool, usesColor: Bool, columns: @escaping @Sendable () -> Int,
        rows: @escaping @Sendable () -> Int
    ) {
        (self.console, self.isTTY, self.usesColor) = (console, isTTY, usesColor)
        (self.columns, self.rows) = (columns, rows)
    }

    /// The terminal of this process.
    public static func standard(environment: Environment, color: ColorChoice) -> Terminal {
        let isTTY = isatty(STDERR_FILENO) == 1
        let isPlain = environment["NO_COLOR"].map { !$0.isEmpty } ?? false || environment["TERM"] == "dumb"
        let isForced = environment["CLICOLOR_FORCE"].map { !$0.isEmpty && $0 != "0" } ?? false
        let usesColor: Bool =
            switch color {
            case .always: true
            case .never: false
            case .auto: !isPlain && (isForced || isTTY)
            }
        let fallback = environment["COLUMNS"].flatMap { Int($0) } ?? 80
        return Terminal(
            console: .standard, isTTY: isTTY, usesColor: usesColor,
            columns: { Console.columns() ?? max(20, fallback) }, rows: { Console.rows().map { max(2, $0) } ?? 24 })
    }

    /// Writes text to stdout as it is.
    public func output(_ text: String) { console.output(Array(text.utf8)[...]) }

    /// Writes lines to stdout with control characters replaced, so that content from outside cannot steer the
    /// terminal.
    public func show(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(\.displayable)
        output(lines.joined(separator: "\n") + "\n")
    }

    /// Writes bytes to stdout.
    public func write(_ bytes: Chunk) { console.output(bytes) }

    /// Writes a line to stderr.
    public func note(_ line: String) { console.note(line + "\n") }
}
