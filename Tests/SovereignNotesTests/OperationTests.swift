// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestServers
import Testing
import Web

@Suite("Operating notes", .enabled(if: PostgreSQLServer.isInstalled, "\(PostgreSQLServer.missing)"))
struct OperationTests {
    @Test("not ready without its database, ready again with it, and nothing is lost") func outage() async throws {
        let server = try await PostgreSQLServer()
        let notes = try await NotesProgram(database: server.url())
        try await notes.wait(for: 200, at: "/readyz")
        #expect(try await notes.post("before").status == 201)
        for round in 0..<2 {
            try server.stop()
            #expect(try await notes.send(.get, "/readyz").status == 503)
            #expect(try await notes.send(.get, "/notes").status == 503)
            #expect(try await notes.post("during").status == 503)
            #expect(try await notes.send(.get, "/healthz").status == 200)
            try await server.start()
            // The lost connection is noticed before anything is asked of it: the first request succeeds.
            if round == 0 {
                #expect(try await notes.post("after").status == 201)
            } else {
                #expect(try await notes.send(.get, "/readyz").status == 200)
            }
        }
        #expect(try await server.run("SELECT string_agg(content, ',' ORDER BY id) FROM notes") == "before,after")
    }

    @Test("a connection that the server ends is replaced, at the first request") func terminated() async throws {
        let (notes, server, database) = try await SharedDatabase.program()
        for index in 0..<5 {
            try await server.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '\(database)' AND pid <> pg_backend_pid()"
            )
            while try await server.run(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database)'") != "0"
            {}
            #expect(try await notes.post("\(index)").status == 201)
        }
        #expect(try await server.run("SELECT count(*) FROM notes", in: database) == "5")
    }

    @Test("waits for its database, makes the table, and keeps what is in one") func start() async throws {
        let server = try await PostgreSQLServer()
        try server.stop()
        let notes = try await NotesProgram(database: server.url())
        #expect(try await notes.send(.get, "/readyz").status == 503)
        try await server.start()
        try await notes.wait(for: 200, at: "/readyz")
        #expect(try await notes.post("kept").status == 201)
        let second = try await NotesProgram(database: server.url())
        try await second.wait(for: 200, at: "/readyz")
        #expect(try await second.send(.get, "/notes/1").json?["content"]?.string == "kept")
    }

    @Test("finishes the running request when terminated, and ends with 0") func termination() async throws {
        let (notes, server, database) = try await SharedDatabase.program()
        // Holds the table until there is another one, named “go”.
        async let holding = server.run(
            """
            DO $$ BEGIN LOCK TABLE notes; LOOP EXIT WHEN EXISTS (SELECT FROM pg_class WHERE relname = 'go');
            PERFORM pg_sleep(0.02); END LOOP; END $$
            """, in: database)
        let waiting =
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON l.database = d.oid WHERE d.datname = '\(database)'"
        while try await server.run("\(waiting) AND granted AND mode = 'AccessExclusiveLock'") != "1" {}
        async let answer = notes.post("patient")
        while try await server.run("\(waiting) AND NOT granted") != "1" {}
        try notes.terminate()
        while ServerProgram.listens(on: notes.port) { try await Task.sleep(for: .milliseconds(10)) }
        try await server.run("CREATE TABLE go ()", in: database)
        #expect(try await answer.status == 201)
        _ = try await holding
        #expect(try await notes.status() == "0")
        #expect(notes.log.contains("POST /notes 201") && notes.log.contains("stopped"))
        #expect(try await server.run("SELECT content FROM notes", in: database) == "patient")
    }

    @Test("ends with 0 when terminated at leisure, also without its database", arguments: [true, false])
    func leisure(hasDatabase: Bool) async throws {
        let notes =
            hasDatabase
            ? try await SharedDatabase.program().0 : try await NotesProgram(database: "postgres://a@127.0.0.1:1/b")
        try notes.terminate()
        #expect(try await notes.status() == "0")
    }

    @Test("the log tells requests, without queries and passwords, on one line each") func log() async throws {
        let (notes, _, _) = try await SharedDatabase.program()
        _ = try await notes.send(.get, "/notes?token=swordfish")
        _ = try await notes.send(.get, "/none%0aforged%1b%5b2J")
        try notes.terminate()
        #expect(try await notes.status() == "0")
        #expect(notes.log.contains("GET /notes 200\n") && notes.log.contains("GET /noneforged[2J 404\n"))
        #expect(!notes.log.contains("swordfish"))
        for secret in ["sword fish", "sword%20fish"] { #expect(!notes.log.contains(secret)) }
    }

    @Test(
        "a malformed DATABASE_URL is refused at the start, and not quoted",
        arguments: [
            "postgres://user:swordfish@127.0.0.1:port/db", "postgres://user:swordfish%ZZ@127.0.0.1/db",
            "postgres://user:sword%00fish@127.0.0.1/db", "postgres://user:a@127.0.0.1/db?password=swordfish%ZZ",
            "postgres://user@127.0.0.1/db?swordfish", "password=swordfish host", "swordfish",
            "postgres://user:swordfish@127.0.0.1:1/db?unknown=swordfish", "host=127.0.0.1 port=1 password='swordfish",
        ]) func malformed(url: String) async throws
    {
        let variables = ["DATABASE_URL": url, "PORT": "0", "ADDRESS": "127.0.0.1"]
        let result = try await ChildProcess.run([NotesProgram.path], environment: Environment(variables))
        let log = String(decoding: result.stdout + result.stderr, as: UTF8.self)
        #expect(result.status == 2 && log.contains("DATABASE_URL is not written as PostgreSQL wants it"), "\(log)")
        #expect(!log.contains("swordfish") && !log.contains("ZZ") && !log.contains("%00"), "\(log)")
    }

    @Test(
        "a database that cannot be reached is told without the password",
        arguments: ["postgres://user:swordfish@127.0.0.1:1/db", "host=127.0.0.1 port=1 user=a password=swordfish"])
    func unreachable(url: String) async throws {
        let notes = try await NotesProgram(database: url)
        #expect(try await notes.send(.get, "/readyz").status == 503)
        #expect(notes.log.contains("the database cannot be reached") && !notes.log.contains("swordfish"))
    }

    @Test("a wrong password is told without the password") func wrongPassword() async throws {
        let (_, server, _) = try await SharedDatabase.program()
        let notes = try await NotesProgram(database: "postgres://carrier:wrongword@127.0.0.1:\(server.port)/postgres")
        #expect(try await notes.send(.get, "/readyz").status == 503)
        #expect(notes.log.contains("password authentication failed") && !notes.log.contains("wrongword"))
    }

    @Test(
        "refuses to start with wrong settings, saying which",
        arguments: [
            ([:], "DATABASE_URL is not set"), (["DATABASE_URL": ""], "DATABASE_URL is not set"),
            (["DATABASE_URL": "postgres://a@b/c", "PORT": "99999"], "PORT is no port"),
            (["DATABASE_URL": "postgres://a@b/c", "PORT": "http"], "PORT is no port"),
            (["DATABASE_URL": "postgres://a@b/c", "PORT": "-1"], "PORT is no port"),
            (["DATABASE_URL": "postgres://a@b:c/d"], "DATABASE_URL"), (["DATABASE_URL": "x"], "DATABASE_URL"),
            (["DATABASE_URL": "postgres://a@b/c", "PORT": "0", "ADDRESS": "nowhere"], "“nowhere” is no IP address"),
        ] as [([String: String], String)]) func settings(variables: [String: String], message: String) async throws
    {
        let result = try await ChildProcess.run([NotesProgram.path], environment: Environment(variables))
        #expect(result.status == 2 && String(decoding: result.stderr, as: UTF8.self).contains(message))
    }
}
