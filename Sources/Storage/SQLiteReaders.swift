// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Connections that read one database, lent to one caller each; more are opened when all are lent.
///
/// Readers never wait for the writer and see what was committed when they began (https://www.sqlite.org/wal.html).
public final class SQLiteReaders: Sendable {
    /// Carries a connection from one thread to the next.
    private struct Parked: @unchecked Sendable {
        // Proof: a connection is in the list or lent, never both; SQLite allows changing threads between calls.
        let connection: SQLiteConnection
    }
    private let path: String
    private let parked = Guarded<[Parked]>([])
    private static let keptLimit = 8

    /// Reads the database at a path, which must be there when it is first asked.
    public init(_ path: String) { self.path = path }

    /// Lends a connection to `body`, which must not keep it.
    public func read<Result>(_ body: (SQLiteConnection) throws(Fault) -> Result) throws(Fault) -> Result {
        let found = parked.withLock { $0.popLast() }
        let connection = if let found { found.connection } else { try SQLiteConnection(path, mode: .readOnly) }
        defer {
            let back = Parked(connection: connection)
            parked.withLock { if $0.count < Self.keptLimit { $0.append(back) } }
        }
        return try body(connection)
    }

    /// Closes the connections that are not lent.
    public func close() { parked.withLock { $0 = [] } }
}
