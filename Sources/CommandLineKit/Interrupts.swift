// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// Thrown when a signal stopped a command.
struct Interruption: Error {
    /// What the command threw when that was not the cancellation itself.
    let error: (any Error)?
}

/// The write end of the pipe that the signal handler uses; set once, before a handler is installed.
nonisolated(unsafe) private var signalPipe: Int32 = -1

/// Turns signals into the cancellation of running commands.
enum Interrupts {
    private struct State: Sendable {
        var nextID = 0
        var listeners: [Int: @Sendable () -> Void] = [:]
    }
    private static let state = Guarded(State())

    /// Writing to a closed pipe becomes an error of write(2).
    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Runs a command off the caller's actor; a signal cancels it, and is thrown when the command has ended.
    static func run<Context: Sendable>(
        _ command: any Command<Context>, in context: Context, _ terminal: Terminal
    ) async throws {
        let isStopped = Guarded(false)
        let running = Guarded<Task<Void, any Error>?>(nil)
        // The listener comes first: a signal that comes while the command starts must not be lost.
        let id = listen {
            isStopped.withLock { $0 = true }
            running.withLock { $0 }?.cancel()
            if terminal.isTTY { terminal.note("stopping; press Ctrl-C again to stop at once") }
        }
        defer { state.withLock { _ = $0.listeners.removeValue(forKey: id) } }
        let task = Task { @concurrent in try await command.run(in: context) }
        running.withLock { $0 = task }
        if isStopped.withLock({ $0 }) { task.cancel() }
        do {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
        } catch {
            guard isStopped.withLock({ $0 }) else { throw error }
            throw Interruption(error: Fault(wrapping: error).code == .cancelled ? nil : error)
        }
    }

    private static func listen(_ listener: @escaping @Sendable () -> Void) -> Int {
        _ = installed
        return state.withLock { state in
            state.nextID += 1
            state.listeners[state.nextID] = listener
            return state.nextID
        }
    }

    /// Handlers for the whole process. Each signal is handled once; the second of its kind has its usual effect.
    private static let installed: Void = {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        unsafe signalPipe = ends[1]
        let input = ends[0]
        startThread {
            var number: UInt8 = 0
            while true {
                let got = unsafe read(input, &number, 1)
                if got < 0 && errno == EINTR { continue }
                guard got == 1 else { return }
                let listeners = state.withLock { Array($0.listeners.values) }
                if listeners.isEmpty { kill(getpid(), Int32(number)) }
                for listener in listeners { listener() }
            }
        }
        for number in [SIGINT, SIGTERM] {
            var action = sigaction()
            unsafe action.__sigaction_handler.sa_handler = { number in
                // Only what a signal handler may do: one write, with errno as it was.
                let before = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = unsafe write(signalPipe, &byte, 1)
                errno = before
            }
            action.sa_flags = SA_RESTART | Int32(bitPattern: UInt32(SA_RESETHAND))
            unsafe sigaction(number, &action, nil)
        }
    }()
}
