// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Glibc

/// When to use colour.
public enum ColorChoice: String, ArgumentValue, CaseIterable { case auto, always, never }

/// Where the answer and the story go: stdout and stderr, or whatever a test puts in their place.
public struct Terminal: Sendable {
    private let outputBytes: @Sendable (Chunk) -> Void
    private let noteBytes: @Sendable (Chunk) -> Void
    /// Whether stderr is a terminal that can be redrawn.
    public let isInteractive: Bool
    /// Columns of the terminal.
    public let width: Int
    /// Whether colour is wanted.
    public let usesColor: Bool

    /// A terminal with its own writers.
    public init(
        isInteractive: Bool = false, width: Int = 80, usesColor: Bool = false,
        output: @escaping @Sendable (Chunk) -> Void, note: @escaping @Sendable (Chunk) -> Void
    ) {
        (self.isInteractive, self.width, self.usesColor) = (isInteractive, width, usesColor)
        (outputBytes, noteBytes) = (output, note)
    }

    /// The process's own stdout and stderr.
    public static func standard(environment: Environment, color: ColorChoice = .auto) -> Terminal {
        let isInteractive = isatty(2) == 1 && environment["TERM"] != "dumb"
        var size = winsize()
        let hasSize = unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let wants =
            switch color {
            case .always: true
            case .never: false
            case .auto:
                environment["NO_COLOR"]?.isEmpty != false
                    && (isInteractive || environment["CLICOLOR_FORCE"].map { $0 != "0" } == true)
            }
        return Terminal(
            isInteractive: isInteractive, width: hasSize ? Int(size.ws_col) : 80, usesColor: wants,
            output: { write(1, $0) }, note: { write(2, $0) })
    }

    private static func write(_ descriptor: Int32, _ bytes: Chunk) {
        unsafe bytes.withUnsafeBufferPointer { buffer in
            var done = 0
            while done < buffer.count {
                let put = unsafe Glibc.write(descriptor, buffer.baseAddress! + done, buffer.count - done)
                if put < 0 && errno == EINTR { continue }
                // A reader that hung up (`ocm get … | head`) wants no more; that is no failure of ours.
                if put < 0 && errno == EPIPE && descriptor == 1 { exit(0) }
                guard put > 0 else { return }
                done += put
            }
        }
    }

    /// Writes text to stdout.
    public func output(_ text: String) { outputBytes(Array(text.utf8)[...]) }
    /// Writes bytes to stdout.
    public func write(_ bytes: Chunk) { outputBytes(bytes) }
    /// Writes text to stderr as it is.
    func raw(_ text: String) { noteBytes(Array(text.utf8)[...]) }
    /// Writes a line to stderr.
    public func note(_ line: String) { raw(line + "\n") }
}
