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

/// Two connected ends that no other program inherits by accident.
private struct Pipe: ~Copyable {
    let reading: FileHandle
    let writing: FileHandle

    init() throws(Fault) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw Fault.system(errno, "make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        reading = FileHandle(takingOwnership: ends[0], path: "a pipe")
        writing = FileHandle(takingOwnership: ends[1], path: "a pipe")
    }
}

/// A program that runs beside this one and talks through its standard input and output.
///
/// It is not killed with its owner, however that ends: it meets the end of its input, and has to end by itself. It runs
/// in a process group of its own, so that signals of a terminal pass it by; what it writes to standard error is dropped.
/// All calls block: for threads of our own.
public final class PipedProgram: Sendable {
    private let pid: pid_t
    private let input: FileHandle
    private let output: FileHandle
    /// How much a pipe shall hold; the most that Linux allows everybody.
    private static let capacity: Int32 = 1024 * 1024
    /// F_SETPIPE_SZ of fcntl(2), which the module of the C library leaves out.
    private static let setPipeSize: Int32 = 1031

    /// Starts `arguments[0]`.
    ///
    /// - Parameter descriptor: becomes its descriptor 3, and with it a lock that is held on it.
    public init(_ arguments: [String], inheriting descriptor: Int32, environment: Environment = .process) throws(Fault)
    {
        Self.blockBrokenPipeSignal()
        let inputs = try Pipe(), outputs = try Pipe()
        let nowhere = try FileHandle(writingTo: "/dev/null")
        _ = fcntl(inputs.writing.descriptor, Self.setPipeSize, Self.capacity)
        pid = try RunningChild.spawning.withLock { _ throws(Fault) in
            try RunningChild.spawn(
                arguments, environment: environment, workingFolder: nil,
                descriptors: [
                    inputs.reading.descriptor, outputs.writing.descriptor, nowhere.descriptor, descriptor,
                ])
        }
        input = inputs.writing
        output = outputs.reading
    }

    deinit {
        // Its input ends with this object; somebody has to take note of its end.
        let pid = pid
        startThread {
            var ignored: Int32 = 0
            while unsafe waitpid(pid, &ignored, 0) < 0 && errno == EINTR {}
        }
    }

    /// A program that has gone becomes an error of `write`, on the thread that calls this.
    public static func blockBrokenPipeSignal() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    /// Ends it at once.
    public func stop() { kill(pid, SIGKILL) }

    /// Writes all bytes to its standard input; throws when it has gone.
    public func write(_ bytes: Chunk) throws(Fault) { try input.write(bytes) }

    /// The next `count` bytes of its standard output; fewer when it has closed it.
    public func read(exactly count: Int) throws(Fault) -> [UInt8] { try output.readNext(exactly: count) }
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
    /// A value of no size would confuse ThreadSanitizer.
    fileprivate static let spawning = Guarded(false)

    init(_ arguments: [String], input: [UInt8], environment: Environment, workingFolder: String?) throws(Fault) {
        (program, self.input) = (arguments[0], input)
        // A program that ends before it has read all its input must not end this process; the thread is ours alone.
        var pipeSignal = sigset_t()
        unsafe sigemptyset(&pipeSignal)
        unsafe sigaddset(&pipeSignal, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &pipeSignal, nil)

        // One at a time: a pipe that exists before it is marked close-on-exec must not leak into another program.
        pid = try Self.spawning.withLock { _ throws(Fault) in
            let inputs = try Pipe()
            let outputs = try Pipe()
            let errors = try Pipe()
            let pid = try Self.spawn(
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

    fileprivate static func spawn(
        _ arguments: [String], environment: Environment, workingFolder: String?, descriptors: [Int32]
    ) throws(Fault) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in descriptors.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))

        let program = try find(arguments[0], environment["PATH"] ?? "/usr/bin:/bin", workingFolder)
        // posix_spawn itself sets no folder in POSIX.1-2017, and changing ours would disturb other threads.
        let arguments =
            if let workingFolder {
                ["/bin/sh", "-c", #"cd -- "$0" && exec "$@""#, try FileSystem.realPath(workingFolder), program]
                    + arguments.dropFirst()
            } else { arguments }
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        var variables = unsafe environment.variables.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (words + variables).forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let file = workingFolder == nil ? program : "/bin/sh"
        let code = unsafe posix_spawn(&pid, file, &actions, &attributes, &words, &variables)
        guard code == 0 else { throw Fault.system(code, "run \(program)") }
        return pid
    }

    /// The first executable file of that name in the folders of `path`.
    private static func find(_ name: String, _ path: String, _ workingFolder: String?) throws(Fault) -> String {
        let candidates =
            name.contains("/") ? [name] : path.split(separator: ":").map { FileSystem.join(String($0), name) }
        for candidate in candidates {
            let place = workingFolder.map { FileSystem.join($0, candidate) } ?? candidate
            if unsafe access(place, X_OK) == 0, !FileSystem.isFolder(place) { return candidate }
        }
        throw Fault(.notFound, "the program \(name) was not found", fix: "install it, or put its folder into PATH")
    }
}
