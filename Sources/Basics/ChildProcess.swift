// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Runs another program to its end, with its input and outputs in memory.
public enum ChildProcess {
    /// How a program ended and what it said.
    public struct Result: Sendable {
        /// The exit status; `128 + signal` when a signal ended it, as shells count.
        public let status: Int32
        /// All it wrote to its standard output.
        public let stdout: [UInt8]
        /// All it wrote to its standard error.
        public let stderr: [UInt8]
    }

    /// Starts `arguments[0]` (looked up in its `$PATH` unless it has a slash), feeds it `input` and waits for its end.
    ///
    /// Any exit status is a normal result. At the deadline, on cancellation and when it says more than
    /// `outputLimit`, the program and what it started are killed and this throws. It runs in a process group of
    /// its own, with default signal handling and no descriptors of ours but the three standard ones.
    ///
    /// - Parameters:
    ///   - environment: all its variables; by default those of this process.
    ///   - outputLimit: the most bytes to accept on each of the two outputs.
    public static func run(
        _ arguments: [String], input: [UInt8] = [], environment: Environment = .process, workingFolder: String? = nil,
        deadline: Duration = .seconds(60), outputLimit: Int = 16 * 1024 * 1024
    ) async throws -> Result {
        guard let program = arguments.first, !program.isEmpty,
            !arguments.contains(where: { $0.utf8.contains(0) })
        else { throw Fault(.invalid, "a program to run needs a name, and arguments without NUL bytes") }
        if let workingFolder, !FileSystem.isFolder(workingFolder) {
            throw Fault(.notFound, "there is no folder \(workingFolder) to run \(program) in", fix: "check the path")
        }
        let isCancelled = Guarded(false)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                startThread {
                    do throws(Fault) {
                        var child = try RunningChild(
                            arguments, input: input, environment: environment, workingFolder: workingFolder)
                        continuation.resume(
                            returning: try child.finish(
                                deadline: .now + deadline, outputLimit: outputLimit,
                                isCancelled: { isCancelled.withLock { $0 } }))
                    } catch {
                        continuation.resume(throwing: error)
                    }
                }
            }
        } onCancel: {
            isCancelled.withLock { $0 = true }
        }
    }
}

/// A started program: its process is reaped, and killed when still running, with this value.
private struct RunningChild: ~Copyable {
    private let program: String
    private let input: [UInt8]
    private var written = 0
    private var pid: pid_t = 0
    private var stdin: FileHandle?
    private var stdout: FileHandle?
    private var stderr: FileHandle?
    private var output: [UInt8] = []
    private var errors: [UInt8] = []
    private var status: Int32?

    init(_ arguments: [String], input: [UInt8], environment: Environment, workingFolder: String?) throws(Fault) {
        (program, self.input) = (arguments[0], input)
        ChildSpawn.blockPipeSignal()
        pid = try ChildSpawn.one.withLock { _ throws(Fault) in
            let inputs = try Pipe()
            let outputs = try Pipe()
            let errors = try Pipe()
            let pid = try ChildSpawn.spawn(
                arguments, environment: environment, workingFolder: workingFolder,
                descriptors: [inputs.reading.descriptor, outputs.writing.descriptor, errors.writing.descriptor])
            for descriptor in [inputs.writing.descriptor, outputs.reading.descriptor, errors.reading.descriptor] {
                _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            }
            stdin = consume inputs.writing
            stdout = consume outputs.reading
            stderr = consume errors.reading
            return pid
        }
    }

    deinit {
        guard pid > 0, status == nil else { return }
        kill(-pid, SIGKILL)
        var ignored: Int32 = 0
        while unsafe waitpid(pid, &ignored, 0) < 0 && errno == EINTR {}
    }

    /// Moves bytes until the program has ended.
    mutating func finish(
        deadline: ContinuousClock.Instant, outputLimit: Int, isCancelled: () -> Bool
    ) throws(Fault) -> ChildProcess.Result {
        if input.isEmpty { stdin = nil }
        var pause: Int32 = 1
        while true {
            guard !isCancelled() else { throw Fault(.cancelled, "\(program) was stopped: the operation was cancelled") }
            let left = deadline - .now
            guard left > .zero else {
                throw Fault(
                    .unavailable, "\(program) did not end in time and was stopped",
                    fix: "run it by hand to see what it waits for")
            }
            // Wakes at least every 100 ms: to notice cancellation, and an end whose outputs some other process holds.
            let isOpen = stdout != nil || stderr != nil
            let wait = min(Int32(clamping: Int64(left / .milliseconds(1)) + 1), isOpen ? 100 : pause)
            let moved = try move(waiting: wait, outputLimit: outputLimit)
            if !moved {
                pause = min(2 * pause, 100)
                if try hasEnded() { break }
            } else if stdout == nil, stderr == nil, try hasEnded() {
                break
            }
        }
        return ChildProcess.Result(status: status ?? 0, stdout: output, stderr: errors)
    }

    /// Waits for any of the three pipes, then moves what is there; false when nothing happened.
    private mutating func move(waiting milliseconds: Int32, outputLimit: Int) throws(Fault) -> Bool {
        var polled = [
            pollfd(fd: stdin?.descriptor ?? -1, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: stdout?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: stderr?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
        ]
        let ready = unsafe poll(&polled, 3, milliseconds)
        guard ready >= 0 || errno == EINTR else { throw Fault.system(errno, "wait for \(program)") }
        guard ready > 0 else { return false }
        if polled[0].revents != 0 { try feed() }
        if polled[1].revents != 0, try Self.drain(polled[1].fd, into: &output, outputLimit, program) { stdout = nil }
        if polled[2].revents != 0, try Self.drain(polled[2].fd, into: &errors, outputLimit, program) { stderr = nil }
        return true
    }

    private mutating func feed() throws(Fault) {
        let descriptor = stdin?.descriptor ?? -1
        let put = unsafe input[written...].withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        if put < 0 && (errno == EAGAIN || errno == EINTR) { return }
        // A reader that has gone (EPIPE) has read enough: its status says whether all is well.
        guard put >= 0 || errno == EPIPE else { throw Fault.system(errno, "write to \(program)") }
        written += max(put, 0)
        if put < 0 || written == input.count { stdin = nil }
    }

    /// Reads what is there; true at the end.
    private static func drain(
        _ descriptor: Int32, into bytes: inout [UInt8], _ limit: Int, _ program: String
    ) throws(Fault) -> Bool {
        var got = 0
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
            unsafe got = read(descriptor, buffer.baseAddress, buffer.count)
            count = max(got, 0)
        }
        if got < 0 && (errno == EAGAIN || errno == EINTR) { return false }
        guard got >= 0 else { throw Fault.system(errno, "read from \(program)") }
        guard bytes.count + got <= limit else {
            throw Fault(.limitExceeded, "\(program) wrote more than the \(ByteCount(Int64(limit))) accepted here")
        }
        bytes += piece
        return got == 0
    }

    private mutating func hasEnded() throws(Fault) -> Bool {
        var code: Int32 = 0
        let found = unsafe waitpid(pid, &code, WNOHANG)
        guard found >= 0 || errno == EINTR else { throw Fault.system(errno, "wait for \(program)") }
        guard found == pid else { return false }
        status = code & 0x7F == 0 ? (code >> 8) & 0xFF : 128 + (code & 0x7F)
        return true
    }
}
