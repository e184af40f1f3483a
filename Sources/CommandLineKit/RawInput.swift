// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// Standard input, byte by byte, without holding up whoever wants the task to end.
enum RawInput {
    /// Whether keys can be read as they are pressed.
    static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// The next bytes, at least one; nil at the end.
    ///
    /// - Throws: `CancellationError` soon after the task is cancelled: a read alone would wait for the next key.
    static func next(upTo count: Int) throws -> [UInt8]? {
        while true {
            try Task.checkCancellation()
            var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&waiting, 1, 100)
            if ready == 0 || ready < 0 && errno == EINTR { continue }
            var bytes = [UInt8](repeating: 0, count: count)
            let got = unsafe read(STDIN_FILENO, &bytes, count)
            if got < 0 && (errno == EINTR || errno == EAGAIN) { continue }
            guard got >= 0 else { throw Fault.system(errno, "read standard input") }
            return got == 0 ? nil : Array(bytes[..<got])
        }
    }
}

/// A terminal that hands over keys as they are pressed and does not show them.
struct RawMode {
    private let before: termios

    /// Changes the terminal on standard input; nil when it cannot be changed.
    init?() {
        var current = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &current) == 0 else { return nil }
        before = current
        unsafe cfmakeraw(&current)
        // Line ends of what others write meanwhile stay what they are.
        current.c_oflag = before.c_oflag
        // What was typed ahead is kept, so no TCSAFLUSH.
        guard unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &current) == 0 else { return nil }
    }

    /// Makes the terminal what it was.
    func end() {
        var before = before
        unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &before)
    }
}
