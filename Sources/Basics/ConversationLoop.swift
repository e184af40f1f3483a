// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A program that runs and the four pipes to it. With this value the program and all it started have ended.
struct ConversationLoop: ~Copyable {
    private let talk: ChildConversation
    private var pid: pid_t = 0
    private var hasEnded = false
    private var status: Int32 = 0
    private var input: FileHandle?
    /// The end that the program reads: what is left in it at the end was not read.
    private var unread: FileHandle?
    private var output: FileHandle?
    private var log: FileHandle?
    private var answer: FileHandle?
    private var answered: [UInt8] = []
    private var outputCount: Int64 = 0

    init(_ talk: ChildConversation, hasInput: Bool) throws(Fault) {
        self.talk = talk
        ChildSpawn.blockPipeSignal()
        let folder = try FileSystem.realPath(talk.workingFolder)
        // POSIX.1-2017 counts `ulimit -f` in units of 512 bytes.
        let limit = talk.fileLimit.map { "ulimit -f \(($0 + 511) / 512) && " } ?? ""
        let words = ["/bin/sh", "-c", "ulimit -c 0 && \(limit)cd -- \"$0\" && exec \"$@\"", folder, talk.program]
        let none = try FileHandle(reading: "/dev/null")
        pid = try ChildSpawn.one.withLock { _ throws(Fault) in
            let inputs = try Pipe(), outputs = try Pipe(), logs = try Pipe(), answers = try Pipe()
            let pid = try ChildSpawn.spawn(
                words + talk.arguments, environment: talk.environment, workingFolder: nil,
                descriptors: [
                    hasInput ? inputs.reading.descriptor : none.descriptor, outputs.writing.descriptor,
                    logs.writing.descriptor, answers.writing.descriptor,
                ], inSession: true)
            for descriptor in [
                inputs.writing.descriptor, outputs.reading.descriptor, logs.reading.descriptor,
                answers.reading.descriptor,
            ] {
                _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            }
            if hasInput {
                input = consume inputs.writing
                unread = consume inputs.reading
            }
            output = consume outputs.reading
            log = consume logs.reading
            answer = consume answers.reading
            return pid
        }
    }

    deinit { if !hasEnded, pid > 0 { Self.end(pid, talk.mark) } }

    /// Moves bytes until the program has ended.
    mutating func finish(
        _ feed: ConversationFeed, _ take: (Chunk) throws -> Void, _ note: (Chunk) -> Void
    ) throws -> ChildConversation.End {
        let deadline = ContinuousClock.now + talk.deadline
        do {
            while try !hasExited() { try move(feed, until: deadline, take, note) }
            kill(-pid, SIGKILL)
            // What is in the pipes still counts; whoever holds them longer than this is no part of the group.
            let last = ContinuousClock.now + .seconds(1)
            while isOpen, ContinuousClock.now < last { try move(feed, until: last, isLast: true, take, note) }
            while case .nothingYet = feed.next() { try move(feed, until: deadline, take, note) }
        } catch {
            stop()
            throw error
        }
        if case .failed(let failure) = feed.next() {
            reap()
            throw failure
        }
        let (hasLeft, hasRead) = (isOpen, hasReadInput(feed))
        reap()
        return ChildConversation.End(
            exit: status & 0x7F == 0 ? .status((status >> 8) & 0xFF) : .signal(status & 0x7F), answer: answered,
            hasReadInput: hasRead, hasLeftProcesses: hasLeft)
    }

    private var isOpen: Bool { output != nil || log != nil || answer != nil }

    private mutating func hasReadInput(_ feed: ConversationFeed) -> Bool {
        guard let unread = unread?.descriptor else { return true }
        guard case .end = feed.next() else { return false }
        // Nobody else can write to it, so this does not wait.
        input = nil
        var byte: UInt8 = 0
        return unsafe Glibc.read(unread, &byte, 1) <= 0
    }

    /// Waits for something to happen, a tenth of a second at most, and moves what is there.
    private mutating func move(
        _ feed: ConversationFeed, until deadline: ContinuousClock.Instant, isLast: Bool = false,
        _ take: (Chunk) throws -> Void, _ note: (Chunk) -> Void
    ) throws {
        guard !feed.isCancelled else {
            throw Fault(.cancelled, "\(talk.program) was stopped: the operation was cancelled")
        }
        let left = deadline - .now
        guard left > .zero || isLast else {
            throw Fault(
                .limitExceeded, "\(talk.program) did not end within \(talk.deadline) and was stopped",
                fix: "see what it waits for, or give it more time")
        }
        if case .failed(let failure) = feed.next() { throw failure }
        var pending: Chunk?
        if case .chunk(let chunk) = feed.next() { pending = chunk }
        if case .end = feed.next() { input = nil }
        var polled = [
            pollfd(fd: pending == nil ? -1 : input?.descriptor ?? -1, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: output?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: log?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: answer?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: feed.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        // A program may end without any of its pipes saying so.
        let wait = Int32(clamping: max(0, min(Int64(left / .milliseconds(1)), isOpen ? 50 : 10)))
        let ready = unsafe poll(&polled, 5, wait)
        guard ready >= 0 || errno == EINTR else { throw Fault.system(errno, "wait for \(talk.program)") }
        guard ready > 0 else { return }
        if polled[4].revents != 0 { feed.drain() }
        if polled[0].revents != 0, let pending { try write(pending, feed) }
        if polled[1].revents != 0 {
            let piece = try Self.read(polled[1].fd, talk.program)
            outputCount += Int64(piece?.count ?? 0)
            guard outputCount <= talk.outputLimit else { throw tooMuch("output", talk.outputLimit) }
            if let piece { if !piece.isEmpty { try take(piece) } } else { output = nil }
        }
        if polled[2].revents != 0 {
            if let piece = try Self.read(polled[2].fd, talk.program) { note(piece) } else { log = nil }
        }
        if polled[3].revents != 0 {
            if let piece = try Self.read(polled[3].fd, talk.program) { answered += piece } else { answer = nil }
            guard answered.count <= talk.answerLimit else { throw tooMuch("answer", Int64(talk.answerLimit)) }
        }
    }

    private func tooMuch(_ what: String, _ limit: Int64) -> Fault {
        Fault(.limitExceeded, "the \(what) of \(talk.program) is larger than the \(ByteCount(limit)) accepted here")
    }

    private mutating func write(_ chunk: Chunk, _ feed: ConversationFeed) throws(Fault) {
        let descriptor = input?.descriptor ?? -1
        let put = unsafe chunk.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if put < 0 && (errno == EAGAIN || errno == EINTR) { return }
        guard put >= 0 else { throw Fault.system(errno, "write to \(talk.program)") }
        feed.written(put)
    }

    /// What is there; nil at the end.
    private static func read(_ descriptor: Int32, _ program: String) throws(Fault) -> Chunk? {
        var got = 0
        let piece = unsafe [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
            unsafe got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            count = max(got, 0)
        }
        if got < 0 && (errno == EAGAIN || errno == EINTR) { return [] }
        guard got >= 0 else { throw Fault.system(errno, "read from \(program)") }
        return got == 0 ? nil : piece[...]
    }

    /// Whether the program has ended. It stays a zombie, so that nobody else gets its number.
    private func hasExited() throws(Fault) -> Bool { try Self.hasExited(pid, talk.program) }

    private static func hasExited(_ pid: pid_t, _ program: String) throws(Fault) -> Bool {
        var found = unsafe siginfo_t()
        let code = unsafe waitid(P_PID, id_t(pid), &found, WEXITED | WNOHANG | WNOWAIT)
        guard code == 0 || errno == EINTR else { throw Fault.system(errno, "wait for \(program)") }
        return unsafe code == 0 && found.si_signo == SIGCHLD
    }

    /// Tells the program to end, and makes it.
    private mutating func stop() {
        // Nobody reads any more: what it still writes ends it, or is lost.
        input = nil
        unread = nil
        output = nil
        log = nil
        answer = nil
        kill(-pid, SIGTERM)
        let last = ContinuousClock.now + talk.grace
        while ContinuousClock.now < last, (try? Self.hasExited(pid, talk.program)) == false { usleep(5000) }
        reap()
    }

    private mutating func reap() {
        guard !hasEnded else { return }
        status = Self.end(pid, talk.mark)
        hasEnded = true
    }

    /// Ends the group, what has left it, and the program's entry in the table of processes.
    @discardableResult
    private static func end(_ pid: pid_t, _ mark: (name: String, value: String)) -> Int32 {
        kill(-pid, SIGKILL)
        ProcessMark(mark.name, mark.value).killAll()
        var code: Int32 = 0
        while unsafe waitpid(pid, &code, 0) < 0 && errno == EINTR {}
        return code
    }
}
