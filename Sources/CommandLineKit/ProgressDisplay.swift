// SPDX-License-Identifier: Apache-2.0

public import Basics

/// How progress is shown. Always on stderr.
public enum ProgressMode: String, ArgumentValue, CaseIterable {
    /// `tty` when stderr is a terminal that can do it, else `plain`.
    case auto
    /// One line of totals that is drawn again at most ten times a second, and erased at the end.
    case tty
    /// A line of totals at most once a second.
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
        var isOver = false
    }
    private let state = Guarded(State())
    private let mode: ProgressMode
    private let terminal: Terminal
    private let start = ContinuousClock.now

    init(_ mode: ProgressMode, _ terminal: Terminal) { (self.mode, self.terminal) = (mode, terminal) }

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
            state.progress.apply(event)
            guard mode == .json else { return text(of: event).map(terminal.note) ?? () }
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

    private func text(of event: ProgressEvent) -> String? {
        switch event {
        case .warning(let text): "warning: \(text.displayable)"
        case .failed(let id, let message) where mode != .none: "failed: \(id.displayable): \(message.displayable)"
        default: nil
        }
    }

    /// Draws again, or writes the line of this second.
    func tick() {
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let width = mode == .tty ? terminal.width - 1 : 200
        state.withLock { state in
            guard !state.isOver else { return }
            guard mode != .json else { return tell(&state) }
            guard !state.progress.isEmpty else { return }
            let line = state.progress.line(at: elapsed, width: width)
            if mode == .tty {
                terminal.console.show(status: line)
            } else if line != state.lastLine {
                state.lastLine = line
                terminal.note(line)
            }
        }
    }

    /// Erases what stands there; nothing is drawn afterwards.
    func end() {
        state.withLock { state in
            guard !state.isOver else { return }
            if mode == .json { tell(&state) }
            state.isOver = true
            if mode == .tty { terminal.console.show(status: "") }
        }
    }

    private func tell(_ state: inout State) {
        for (id, bytes) in state.untold.sorted(by: { $0.key < $1.key }) {
            terminal.note(ProgressEvent.moved(id: id, bytes: bytes).json)
        }
        state.untold = [:]
    }
}
