// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CSQLite

/// What SQLite says went wrong, as a fault. Values are never in it: they may be secret.
enum SQLiteFault {
    static func of(_ code: Int32, _ database: OpaquePointer?, _ sql: String) -> Fault {
        let reason = unsafe database.map { unsafe String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
        let message = "the database refuses “\(sql.prefix(80))”: \(reason)"
        // Extended codes hold the primary one in their low byte.
        return switch code & 0xFF {
        case SQLITE_FULL: Fault(.diskFull, message, fix: "free some space on the disk that holds it")
        case SQLITE_CORRUPT, SQLITE_NOTADB: Fault(.corrupt, message, fix: "rebuild it, or restore a backup")
        case SQLITE_BUSY, SQLITE_LOCKED:
            Fault(.unavailable, message, fix: "another program holds it; let one program use it at a time")
        case SQLITE_CONSTRAINT: Fault(.conflict, message)
        case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM:
            Fault(.forbidden, message, fix: "check owner and permission bits of the file and its folder")
        default: Fault(.internal, message)
        }
    }
}
