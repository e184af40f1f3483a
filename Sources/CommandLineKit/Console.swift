// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// The two streams of a terminal, and the status lines that may be drawn on the second.
///
/// What is written while status lines stand erases them first; whoever drew them draws them again.
final class Console: Sendable {
    private struct State: Sendable {
        /// How wide the status lines are that stand now.
        var status: [Int] = []
        var failure: Int32?
    }
    private let state = Guarded(State())
    private let toOutput: @Sendable (Chunk) -> Int32?
    private let toError: @Sendable (Chunk) -> Void
    private let columns: @Sendable () -> Int

    /// - Parameter columns: how wide the terminal is now.
    init(
        _ output: @escaping @Sendable (Chunk) -> Int32?, _ error: @escaping @Sendable (Chunk) -> Void,
        columns: @escaping @Sendable () -> Int = { Console.columns() ?? 80 }
    ) {
        (toOutput, toError, self.columns) = (output, error, columns)
    }

    /// Descriptors 1 and 2 of this process.
    static let standard = Console({ put($0, STDOUT_FILENO) }, { _ = put($0, STDERR_FILENO) })

    /// Why stdout could not be written, once that happened. What follows the failure is not written either, so that no
    /// answer has a hole.
    var failure: Int32? { state.withLock { $0.failure } }

    func output(_ bytes: Chunk) {
        state.withLock { state in
            put(erasing(&state))
            if state.failure == nil { state.failure = toOutput(bytes) }
        }
    }

    func note(_ text: String) {
        state.withLock { state in
            put(erasing(&state))
            put(text)
        }
    }

    /// Draws status lines in place of the former ones, in one write; none erases them.
    func show(status lines: [String]) {
        state.withLock { state in
            let erasing = erasing(&state)
            guard !lines.isEmpty else { return put(erasing) }
            put((erasing.isEmpty ? "\r\u{1B}[K" : erasing) + lines.joined(separator: "\n"))
            state.status = lines.map(\.displayWidth)
        }
    }

    private func put(_ text: String) { if !text.isEmpty { toError(Array(text.utf8)[...]) } }

    /// What erases the status lines. In a terminal that has become narrower each may take several rows.
    private func erasing(_ state: inout State) -> String {
        guard !state.status.isEmpty else { return "" }
        let width = max(1, columns())
        let rows = state.status.reduce(0) { $0 + max(1, ($1 + width - 1) / width) }
        state.status = []
        return rows == 1 ? "\r\u{1B}[K" : "\r\u{1B}[\(rows - 1)A\u{1B}[J"
    }

    /// Writes everything; returns `errno` when that failed.
    private static func put(_ bytes: Chunk, _ descriptor: Int32) -> Int32? {
        unsafe bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let put = unsafe Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
                if put < 0 && errno == EINTR { continue }
                if put < 0 && errno == EAGAIN {
                    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    unsafe poll(&waiting, 1, -1)
                    continue
                }
                guard put > 0 else { return errno }
                done += put
            }
            return nil
        }
    }

    /// The width of the terminal on stderr, or on stdout.
    static func columns() -> Int? { size()?.columns }

    /// The height of the terminal on stderr, or on stdout.
    static func rows() -> Int? { size()?.rows }

    private static func size() -> (columns: Int, rows: Int)? {
        for descriptor in [STDERR_FILENO, STDOUT_FILENO] {
            var size = winsize()
            if unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
                return (Int(size.ws_col), Int(size.ws_row))
            }
        }
        return nil
    }
}
