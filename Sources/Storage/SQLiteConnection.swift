// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import CSQLite

/// A connection to one database file. Not `Sendable`: whoever opened it keeps it, and `SQLiteDatabase` lends it.
///
/// Statements are prepared once for each text and kept, so texts must be literals of the program, with values bound.
@safe public final class SQLiteConnection {
    /// What a connection may do.
    public enum Mode: Sendable {
        /// Read and write; the file is made when it is not there.
        case readWrite
        /// Read only; the file must be there.
        case readOnly
    }
    private let handle: OpaquePointer
    private var statements: [String: SQLiteStatement] = [:]
    private static let statementLimit = 200

    /// Opens a file in WAL mode (https://www.sqlite.org/wal.html).
    ///
    /// A commit survives the end of the process; whether also a power cut depends on `isDurable`
    /// (`synchronous` = FULL or NORMAL). Without it a power cut may take the last commits, never the database.
    public init(_ path: String, mode: Mode = .readWrite, isDurable: Bool = true) throws(Fault) {
        var made: OpaquePointer?
        // One thread at a time: SQLite's own locks would be paid for nothing.
        let access = mode == .readWrite ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
        let flags = access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(path, &made, flags, nil)
        guard code == SQLITE_OK, let made = unsafe made else {
            let fault = unsafe SQLiteFault.of(code, made, "open \(path)")
            unsafe sqlite3_close_v2(made)
            throw fault
        }
        unsafe handle = made
        unsafe sqlite3_busy_timeout(handle, 5000)
        unsafe sovereign_sqlite_set_defensive(handle)
        if mode == .readWrite { try script("PRAGMA journal_mode = WAL") }
        try script(
            """
            PRAGMA synchronous = \(isDurable ? "FULL" : "NORMAL"); PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;
            PRAGMA temp_store = MEMORY; PRAGMA cache_size = -4096; PRAGMA journal_size_limit = 16777216
            """)
    }

    deinit {
        statements = [:]
        unsafe sqlite3_close_v2(handle)
    }

    /// Runs statements without values, separated by semicolons.
    public func script(_ sql: String) throws(Fault) {
        let code = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw unsafe SQLiteFault.of(code, handle, sql) }
    }

    /// Runs a statement; returns how many rows it inserted, changed or removed.
    @discardableResult
    public func run(_ sql: StaticString, _ values: SQLiteValue...) throws(Fault) -> Int {
        try unsafe statement(sql).run(values, in: handle) { _ throws(Fault) in true }
        return Int(unsafe sqlite3_changes(handle))
    }

    /// The rows of a query, each as `row` reads it.
    public func all<Element>(
        _ sql: StaticString, _ values: SQLiteValue..., row: (borrowing SQLiteRow) throws(Fault) -> Element
    ) throws(Fault) -> [Element] {
        var elements: [Element] = []
        try unsafe statement(sql).run(values, in: handle) { current throws(Fault) in
            elements.append(try row(current))
            return true
        }
        return elements
    }

    /// Calls `row` for each row of a query until it returns false.
    public func each(
        _ sql: StaticString, _ values: SQLiteValue..., row: (borrowing SQLiteRow) throws(Fault) -> Bool
    ) throws(Fault) {
        try unsafe statement(sql).run(values, in: handle, row)
    }

    /// The first row of a query as `row` reads it; nil when there is none.
    public func first<Element>(
        _ sql: StaticString, _ values: SQLiteValue..., row: (borrowing SQLiteRow) throws(Fault) -> Element
    ) throws(Fault) -> Element? {
        var found: Element?
        try unsafe statement(sql).run(values, in: handle) { current throws(Fault) in
            found = try row(current)
            return false
        }
        return found
    }

    /// The number of the row that was inserted last.
    public var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    /// Runs `body` in a transaction that writes: all of it happens, or nothing.
    public func transaction<Result>(_ body: () throws(Fault) -> Result) throws(Fault) -> Result {
        try script("BEGIN IMMEDIATE")
        do throws(Fault) {
            let result = try body()
            try script("COMMIT")
            return result
        } catch {
            // After some failures SQLite has rolled back already; then there is nothing to roll back.
            try? script("ROLLBACK")
            throw error
        }
    }

    /// Runs `body` within a transaction; when it throws, what it did is undone, and the transaction goes on.
    public func attempt<Result>(_ body: () throws(Fault) -> Result) throws(Fault) -> Result {
        try run("SAVEPOINT attempt")
        do throws(Fault) {
            let result = try body()
            try run("RELEASE attempt")
            return result
        } catch {
            try script("ROLLBACK TO attempt; RELEASE attempt")
            throw error
        }
    }

    private func statement(_ sql: StaticString) throws(Fault) -> SQLiteStatement {
        let text = "\(sql)"
        if let statement = statements[text] { return statement }
        let made = try unsafe SQLiteStatement(text, in: handle)
        if statements.count >= Self.statementLimit { statements = [:] }
        statements[text] = made
        return made
    }
}
