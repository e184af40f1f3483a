// SPDX-License-Identifier: Apache-2.0

import Documents
import TestServers
import Testing
import Web

@Suite("Notes", .enabled(if: PostgreSQLServer.isInstalled, "\(PostgreSQLServer.missing)")) struct NotesTests {
    @Test("a note is stored, listed, read and deleted") func life() async throws {
        let (notes, server, database) = try await SharedDatabase.program()
        #expect(try await notes.send(.get, "/notes").text == "[]\n")
        let first = try await notes.post("first")
        #expect(first.status == 201 && first.headers["Location"] == "/notes/1")
        let time = first.json?["created_at"]?.string ?? ""
        #expect(try time.wholeMatch(of: Regex(#"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"#)) != nil)
        #expect(first.json?["content"]?.string == "first")
        #expect(try await notes.post("second").headers["Location"] == "/notes/2")
        let list = try await notes.send(.get, "/notes")
        #expect(list.json?.array?.compactMap { $0["content"]?.string } == ["second", "first"])
        #expect(
            list.headers["Content-Type"] == "application/json" && list.headers["X-Content-Type-Options"] == "nosniff")
        #expect(try await notes.send(.get, "/notes/1").text == first.text)
        #expect(try await notes.send(.head, "/notes/1").status == 200)
        let deleted = try await notes.send(.delete, "/notes/1")
        #expect(deleted.status == 204 && deleted.text.isEmpty)
        #expect(try await notes.send(.delete, "/notes/1").status == 404)
        #expect(try await notes.send(.get, "/notes/1").status == 404)
        #expect(try await server.run("SELECT id, content FROM notes", in: database) == "2|second")
    }

    @Test("content is stored and returned verbatim") func verbatim() async throws {
        let (notes, server, database) = try await SharedDatabase.program()
        let contents = [
            "'; DROP TABLE notes; --", "1' OR '1'='1", "$1", "\\'; SELECT pg_sleep(10) --", "%s%n", "{{7*7}}",
            "<script>alert(1)</script>", "</textarea><img src=x onerror=alert(1)>", "line\nbreak\ttab\r\n",
            "  blanks  ",
            "“quotes” \" \\ /", "Grüße, 世界, مرحبا, नमस्ते", "👩‍👩‍👧‍👦🇩🇪", "e\u{301} is not \u{e9}", "\u{202E}reversed", "\u{FEFF}",
            "\u{1}\u{7F}", "\u{FFFF}\u{10FFFF}", String(repeating: "ä", count: 8192), "null", "{\"content\":\"x\"}",
        ]
        for (index, content) in contents.enumerated() {
            let stored = try await notes.post(content)
            #expect(stored.status == 201, "\(content.debugDescription)")
            let read = try await notes.send(.get, "/notes/\(index + 1)").json?["content"]?.string ?? ""
            #expect(Array(read.utf8) == Array(content.utf8), "\(content.debugDescription)")
        }
        let hexadecimal = try await server.run(
            "SELECT encode(convert_to(content, 'UTF8'), 'hex') FROM notes WHERE id = 14", in: database)
        #expect(hexadecimal == "65cc81206973206e6f7420c3a9")
        #expect(try await server.run("SELECT count(*) FROM notes", in: database) == "\(contents.count)")
    }

    @Test(
        "wrong notes are refused",
        arguments: [
            ("", 400), ("nonsense", 400), ("[]", 400), ("{}", 400), ("{\"content\": 7}", 400),
            ("{\"content\": null}", 400),
            ("{\"content\": \"a\"} trailing", 400), ("{\"content\": \"\\ud800\"}", 400), ("{\"Content\": \"a\"}", 400),
            ("{\"content\": \"\"}", 422), ("{\"content\": \" \\n\\t\"}", 422), ("{\"content\": \"a\\u0000b\"}", 422),
            ("{\"content\": \"\(String(repeating: "a", count: 16_384))\"}", 201),
            ("{\"content\": \"\(String(repeating: "a", count: 16_385))\"}", 422),
            ("{\"content\": \"\(String(repeating: "\\u0061", count: 16_384))\"}", 201),
            ("{\"content\": \"a\", \"more\": \"\(String(repeating: "b", count: 200_000))\"}", 413),
            ("{\"content\": \"\(String(repeating: "a", count: 2_000_000))\"}", 413),
        ]) func refused(body: String, status: Int) async throws
    {
        let notes = try await Self.shared.value
        #expect(try await notes.send(.post, "/notes", Array(body.utf8)).status == status)
    }

    @Test("bytes that are no UTF-8 are refused") func bytes() async throws {
        let notes = try await Self.shared.value
        #expect(
            try await notes.send(.post, "/notes", Array("{\"content\": \"\u{e4}\"}".utf8.filter { $0 != 0xA4 })).status
                == 400)
    }

    @Test(
        "paths and methods that are none are refused",
        arguments: [
            (HTTPMethod.get, "/notes/999999", 404), (.get, "/notes/abc", 404), (.get, "/notes/+1", 404),
            (.get, "/notes/01", 404), (.get, "/notes/-1", 404), (.get, "/notes/9223372036854775808", 404),
            (.delete, "/notes/1%20OR%201=1", 404), (.get, "/notes/", 404), (.get, "/none", 404),
            (.get, "/version", 404),
            (.delete, "/notes", 405), (.put, "/notes/1", 405), (.post, "/", 405), (.post, "/healthz", 405),
            (.get, "/notes/..%2f..%2fetc", 400), (.get, "/%2e%2e/notes", 400), (.get, "/notes?limit=%", 400),
        ]) func paths(method: HTTPMethod, path: String, status: Int) async throws
    {
        let notes = try await Self.shared.value
        #expect(try await notes.send(method, path).status == status)
    }

    @Test("a hundred notes at once are a hundred notes") func concurrent() async throws {
        let (notes, _, _) = try await SharedDatabase.program()
        let places = try await withThrowingTaskGroup(of: String.self) { group in
            for index in 0..<100 {
                group.addTask { try await notes.post("note \(index)").headers["Location"] ?? "" }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(places == Set((1...100).map { "/notes/\($0)" }))
        let list = try await notes.send(.get, "/notes").json?.array ?? []
        #expect(Set(list.compactMap { $0["content"]?.string }) == Set((0..<100).map { "note \($0)" }))
    }

    @Test("the page never holds a note, and runs no script but its own") func page() async throws {
        let (notes, _, _) = try await SharedDatabase.program()
        #expect(try await notes.post("<script>alert(1)</script>").status == 201)
        let page = try await notes.send(.get, "/")
        #expect(page.headers["Content-Type"] == "text/html; charset=utf-8" && !page.text.contains("alert"))
        let policy = page.headers["Content-Security-Policy"] ?? ""
        #expect(policy.hasPrefix("default-src 'none';") && !policy.contains("unsafe"))
        let script = try await notes.send(.get, "/app.js")
        #expect(
            script.headers["Content-Type"] == "text/javascript; charset=utf-8" && script.text.contains("textContent"))
        for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
            #expect(!script.text.contains(way))
        }
    }

    /// For tests that only need notes to refuse; there is one note.
    static let shared = Task {
        let (notes, _, _) = try await SharedDatabase.program()
        #expect(try await notes.post("one").headers["Location"] == "/notes/1")
        return notes
    }
}
