// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Glibc

/// A real PostgreSQL on a free loopback port, with one database and one user who needs a password.
///
/// PostgreSQL refuses to run as root; then it runs as the user `postgres` that its package makes.
public final class PostgreSQLServer: Sendable {
    /// The user's name and password.
    public static let user = "carrier"
    public static let password = "sword fish/ä"
    /// Whether the programs are installed.
    public static let isInstalled = programs != nil && (getuid() != 0 || setpriv != nil)
    /// Why tests of it are skipped.
    public static let missing = "postgresql is not installed, or setpriv (util-linux) is not"

    private static let programs: String? = {
        let versions = (try? FileSystem.names(in: "/usr/lib/postgresql")) ?? []
        return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
            .first { FileSystem.exists("\($0)/initdb") && FileSystem.exists("\($0)/postgres") }
    }()
    private static let setpriv = ServerProgram.find("setpriv")

    public let port: Int
    /// Where it keeps its data and its log.
    public let folder: TemporaryFolder
    private let program = Guarded<ServerProgram?>(nil)

    /// Makes the data and starts it. It ends with this process, however that ends.
    public init() async throws {
        (port, folder) = (try ServerProgram.freePort(), try TemporaryFolder(prefix: "postgresql"))
        try FileSystem.write(Array(Self.password.utf8), to: "\(folder.path)/password")
        try FileSystem.setMode(folder.path, 0o755)
        if getuid() == 0 {
            guard let postgres = unsafe getpwnam("postgres") else {
                throw Fault(.notFound, "there is no user postgres")
            }
            try FileSystem.makeFolder("\(folder.path)/data", mode: 0o700)
            guard unsafe chown("\(folder.path)/data", postgres.pointee.pw_uid, postgres.pointee.pw_gid) == 0 else {
                throw Fault.system(errno, "hand the folder to postgres")
            }
        }
        let arguments = [
            "\(Self.programs ?? "")/initdb", "--pgdata=\(folder.path)/data", "--username=\(Self.user)",
            "--pwfile=\(folder.path)/password", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C",
            "--no-sync", "--no-instructions",
        ]
        let made = try await ChildProcess.run(Self.asOrdinaryUser(arguments), workingFolder: folder.path)
        guard made.status == 0 else {
            throw Fault(.internal, "initdb: \(String(decoding: made.stderr + made.stdout, as: UTF8.self))")
        }
        try await start()
    }

    /// How clients reach a database; the password is in it.
    public func url(_ database: String = "postgres") -> String {
        "postgres://\(Self.user):sword%20fish%2F%C3%A4@127.0.0.1:\(port)/\(database)"
    }

    /// What `psql` says to a statement, without headings: a second opinion beside our own code.
    @discardableResult public func run(_ statement: String, in database: String = "postgres") async throws -> String {
        let arguments = [
            "\(Self.programs ?? "")/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", statement, url(database),
        ]
        let result = try await ChildProcess.run(arguments)
        guard result.status == 0 else { throw Fault(.internal, String(decoding: result.stderr, as: UTF8.self)) }
        return String(decoding: result.stdout.dropLast(), as: UTF8.self)
    }

    /// Starts it again after `stop`, with the data it had.
    public func start() async throws {
        let started = try ServerProgram(
            Self.asOrdinaryUser([
                "\(Self.programs ?? "")/postgres", "-D", "\(folder.path)/data", "-p", "\(port)", "-c",
                "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c",
                "log_statement=all",
            ]), log: "\(folder.path)/log")
        try await started.waitUntilListening(on: port)
        program.withLock { $0 = started }
        // It listens before it answers.
        for attempt in 0... {
            do {
                try await run("SELECT 1")
                return
            } catch  where attempt < 400 { try await Task.sleep(for: .milliseconds(50)) }
        }
    }

    /// Ends it and waits for its end; connections are lost.
    public func stop() throws {
        // When terminated it would wait for its clients; when interrupted it does not.
        let lines = try FileSystem.read("\(folder.path)/data/postmaster.pid", limit: 4096).split(separator: 0x0A)
        if let pid = lines.first.flatMap({ pid_t(String(decoding: $0, as: UTF8.self)) }) { kill(pid, SIGINT) }
        program.withLock { $0 = nil }
    }

    private static func asOrdinaryUser(_ arguments: [String]) -> [String] {
        getuid() == 0
            ? [setpriv ?? "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "--"] + arguments
            : arguments
    }
}
