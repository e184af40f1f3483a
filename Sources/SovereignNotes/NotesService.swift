// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents
internal import Web
public import WebServer

/// The sample product's service: notes in PostgreSQL.
public struct NotesService: Sendable {
    private let database: Database
    private let version: String
    private let log: @Sendable (String) -> Void

    /// The most bytes of a note.
    static let contentLimit = 16 * 1024
    /// The most bytes of the JSON around a note, in which every byte may be escaped as six.
    static let bodyLimit = 6 * contentLimit + 1024

    /// A service on a database, which need not be there yet. Throws `.invalid` when the URL is not written as one.
    ///
    /// - Parameter version: the product's version; from 1.1.0 on the service tells it at `/version`.
    public init(databaseURL: String, version: String, log: @escaping @Sendable (String) -> Void = { _ in })
        throws(Fault)
    {
        try Connection.check(databaseURL)
        (database, self.version, self.log) = (Database(url: databaseURL), version, log)
    }

    /// Makes the table, trying again until the database is there.
    public func prepare() async throws {
        while true {
            do {
                _ = try await database.query(
                    "CREATE TABLE IF NOT EXISTS notes (id BIGSERIAL PRIMARY KEY, content TEXT NOT NULL, created_at TIMESTAMPTZ NOT NULL DEFAULT now())"
                )
                return log("the table is there")
            } catch {
                log("waiting for the database: \(error)")
                try await Task.sleep(for: .seconds(2))
            }
        }
    }

    /// The routes of the service.
    public var router: Router {
        var router = Router()
        router.get("/healthz") { _ in ServerResponse("text/plain", "ok\n") }
        router.get("/readyz") { _ in await ready() }
        router.get("/notes") { _ in try await list() }
        router.post("/notes") { request in try await create(request) }
        router.get("/notes/{id}") { request in try await read(request.parameters["id"]) }
        router.delete("/notes/{id}") { request in try await delete(request.parameters["id"]) }
        router.get("/") { _ in NotePage.html }
        router.get("/app.js") { _ in NotePage.script }
        router.get("/.well-known/open-resource-discovery") { _ in ResourceDiscovery.configuration }
        router.get("/ord/v1/document") { _ in ResourceDiscovery.document(version: version) }
        if let running = SemanticVersion(version), let since = SemanticVersion("1.1.0"), !(running < since) {
            router.get("/version") { _ in Self.json(["version": .string(version)]) }
        }
        return router
    }

    private func ready() async -> ServerResponse {
        do {
            _ = try await database.query("SELECT 1 FROM notes LIMIT 1")
            return ServerResponse("text/plain", "ready\n")
        } catch {
            log("not ready: \(error)")
            return ServerResponse(status: 503, "text/plain", "the database is not ready\n")
        }
    }

    private static let columns = "id, content, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"

    private func list() async throws -> ServerResponse {
        let rows = try await rows("SELECT \(Self.columns) FROM notes ORDER BY id DESC LIMIT 1000")
        return Self.json(.array(rows.map(Self.note)))
    }

    private func create(_ request: ServerRequest) async throws -> ServerResponse {
        let body = try await request.body.collect(limit: Self.bodyLimit)
        guard let json = try? JSON(parsing: body, source: "the request"), let content = json["content"]?.string
        else {
            return .error(400, "send JSON with a string named content")
        }
        guard !content.trimmed.isEmpty, content.utf8.count <= Self.contentLimit, !content.utf8.contains(0) else {
            return .error(422, "content must have 1 to \(Self.contentLimit) bytes")
        }
        let rows = try await rows(
            "INSERT INTO notes (content) VALUES ($1) RETURNING \(Self.columns)", [content])
        guard let row = rows.first else { return .error(500, "the note was not stored") }
        var response = Self.json(Self.note(row), status: 201)
        response.headers["Location"] = "/notes/\(row[0])"
        return response
    }

    private func read(_ id: String?) async throws -> ServerResponse {
        guard let id = id.flatMap(Self.identifier) else { return .error(404, "there is no such note") }
        let rows = try await rows("SELECT \(Self.columns) FROM notes WHERE id = $1", [String(id)])
        return rows.first.map { Self.json(Self.note($0)) } ?? .error(404, "there is no such note")
    }

    private func delete(_ id: String?) async throws -> ServerResponse {
        guard let id = id.flatMap(Self.identifier) else { return .error(404, "there is no such note") }
        let rows = try await rows("DELETE FROM notes WHERE id = $1 RETURNING id", [String(id)])
        return rows.isEmpty ? .error(404, "there is no such note") : ServerResponse(status: 204)
    }

    /// Rows of a statement. What goes wrong is logged; the client learns that something did.
    private func rows(_ statement: String, _ parameters: [String] = []) async throws -> [[String]] {
        do { return try await database.query(statement, parameters) } catch {
            log("\(error)")
            throw Refusal(503, "the database does not answer")
        }
    }

    /// A note has one path: no sign, no zeros before its number.
    private static func identifier(_ text: String) -> Int64? {
        Int64(text).flatMap { String($0) == text ? $0 : nil }
    }

    private static func note(_ row: [String]) -> JSON {
        ["id": .number(JSONNumber(Int64(row[0]) ?? 0)), "content": .string(row[1]), "created_at": .string(row[2])]
    }

    static func json(_ json: JSON, status: Int = 200) -> ServerResponse {
        var response = ServerResponse(status: status, "application/json", json.text() + "\n")
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
    }
}
