// SPDX-License-Identifier: Apache-2.0

import Documents
import SovereignNotes
import Testing
import Web
import WebServer

/// The rules are those of the Open Resource Discovery specification 1.9.
@Suite("Resource discovery") struct ResourceDiscoveryTests {
    static func get(_ path: String, version: String = "1.0.0") async throws -> JSON {
        let service = try NotesService(databaseURL: "postgres://nobody@127.0.0.1:1/none", version: version)
        let response = try await service.router.respond(to: ServerRequest(method: .get, path: path))
        guard response.status == 200, response.headers["Content-Type"] == "application/json",
            case .bytes(let bytes) = response.body
        else { throw Refusal(response) }
        return try JSON(parsing: bytes, source: path)
    }

    @Test("the configuration leads to the document, open to everybody") func configuration() async throws {
        let configuration = try await Self.get("/.well-known/open-resource-discovery")
        let documents = configuration["openResourceDiscoveryV1"]?["documents"]?.array ?? []
        #expect(documents.count == 1)
        #expect(documents.first?["accessStrategies"]?.array?.first?["type"]?.string == "open")
        let document = try await Self.get(documents.first?["url"]?.string ?? "")
        #expect(document["openResourceDiscovery"]?.string == "1.9")
    }

    @Test("every resource has what it must have, in its form") func document() async throws {
        let document = try await Self.get("/ord/v1/document", version: "1.1.0")
        let name = "([a-z0-9]+(?:[.][a-z0-9]+)*)"
        let required: [(list: String, field: String, form: String)] = [
            ("packages", "ordId", "\(name):package:[a-zA-Z0-9._\\-]+:v(0|[1-9][0-9]*)"),
            ("packages", "title", ".{1,255}"), ("packages", "shortDescription", ".{1,255}"),
            ("packages", "description", ".+"), ("packages", "version", "1\\.1\\.0"),
            ("packages", "vendor", "\(name):vendor:[a-zA-Z0-9._\\-]+:"),
            ("apiResources", "ordId", "\(name):apiResource:[a-zA-Z0-9._\\-]+:v(0|[1-9][0-9]*)"),
            ("apiResources", "title", ".{1,255}"), ("apiResources", "shortDescription", ".{1,255}"),
            ("apiResources", "description", ".+"), ("apiResources", "version", "1\\.1\\.0"),
            ("apiResources", "releaseStatus", "beta|active|deprecated"),
            ("apiResources", "visibility", "public|internal|private"),
            ("apiResources", "apiProtocol", "rest"),
            ("apiResources", "partOfPackage", "\(name):package:[a-zA-Z0-9._\\-]+:v(0|[1-9][0-9]*)"),
            ("vendors", "ordId", "[a-z0-9]+:vendor:[a-zA-Z0-9._\\-]+:"), ("vendors", "title", ".{1,255}"),
        ]
        for (list, field, form) in required {
            let resources = document[list]?.array ?? []
            #expect(resources.count == 1, "\(list)")
            for resource in resources {
                let value = resource[field]?.string ?? ""
                #expect(try value.wholeMatch(of: Regex(form)) != nil, "\(list).\(field) is “\(value)”")
            }
        }
    }

    @Test("references lead to what is described, entry points to what is served") func references() async throws {
        let document = try await Self.get("/ord/v1/document")
        func one(_ list: String, _ field: String) -> String? { document[list]?.array?.first?[field]?.string }
        #expect(one("apiResources", "partOfPackage") == one("packages", "ordId"))
        #expect(one("packages", "vendor") == one("vendors", "ordId"))
        #expect(document["apiResources"]?.array?.first?["entryPoints"]?.array?.compactMap(\.string) == ["/notes"])
    }

    @Test("without a database it lives, is not ready, and tells its version from 1.1.0 on") func versions() async throws
    {
        for (version, status) in [("1.0.0", 404), ("1.1.0", 200), ("1.10.0", 200), ("2.0.0", 200)] {
            let service = try NotesService(databaseURL: "postgres://nobody@127.0.0.1:1/none", version: version)
            for (path, expected) in [("/healthz", 200), ("/readyz", 503), ("/notes", 503), ("/version", status)] {
                let request = ServerRequest(method: .get, path: path)
                let response: ServerResponse
                do { response = try await service.router.respond(to: request) } catch let refusal as Refusal {
                    response = refusal.response
                }
                #expect(response.status == expected, "\(path) of \(version)")
            }
        }
    }
}
