// SPDX-License-Identifier: Apache-2.0

internal import CSpawn
internal import Glibc

/// Two connected ends that no other program inherits by accident.
struct Pipe: ~Copyable, Sendable {
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

/// Starts programs that have no descriptors of ours but those they are given.
enum ChildSpawn {
    /// Held while pipes are made and a program starts: a pipe that exists before it is marked close-on-exec must not
    /// leak into another program. A value of no size would confuse ThreadSanitizer.
    static let one = Guarded(false)

    /// Makes writing to a program that has ended an error and not the end of this process; for threads that are ours
    /// alone.
    static func blockPipeSignal() {
        var pipeSignal = sigset_t()
        unsafe sigemptyset(&pipeSignal)
        unsafe sigaddset(&pipeSignal, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &pipeSignal, nil)
    }

    /// Starts a program in a process group of its own, with default signal handling.
    ///
    /// - Parameters:
    ///   - descriptors: what the program has as 0, 1, 2 and so on.
    ///   - inSession: whether it gets a session of its own too, and with that no terminal.
    static func spawn(
        _ arguments: [String], environment: Environment, workingFolder: String?, descriptors: [Int32],
        inSession: Bool = false
    ) throws(Fault) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (number, descriptor) in descriptors.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        // C libraries do not mark all theirs close-on-exec, and who started this process may not have either.
        unsafe posix_spawn_file_actions_addclosefrom_np(&actions, Int32(descriptors.count))

        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe sigfillset(&signals)
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
        // POSIX_SPAWN_SETSID, which glibc's <spawn.h> shows only to sources that define _GNU_SOURCE.
        let session: Int32 = 0x80
        let group = inSession ? session : POSIX_SPAWN_SETPGROUP
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))

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
