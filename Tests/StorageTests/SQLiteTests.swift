// SPDX-License-Identifier: Apache-2.0

import Basics
import Storage
import Testing

struct SQLiteTests {
    private let folder: TemporaryFolder
    private let database: SQLiteConnection

    init() throws {
        folder = try TemporaryFolder()
        database = try SQLiteConnection("\(folder.path)/a.sqlite")
        try database.script("CREATE TABLE things(id INTEGER PRIMARY KEY, name TEXT UNIQUE, bytes BLOB) STRICT")
    }

    @Test("values come back as they were bound", arguments: ["", "a", "ä\u{0}b", "it's; DROP TABLE things"])
    func values(_ text: String) throws {
        try database.run("INSERT INTO things(name, bytes) VALUES (?, ?)", .text(text), .bytes([0, 255, 1]))
        let found = try database.first("SELECT id, name, bytes FROM things") { row throws(Fault) in
            (row.integer(0), row.text(1), row.bytes(2))
        }
        #expect(found?.0 == database.lastInsertedRow)
        #expect(found?.1 == text)
        #expect(found?.2 == [0, 255, 1])
    }

    @Test("a transaction that throws leaves nothing behind")
    func rollback() throws {
        #expect(throws: Fault.self) {
            try database.transaction { () throws(Fault) in
                try database.run("INSERT INTO things(name) VALUES ('a')")
                throw Fault(.invalid, "no")
            }
        }
        #expect(try count() == 0)
    }

    @Test("an attempt that throws is undone, and what came before it stays")
    func attempt() throws {
        try database.transaction { () throws(Fault) in
            try database.run("INSERT INTO things(name) VALUES ('a')")
            do throws(Fault) {
                try database.attempt { () throws(Fault) in
                    try database.run("INSERT INTO things(name) VALUES ('b')")
                    try database.run("INSERT INTO things(name) VALUES ('a')")
                }
            } catch { #expect(error.code == .conflict) }
        }
        #expect(try count() == 1)
    }

    @Test("a file that is no database is told apart from other failures")
    func damage() throws {
        try FileSystem.write(Array("this is no database, but it is long enough".utf8), to: "\(folder.path)/b.sqlite")
        let fault = #expect(throws: Fault.self) { try SQLiteConnection("\(folder.path)/b.sqlite") }
        #expect(fault?.code == .corrupt)
    }

    @Test("readers see what was committed and cannot write")
    func readers() throws {
        let readers = SQLiteReaders("\(folder.path)/a.sqlite")
        try database.run("INSERT INTO things(name) VALUES ('a')")
        let names = try readers.read { reader throws(Fault) in
            try reader.all("SELECT name FROM things") { row throws(Fault) in row.text(0) }
        }
        #expect(names == ["a"])
        let fault = #expect(throws: Fault.self) {
            try readers.read { reader throws(Fault) in _ = try reader.run("DELETE FROM things") }
        }
        #expect(fault?.code == .forbidden)
    }

    private func count() throws -> Int64? {
        try database.first("SELECT count(*) FROM things") { row throws(Fault) in row.integer(0) }
    }
}
