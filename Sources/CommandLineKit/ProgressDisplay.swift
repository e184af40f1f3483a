// SPDX-License-Identifier: Apache-2.0

public import Basics

/// How progress is shown.
public enum ProgressMode: String, ArgumentValue, CaseIterable { case auto, tty, plain, json, none }

/// Shows progress events on stderr: one redrawn line on a terminal, at most a line a second elsewhere, or JSON lines.
public final class ProgressDisplay: Sendable {
    private let mode: ProgressMode
    private let terminal: Terminal
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Guarded<State>

    private struct State {
        var plannedBytes: Int64 = 0, moved: Int64 = 0
        var items = 0, finished = 0
        var current: [(id: String, name: String)] = []
        var start: ContinuousClock.Instant
        var last: ContinuousClock.Instant?
        var isDrawn = false
    }

    init(mode: ProgressMode, terminal: Terminal, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        let automatic: ProgressMode = terminal.isInteractive ? .tty : .plain
        self.mode = mode == .auto ? automatic : mode
        (self.terminal, self.now) = (terminal, now)
        state = Guarded(State(start: now()))
    }

    /// Runs work and shows what it tells; the terminal is clean afterwards, however the work ends.
    public static func run<Result: Sendable>(
        mode: ProgressMode, terminal: Terminal,
        _ work: @Sendable (@escaping ProgressObserver) async throws -> Result
    ) async throws -> Result {
        let display = ProgressDisplay(mode: mode, terminal: terminal)
        defer { display.clear() }
        return try await work { display.observe($0) }
    }

    func observe(_ event: ProgressEvent) {
        if mode == .none { return }
        if mode == .json { return terminal.note(Self.json(event)) }
        let line: String? = state.withLock { state in
            switch event {
            case .planned(let items, let bytes, _): (state.items, state.plannedBytes) = (items, bytes)
            case .started(let id, let name, _): state.current.append((id, name))
            case .moved(_, let bytes): state.moved += bytes
            case .finished(let id), .failed(let id, _):
                state.current.removeAll { $0.id == id }
                state.finished += 1
            case .skipped, .warning: break
            }
            let time = now()
            let pause: Duration = mode == .tty ? .milliseconds(100) : .seconds(1)
            if let last = state.last, time - last < pause { return nil }
            if mode == .plain && state.last == nil && time - state.start < pause { return nil }
            state.last = time
            state.isDrawn = true
            return Self.line(state, at: time, width: mode == .tty ? terminal.width - 1 : 200)
        }
        if case .warning(let text) = event {
            clear()
            terminal.note("warning: \(text)")
        }
        guard let line else { return }
        if mode == .tty { terminal.raw("\r\u{1B}[2K\(line)") } else { terminal.note(line) }
    }

    private func clear() {
        let isDrawn = state.withLock { state in
            defer { state.isDrawn = false }
            return state.isDrawn
        }
        if mode == .tty && isDrawn { terminal.raw("\r\u{1B}[2K") }
    }

    /// Bytes, speed and what is under way; what does not fit is dropped from the end, never wrapped.
    private static func line(_ state: State, at time: ContinuousClock.Instant, width: Int) -> String {
        let total = state.plannedBytes > 0 ? " of \(ByteCount(state.plannedBytes))" : ""
        let seconds = max((time - state.start) / .milliseconds(1) / 1000, 0.001)
        let speed = ByteCount(Int64(Double(state.moved) / seconds))
        var parts = ["\(ByteCount(state.moved))\(total)", "\(speed)/s"]
        if let name = state.current.first?.name { parts.append(name) }
        if state.current.count > 1 { parts.append("and \(state.current.count - 1) more") }
        while parts.count > 1 && DisplayWidth.of(parts.joined(separator: "  ")) > width { parts.removeLast() }
        return String(parts.joined(separator: "  ").prefix(max(width, 1)))
    }

    private static func json(_ event: ProgressEvent) -> String {
        func quote(_ text: String) -> String {
            let escaped = text.unicodeScalars.map { scalar -> String in
                switch scalar {
                case "\"": "\\\""
                case "\\": "\\\\"
                case _ where scalar.value < 0x20: "\\u00\([UInt8(scalar.value)].hex)"
                default: String(Character(scalar))
                }
            }
            return "\"\(escaped.joined())\""
        }
        return switch event {
        case .planned(let items, let bytes, let text): "{\"event\":\"planned\",\"items\":\(items),\"bytes\":\(bytes),\"text\":\(quote(text))}"
        case .started(let id, let name, let bytes): "{\"event\":\"started\",\"id\":\(quote(id)),\"name\":\(quote(name))\(bytes.map { ",\"bytes\":\($0)" } ?? "")}"
        case .moved(let id, let bytes): "{\"event\":\"moved\",\"id\":\(quote(id)),\"bytes\":\(bytes)}"
        case .skipped(let id, _, let reason): "{\"event\":\"skipped\",\"id\":\(quote(id)),\"reason\":\(quote(reason))}"
        case .finished(let id): "{\"event\":\"finished\",\"id\":\(quote(id))}"
        case .failed(let id, let message): "{\"event\":\"failed\",\"id\":\(quote(id)),\"message\":\(quote(message))}"
        case .warning(let text): "{\"event\":\"warning\",\"text\":\(quote(text))}"
        }
    }
}
