// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// A line that a plug-in wrote to its log, without anything that could steer a terminal.
public struct PluginMessage: Sendable {
    /// The plug-in's name.
    public let plugin: String
    /// The id of the operation it runs; empty when it describes itself.
    public let operation: String
    /// The line.
    public let text: String
    /// Whether the line starts with `warning:`, which `text` does not repeat.
    public let isWarning: Bool
}

/// Cuts a log into lines, and lets through no more of them than people read.
final class PluginLog: Sendable {
    private struct State {
        var line: [UInt8] = []
        var isCut = false
        var tail: [String] = []
        var shown = 0
        var hidden = 0
        var credit: Double
        var last: ContinuousClock.Instant
    }
    private let state: Guarded<State>
    private let show: @Sendable (String) -> Void
    private let now: @Sendable () -> ContinuousClock.Instant

    /// The most bytes of a line; what is longer is cut.
    static let lineLimit = 1024
    /// The most lines of one run.
    static let countLimit = 500
    /// How many lines may come at once.
    static let burst = 20.0
    /// How many more each second.
    static let rate = 10.0

    init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }, _ show: @escaping @Sendable (String) -> Void
    ) {
        (self.show, self.now) = (show, now)
        state = Guarded(State(credit: Self.burst, last: now()))
    }

    /// Takes what has been written.
    func take(_ bytes: Chunk) {
        let moment = now()
        let lines = state.withLock { state in
            var lines: [String] = []
            for byte in bytes {
                if byte == UInt8(ascii: "\n") {
                    if let line = Self.end(&state, moment) { lines.append(line) }
                } else if state.line.count < Self.lineLimit {
                    state.line.append(byte)
                } else {
                    state.isCut = true
                }
            }
            return lines
        }
        lines.forEach(show)
    }

    /// The last lines, for what is said of a failure; says how many lines were not shown.
    func end() -> [String] {
        let moment = now()
        let (line, hidden, tail) = state.withLock { state in
            let line = state.line.isEmpty ? nil : Self.end(&state, moment)
            return (line, state.hidden, state.tail)
        }
        if let line { show(line) }
        if hidden > 0 { show("warning: \(hidden) more lines were not shown") }
        return tail
    }

    /// Ends the line; nil when it is empty or too many came.
    private static func end(_ state: inout State, _ moment: ContinuousClock.Instant) -> String? {
        defer { (state.line, state.isCut) = ([], false) }
        let text = String(decoding: state.line, as: UTF8.self).plainLine + (state.isCut ? "…" : "")
        guard !text.isEmpty else { return nil }
        state.tail = Array((state.tail + [text]).suffix(3))
        state.credit = min(burst, state.credit + (moment - state.last) / .seconds(1) * rate)
        state.last = moment
        guard state.credit >= 1, state.shown < countLimit else {
            state.hidden += 1
            return nil
        }
        (state.credit, state.shown) = (state.credit - 1, state.shown + 1)
        return text
    }
}

extension StringProtocol {
    /// The text without controls, marks that turn the direction of writing, and blanks at both ends.
    var plainLine: String {
        let plain = unicodeScalars.filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: scalar == "\t"
            default: true
            }
        }
        return String(String.UnicodeScalarView(plain)).replacing("\t", with: " ").trimmed
    }
}
