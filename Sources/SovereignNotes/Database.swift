// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CPQ
internal import Glibc

/// One connection to PostgreSQL, owned once and closed with its owner. Its calls block.
@safe struct Connection: ~Copyable, Sendable {
    // Proof of Sendable: a PGconn may be used from any thread, one at a time, and this value has one owner.
    nonisolated(unsafe) private let handle: OpaquePointer

    /// What holds unless the URL says otherwise: a server that is gone is noticed after seconds, not minutes.
    private static let defaults = [
        ("connect_timeout", "5"), ("tcp_user_timeout", "10000"), ("application_name", "sovereign-notes"),
    ]

    /// Checks how a URL is written; throws `.invalid`.
    ///
    /// libpq's own message quotes what it stumbles over, which can be the password: it is not passed on.
    static func check(_ url: String) throws(Fault) {
        let wrong = Fault(
            .invalid, "DATABASE_URL is not written as PostgreSQL wants it",
            fix: "set it to postgres://USER:PASSWORD@HOST/DATABASE, with special characters percent-encoded")
        guard !url.utf8.contains(0), let options = unsafe PQconninfoParse(url, nil) else { throw wrong }
        defer { unsafe PQconninfoFree(options) }
        // The port is looked at only when connecting, and quoted then.
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if unsafe String(cString: keyword) == "port", let value = unsafe option.pointee.val {
                let ports = unsafe String(cString: value).split(separator: ",")
                guard ports.allSatisfy({ Int($0).map { (1...65_535).contains($0) } ?? false }) else { throw wrong }
            }
            unsafe option += 1
        }
    }

    /// Connects; throws `.unavailable` with the server's reason, without the password.
    init(_ url: String) throws(Fault) {
        try Self.check(url)
        let (keywords, values) = (Self.defaults.map(\.0) + ["dbname"], Self.defaults.map(\.1) + [url])
        let (names, texts) = unsafe (
            keywords.map { unsafe strdup($0) } + [nil], values.map { unsafe strdup($0) } + [nil]
        )
        defer { unsafe (names + texts).forEach { unsafe free($0) } }
        // As the database's name, the URL is taken apart and overrides what stands before it.
        guard
            let handle = unsafe PQconnectdbParams(
                names.map { unsafe UnsafePointer($0) }, texts.map { unsafe UnsafePointer($0) }, 1)
        else { throw Fault(.system, "libpq has no memory for a connection") }
        guard unsafe PQstatus(handle) == CONNECTION_OK else {
            let reason = unsafe String(cString: PQerrorMessage(handle)).trimmed
            unsafe PQfinish(handle)
            throw Fault(.unavailable, "the database cannot be reached: \(reason)", fix: "check DATABASE_URL")
        }
        unsafe self.handle = handle
    }

    deinit { unsafe PQfinish(handle) }

    /// Whether the connection can be asked something. A server that says something unasked takes leave: its farewell
    /// comes before the end of the connection. At worst a new connection is made needlessly.
    var isAlive: Bool {
        var socket = pollfd(fd: unsafe PQsocket(handle), events: Int16(POLLIN), revents: 0)
        return unsafe PQstatus(handle) == CONNECTION_OK && poll(&socket, 1, 0) == 0
    }

    /// Runs a statement with parameters; rows of text come back.
    func query(_ statement: String, _ parameters: [String] = []) throws(Fault) -> [[String]] {
        let copies = unsafe parameters.map { unsafe strdup($0) }
        defer { unsafe copies.forEach { unsafe free($0) } }
        let values: [UnsafePointer<CChar>?] = unsafe copies.map { unsafe UnsafePointer($0) }
        let result = unsafe PQexecParams(handle, statement, Int32(parameters.count), nil, values, nil, nil, 0)
        defer { unsafe PQclear(result) }
        let status = unsafe PQresultStatus(result)
        guard status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK else {
            throw Fault(
                .unavailable,
                "the database refused a statement: \(unsafe String(cString: PQerrorMessage(handle)).trimmed)")
        }
        return (0..<(unsafe PQntuples(result))).map { row in
            (0..<(unsafe PQnfields(result))).map { column in unsafe String(cString: PQgetvalue(result, row, column)) }
        }
    }
}

/// Runs statements on a thread of its own, which owns the one connection and makes it anew when it is lost.
final class Database: Sendable {
    private typealias Work = @Sendable (borrowing Connection) -> Void
    private let url: String
    private let queue = Guarded<[@Sendable (String, inout Connection?) -> Void]>([])
    private let wake = Semaphore()

    init(url: String) {
        self.url = url
        startThread { [self] in
            var connection: Connection?
            while true {
                wake.wait()
                guard let job = queue.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { continue }
                job(self.url, &connection)
            }
        }
    }

    /// Rows of a statement. A connection that was lost before is made anew; one that is lost meanwhile is an error,
    /// because nobody knows whether the statement was executed.
    func query(_ statement: String, _ parameters: [String] = []) async throws -> [[String]] {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<[[String]], any Error>) in
            queue.withLock { jobs in
                jobs.append { url, connection in
                    continuation.resume(with: Result { try Self.run(statement, parameters, url, &connection) })
                }
            }
            wake.signal()
        }
    }

    private static func run(
        _ statement: String, _ parameters: [String], _ url: String, _ connection: inout Connection?
    ) throws(Fault) -> [[String]] {
        let open: Connection
        if let kept = connection.take(), kept.isAlive { open = kept } else { open = try Connection(url) }
        let result: Result<[[String]], Fault>
        do { result = .success(try open.query(statement, parameters)) } catch { result = .failure(error) }
        connection = consume open
        return try result.get()
    }
}
