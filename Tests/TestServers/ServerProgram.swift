// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// A server program that runs as long as this object lives, and ends with this process however that ends.
@safe public final class ServerProgram: @unchecked Sendable {
    // Proof of Sendable: nothing changes after the initialiser.
    private let pid: pid_t
    private let input: Int32
    private static let spawning: Basics.Semaphore = {
        let gate = Basics.Semaphore()
        gate.signal()
        return gate
    }()
    /// Where its outputs go.
    public let logPath: String

    /// Starts a program found on `PATH` or by its path; its outputs go to a file.
    ///
    /// A shell waits beside it for the end of a pipe that this process holds: it kills the program then.
    public init(_ arguments: [String], log: String, variables: [String: String] = [:]) throws {
        logPath = log
        let guardian = """
            log=$0; exec 2>/dev/null; "$@" </dev/null >"$log" 2>&1 & server=$!
            read -r _ || :; kill $server 2>/dev/null; wait $server
            """
        // One at a time: a server started between the two calls would inherit the pipe, and the end of it would never come.
        var ends: [Int32] = [-1, -1]
        Self.spawning.wait()
        defer { Self.spawning.signal() }
        guard unsafe pipe(&ends) == 0 else { throw Fault.system(errno, "make a pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
        var words = unsafe (["/bin/sh", "-c", guardian, log] + arguments).map { unsafe strdup($0) } + [nil]
        let environment = Environment.process.variables.merging(variables) { _, new in new }
        var settings = unsafe environment.map { unsafe strdup("\($0.key)=\($0.value)") } + [nil]
        defer { unsafe (words + settings).forEach { unsafe free($0) } }
        // Threads of tasks block all signals; a shell that inherits that never learns that its child has ended.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pid: pid_t = 0
        let code = unsafe posix_spawn(&pid, "/bin/sh", &actions, &attributes, &words, &settings)
        close(ends[0])
        guard code == 0 else { throw Fault.system(code, "start \(arguments[0])") }
        (self.pid, input) = (pid, ends[1])
    }

    deinit {
        close(input)
        var status: Int32 = 0
        unsafe waitpid(pid, &status, 0)
    }

    /// The first of these programs that is installed.
    public static func find(_ names: String...) -> String? {
        let folders = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/bin"]
        return names.flatMap { name in name.hasPrefix("/") ? [name] : folders.map { FileSystem.join($0, name) } }
            .first(where: FileSystem.exists)
    }

    private static let issued = Guarded<Set<Int>>([])

    /// A TCP port of the loopback interface that nobody listens on, each only once.
    ///
    /// Below those that the kernel gives to clients: the server that will take it starts a while later.
    public static func freePort() throws -> Int {
        for _ in 0..<200 {
            let port = Int.random(in: 15_000..<32_000)
            if issued.withLock({ $0.insert(port).inserted }), canBind(port) { return port }
        }
        throw Fault(.system, "no free port was found")
    }

    // Close-on-exec: a server started meanwhile would inherit the socket and keep the port.
    private static func canBind(_ port: Int) -> Bool {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        var address = loopback(port)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe bind(socket, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return address
    }

    /// Whether somebody listens on a port of the loopback interface.
    public static func listens(on port: Int) -> Bool {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        var address = loopback(port)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe connect(socket, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// Waits until somebody listens on a port; throws with the end of the log when nobody does within two minutes.
    public func waitUntilListening(on port: Int) async throws {
        for _ in 0..<2400 {
            if Self.listens(on: port) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        let log = (try? FileSystem.read(logPath, limit: 1 << 20)) ?? []
        throw Fault(.unavailable, "the test server did not start: \(String(decoding: log.suffix(2000), as: UTF8.self))")
    }
}
