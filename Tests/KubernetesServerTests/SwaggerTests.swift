// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Documents
import Testing
import Web

@Suite("OpenAPI 2", .timeLimit(.minutes(2))) struct SwaggerTests {
    private static let protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"

    /// Calls a closure with every schema below one, and with where it is.
    private static func visit(_ schema: JSON, _ place: String, _ body: (JSON, String) -> Void) {
        body(schema, place)
        for (name, property) in schema["properties"]?.object ?? [:] { visit(property, "\(place).\(name)", body) }
        if let items = schema["items"] { visit(items, "\(place)[]", body) }
        if let values = schema["additionalProperties"], values.bool == nil { visit(values, "\(place){}", body) }
    }

    /// Where two documents differ first.
    private static func difference(_ one: JSON, _ other: JSON, _ place: String) -> String? {
        if let one = one.object, let other = other.object {
            for key in Set(one.keys + other.keys).sorted() {
                guard let mine = one[key], let its = other[key] else { return "\(place).\(key) is in one alone" }
                if let found = difference(mine, its, "\(place).\(key)") { return found }
            }
            return nil
        }
        return one == other ? nil : "\(place): \(one.text().prefix(200)) is not \(other.text().prefix(200))"
    }

    @Test("every kind is described, every reference leads somewhere, and nothing is said that version 2 does not know")
    func json() async throws {
        try await TestAPI.withWidgets { api in
            let reply = try await api.get("/openapi/v2")
            #expect(reply.code == 200 && reply.headers["Content-Type"] == "application/json")
            #expect(reply["swagger"] == "2.0")
            let definitions = try #require(reply["definitions"]?.object)
            var kinds: Set<JSON> = []
            for (name, definition) in definitions {
                for kind in definition["x-kubernetes-group-version-kind"]?.array ?? [] { kinds.insert(kind) }
                Self.visit(definition, name) { schema, place in
                    for key in schema.object?.keys ?? [] {
                        #expect(!["oneOf", "anyOf", "allOf", "not", "nullable"].contains(key), "\(place): \(key)")
                    }
                    if let target = schema["$ref"]?.string {
                        #expect(target.hasPrefix("#/definitions/") && schema["type"] == nil, "\(place): \(target)")
                        #expect(definitions[String(target.dropFirst(14))] != nil, "\(place): \(target)")
                    }
                    #expect(schema["type"] != "array" || schema["items"] != nil, "\(place) has no items")
                }
            }
            for version in ["/api/v1", "/apis/apps/v1", "/apis/apiextensions.k8s.io/v1", "/apis/example.org/v1"] {
                let parts = version.split(separator: "/")
                let group = parts.count == 3 ? String(parts[1]) : "", name = String(parts[parts.count - 1])
                for resource in try await api.get(version)["resources"]?.array ?? []
                where resource["verbs"]?.array?.contains("list") == true {
                    let kind = resource["kind"] ?? .null
                    #expect(
                        kinds.contains(["group": .string(group), "version": .string(name), "kind": kind]),
                        "\(version) \(kind)")
                }
            }
        }
    }

    @Test("merge keys, kinds of lists and what may be patched are said as Kubernetes says it") func extensions()
        async throws
    {
        try await TestAPI.withWidgets { api in
            let document = try await api.get("/openapi/v2").json, definitions = document["definitions"]
            let ports = definitions?["io.k8s.api.core.v1.Container"]?["properties"]?["ports"]
            #expect(ports?["x-kubernetes-patch-merge-key"] == "containerPort")
            #expect(ports?["x-kubernetes-patch-strategy"] == "merge" && ports?["x-kubernetes-list-type"] == "map")
            #expect(ports?["items"] == ["$ref": "#/definitions/io.k8s.api.core.v1.ContainerPort"])
            let quantity = definitions?["io.k8s.apimachinery.pkg.api.resource.Quantity"]
            #expect(quantity?["type"] == "string")
            let widget = definitions?["org.example.v1.Widget"]?["properties"]
            #expect(widget?["metadata"]?["$ref"] == "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")
            #expect(widget?["spec"]?["properties"]?["parts"]?["x-kubernetes-list-map-keys"] == ["name"])
            let free = widget?["spec"]?["properties"]?["free"]
            #expect(free == ["type": "object", "x-kubernetes-preserve-unknown-fields": true])
            let path = "/apis/example.org/v1/namespaces/{namespace}/widgets/{name}"
            let patch = document["paths"]?[path]?["patch"]
            #expect(patch?["x-kubernetes-action"] == "patch")
            #expect(
                patch?["x-kubernetes-group-version-kind"] == [
                    "group": "example.org", "version": "v1", "kind": "Widget",
                ])
            let parameters = patch?["parameters"]?.array ?? []
            #expect(parameters.first?["in"] == "body" && parameters.first?["schema"]?["$ref"] != nil)
            #expect(parameters.contains { $0["name"] == "dryRun" && $0["in"] == "query" && $0["type"] == "string" })
            #expect(patch?["consumes"]?.array?.contains("application/merge-patch+json") == true)
            #expect(patch?["responses"]?["200"]?["schema"] == ["$ref": "#/definitions/org.example.v1.Widget"])
            let own = document["paths"]?[path]?["parameters"]?.array
            #expect(own?.map { $0["name"] } == ["namespace", "name"] && own?[0]["required"] == true)
        }
    }

    @Test("the form in protobuf says the same as the one in JSON") func protobuf() async throws {
        let free = Widgets.version {
            $0["schema"]?["openAPIV3Schema"]?["properties"]?["more"] = [
                "type": "object", "nullable": true, "description": "ends with ü, \"quotes\" and \n a line",
                "properties": [
                    "limits": ["type": "number", "minimum": -2, "maximum": 9, "exclusiveMaximum": true],
                    "either": [
                        "x-kubernetes-int-or-string": true, "anyOf": [["type": "integer"], ["type": "string"]],
                    ],
                    "word": ["type": "string", "enum": ["a", "b"], "pattern": "^[ab]$", "maxLength": 300],
                    "map": ["type": "object", "additionalProperties": ["type": "integer", "format": "int64"]],
                ],
            ]
        }
        try await TestAPI.withWidgets(Widgets.definition([free])) { api in
            let json = try await api.get("/openapi/v2")
            let binary = try await api.get("/openapi/v2?timeout=32s", accept: Self.protobuf)
            #expect(binary.code == 200)
            #expect(binary.headers["Content-Type"] == Self.protobuf.replacing("@", with: "."))
            let read = try SwaggerReading.json(binary.bytes)
            #expect(Self.difference(read, json.json, "") == nil)
            let more = read[path: "definitions"]?["org.example.v1.Widget"]?["properties"]?["more"]
            #expect(more?["type"] == nil && more?["properties"]?["either"] == ["x-kubernetes-int-or-string": true])
        }
    }

    @Test("it comes compressed to whom takes that, not again to whom has it, and anew behind a new definition")
    func cached() async throws {
        try await TestAPI.with { api in
            let plain = try await api.get("/openapi/v2", accept: Self.protobuf)
            let accept = ["Accept": Self.protobuf, "Accept-Encoding": "gzip"]
            let packed = try await api.send(.get, "/openapi/v2", headers: accept)
            let expanded =
                packed.headers["Content-Encoding"] == "gzip" && Gzip.isGzip(packed.bytes[...])
                ? try await ByteStream(packed.bytes).gunzipped(source: "it").collect(limit: 64 << 20) : packed.bytes
            #expect(expanded == plain.bytes)
            for (reply, headers) in [(plain, ["Accept": Self.protobuf]), (packed, accept)] {
                let tag = try #require(reply.headers["ETag"])
                let again = try await api.send(
                    .get, "/openapi/v2", headers: headers.merging(["If-None-Match": tag]) { $1 })
                #expect(again.code == 304 && again.bytes.isEmpty && again.headers["ETag"] == tag)
            }
            #expect(packed.headers["ETag"] != plain.headers["ETag"])
            try api.must(try await api.post(Path.definitions, Widgets.definition()))
            let tag = try #require(plain.headers["ETag"])
            let changed = try await api.send(
                .get, "/openapi/v2", headers: ["Accept": Self.protobuf, "If-None-Match": tag])
            #expect(changed.code == 200 && changed.headers["ETag"] != tag)
            async let one = api.get("/openapi/v2"), other = api.get("/openapi/v2")
            #expect(try await one.bytes == other.bytes)
            #expect(try await api.send(.post, "/openapi/v2").code == 405)
        }
    }
}
