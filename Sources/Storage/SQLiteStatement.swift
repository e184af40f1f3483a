// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CSQLite

/// One prepared statement, owned by the connection that made it and finalised with it.
@safe final class SQLiteStatement {
    private let handle: OpaquePointer
    private let sql: String

    init(_ sql: String, in database: OpaquePointer) throws(Fault) {
        var made: OpaquePointer?
        let code = unsafe sqlite3_prepare_v3(database, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
        guard code == SQLITE_OK, let made = unsafe made else { throw unsafe SQLiteFault.of(code, database, sql) }
        unsafe handle = made
        self.sql = sql
    }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Binds the values, calls `body` for each row, and is ready for the next run however that ends.
    func run(
        _ values: [SQLiteValue], in database: OpaquePointer, _ body: (borrowing SQLiteRow) throws(Fault) -> Bool
    ) throws(Fault) {
        // “sqlite3_reset … does not change the values of any bindings” (sqlite3.h): texts would stay in memory.
        defer {
            unsafe sqlite3_reset(handle)
            unsafe sqlite3_clear_bindings(handle)
        }
        for (index, value) in values.enumerated() {
            let code = bind(value, at: Int32(index + 1))
            guard code == SQLITE_OK else { throw unsafe SQLiteFault.of(code, database, sql) }
        }
        while true {
            switch unsafe sqlite3_step(handle) {
            case SQLITE_ROW: guard try body(unsafe SQLiteRow(handle)) else { return }
            case SQLITE_DONE: return
            case let code: throw unsafe SQLiteFault.of(code, database, sql)
            }
        }
    }

    private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        switch value {
        case .integer(let number): return unsafe sqlite3_bind_int64(handle, index, number)
        case .text(let text):
            return unsafe sovereign_sqlite_bind_text(handle, index, text, Int32(clamping: text.utf8.count))
        case .bytes(let bytes):
            return unsafe bytes.withUnsafeBytes {
                unsafe sovereign_sqlite_bind_blob(handle, index, $0.baseAddress, Int32(clamping: $0.count))
            }
        case .null: return unsafe sqlite3_bind_null(handle, index)
        }
    }
}

/// The row that a query stands at. Columns are numbered from 0.
@safe public struct SQLiteRow: ~Copyable {
    // Proof: made for one call of a query's body, which only borrows it, while the statement stands at the row.
    private let handle: OpaquePointer
    init(_ handle: OpaquePointer) { unsafe self.handle = handle }

    /// A number; 0 for null.
    public borrowing func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    /// A text; empty for null.
    public borrowing func text(_ column: Int32) -> String { optionalText(column) ?? "" }

    /// A text, or nil for null.
    public borrowing func optionalText(_ column: Int32) -> String? {
        guard let start = unsafe sqlite3_column_text(handle, column) else { return nil }
        // The count is asked for after the text (sqlite3.h, “Result Values From A Query”).
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    /// A number, or nil for null.
    public borrowing func optionalInteger(_ column: Int32) -> Int64? {
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL ? nil : integer(column)
    }

    /// Bytes; none for null.
    public borrowing func bytes(_ column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
