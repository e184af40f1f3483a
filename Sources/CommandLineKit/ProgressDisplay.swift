// SPDX-License-Identifier: Apache-2.0

public import Basics

/// How progress is shown. Always on stderr.
public enum ProgressMode: String, ArgumentValue, CaseIterable {
    /// `tty` when stderr is a terminal that can do it, else `plain`.
    case auto
    /// A line of totals and one for each item under way, drawn again ten times a second and erased at the end.
    case tty
    /// A line of totals at most once a second, with one before and one after in work that takes longer than that.
    case plain
    /// One event a line.
    case json
    /// Nothing but warnings.
    case none

    func resolved(_ terminal: Terminal, _ environment: Environment) -> ProgressMode {
        guard self == .auto else { return self }
        return terminal.isTTY && environment["TERM"] != "dumb" ? .tty : .plain
    }
}

/// Shows the progress of work.
public enum ProgressDisplay {
    /// Runs work and shows its progress on stderr; whatever way the work ends, nothing of the display is left behind.
    ///
    /// Warnings are shown in every mode. The observer only notes what happened; a task of its own draws.
    public static func run<Result: Sendable>(
        mode: ProgressMode, terminal: Terminal, environment: Environment,
        _ work: (@escaping ProgressObserver) async throws -> Result
    ) async throws -> Result {
        let meter = ProgressMeter(mode.resolved(terminal, environment), terminal)
        let ticker = meter.interval.map { interval in
            Task { @concurrent in
                while (try? await Task.sleep(for: interval)) != nil { meter.tick() }
            }
        }
        defer {
            ticker?.cancel()
            meter.end()
        }
        return try await work { meter.take($0) }
    }
}

/// Collects events and writes what a mode shows of them.
final class ProgressMeter: Sendable {
    private struct State: Sendable {
        var progress = ProgressState()
        /// Bytes moved by item that no line told yet; only for JSON.
        var untold: [String: Int64] = [:]
        var lastLine = ""
        var hasBegun = false
        var isOver = false
    }
    private let state = Guarded(State())
    private let mode: ProgressMode
    private let terminal: Terminal
    private let elapsed: @Sendable () -> Double

    init<C: Clock>(_ mode: ProgressMode, _ terminal: Terminal, clock: C = ContinuousClock())
    where C.Duration == Duration {
        (self.mode, self.terminal) = (mode, terminal)
        let start = clock.now
        elapsed = { start.duration(to: clock.now) / .seconds(1) }
    }

    /// How often `tick` is due.
    var interval: Duration? {
        switch mode {
        case .tty: .milliseconds(100)
        case .plain, .json: .seconds(1)
        case .auto, .none: nil
        }
    }

    /// Notes an event; writes only what cannot wait.
    func take(_ event: ProgressEvent) {
        state.withLock { state in
            guard !state.isOver else { return }
            let text = text(of: event, state.progress)
            state.progress.apply(event, at: elapsed())
            guard mode == .json else { return text.map(terminal.note) ?? () }
            switch event {
            case .moved(let id, let bytes): return state.untold[id, default: 0] += bytes
            case .finished(let id), .failed(let id, _):
                let rest = state.untold.removeValue(forKey: id)
                if let rest { terminal.note(ProgressEvent.moved(id: id, bytes: rest).json) }
            default: break
            }
            terminal.note(event.json)
        }
    }

    /// The lines that cannot wait: of a failure they name the item, the attempt, the causes and what helps.
    private func text(of event: ProgressEvent, _ progress: ProgressState) -> String? {
        switch event {
        case .warning(let text): "warning: \(text.displayable)"
        case .note(let text) where mode != .none: text.displayable
        case .failed(let id, let failure) where mode != .none: failure.text(of: progress.name(of: id) ?? id.displayable)
        default: nil
        }
    }

    /// Draws again, or writes the line of this second.
    func tick() {
        let elapsed = elapsed()
        state.withLock { state in
            guard !state.isOver else { return }
            guard mode != .json else { return tell(&state) }
            guard !state.progress.isEmpty else { return }
            if mode == .tty {
                terminal.console.show(
                    status: state.progress.lines(at: elapsed, width: terminal.width - 1, height: terminal.height - 1))
            } else {
                if !state.hasBegun, let text = state.progress.plan { terminal.note(text) }
                state.hasBegun = true
                write(&state, at: elapsed)
            }
        }
    }

    /// Writes the line of totals, unless it is the last one again.
    private func write(_ state: inout State, at elapsed: Double) {
        let line = state.progress.line(at: elapsed, width: 200)
        guard line != state.lastLine else { return }
        state.lastLine = line
        terminal.note(line)
    }

    /// Erases what stands there; nothing is drawn afterwards.
    func end() {
        state.withLock { state in
            guard !state.isOver else { return }
            if mode == .json { tell(&state) }
            if mode == .plain, state.hasBegun { write(&state, at: elapsed()) }
            state.isOver = true
            if mode == .tty { terminal.console.show(status: []) }
        }
    }

    private func tell(_ state: inout State) {
        for (id, bytes) in state.untold.sorted(by: { $0.key < $1.key }) {
            terminal.note(ProgressEvent.moved(id: id, bytes: bytes).json)
        }
        state.untold = [:]
    }
}

extension ProgressFailure {
    /// One line, and one for each cause and for what helps.
    fileprivate func text(of name: String) -> String {
        let report = ErrorReport(fault)
        var lines = [
            "\(isFinal ? "failed" : "trying again"): \(name) (attempt \(attempt)): \(report.message.displayable)"
        ]
        lines += report.causes.map { "  cause: \($0.message.displayable)" }
        if let fix = report.fix { lines.append("  fix:   \(fix.displayable)") }
        return lines.joined(separator: "\n")
    }
}
