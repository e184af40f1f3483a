// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CPQ
internal import Glibc

/// One connection to PostgreSQL, owned once and closed with its owner. Its calls block.
@safe struct Connection: ~Copyable, Sendable {
    // Proof of Sendable: a PGconn may be used from any thread, one at a time, and this value has one owner.
    nonisolated(unsafe) private let handle: OpaquePointer

    /// Connects; throws `.unavailable` with the server's reason, without the password.
    init(_ url: String) throws(Fault) {
        guard let handle = unsafe PQconnectdb(url) else { throw Fault(.system, "libpq has no memory for a connection") }
        guard unsafe PQstatus(handle) == CONNECTION_OK else {
            let reason = unsafe String(cString: PQerrorMessage(handle)).trimmed
            unsafe PQfinish(handle)
            throw Fault(.unavailable, "the database cannot be reached: \(reason)", fix: "check DATABASE_URL")
        }
        unsafe self.handle = handle
    }

    deinit { unsafe PQfinish(handle) }

    /// Whether the server still answers on this connection.
    var isAlive: Bool { unsafe PQstatus(handle) == CONNECTION_OK }

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

    /// Rows of a statement. A lost connection is made anew once.
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
        if let open = connection.take(), open.isAlive {
            do {
                let rows = try open.query(statement, parameters)
                connection = consume open
                return rows
            } catch {
                guard !open.isAlive else {
                    connection = consume open
                    throw error
                }
            }
        }
        let fresh = try Connection(url)
        let rows = try fresh.query(statement, parameters)
        connection = consume fresh
        return rows
    }
}
