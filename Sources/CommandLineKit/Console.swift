// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// The two streams of a terminal, and the status line that may be drawn on the second.
///
/// What is written while a status line stands erases it first; whoever drew it draws it again.
final class Console: Sendable {
    private struct State: Sendable {
        var hasStatus = false
        var failure: Int32?
    }
    private let state = Guarded(State())
    private let toOutput: @Sendable (Chunk) -> Int32?
    private let toError: @Sendable (Chunk) -> Void

    init(_ output: @escaping @Sendable (Chunk) -> Int32?, _ error: @escaping @Sendable (Chunk) -> Void) {
        (toOutput, toError) = (output, error)
    }

    /// Descriptors 1 and 2 of this process.
    static let standard = Console({ put($0, STDOUT_FILENO) }, { _ = put($0, STDERR_FILENO) })

    /// Why stdout could not be written, once that happened. What follows the failure is not written either, so that no
    /// answer has a hole.
    var failure: Int32? { state.withLock { $0.failure } }

    func output(_ bytes: Chunk) {
        state.withLock { state in
            erase(&state)
            if state.failure == nil { state.failure = toOutput(bytes) }
        }
    }

    func note(_ text: String) {
        state.withLock { state in
            erase(&state)
            toError(Array(text.utf8)[...])
        }
    }

    /// Draws the status line in place of the former one; an empty one erases it.
    func show(status: String) {
        state.withLock { state in
            guard !status.isEmpty else { return erase(&state) }
            toError(Array("\r\u{1B}[K\(status)".utf8)[...])
            state.hasStatus = true
        }
    }

    private func erase(_ state: inout State) {
        guard state.hasStatus else { return }
        toError(Array("\r\u{1B}[K".utf8)[...])
        state.hasStatus = false
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
    static func columns() -> Int? {
        for descriptor in [STDERR_FILENO, STDOUT_FILENO] {
            var size = winsize()
            if unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        }
        return nil
    }
}
