// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing
import Web

@testable import KubernetesServer

/// What is sent here would cost much if it were taken at its word. Each is refused, with the status of its kind, and the
/// server goes on answering.
@Suite("Hostile requests", .timeLimit(.minutes(1))) struct HostileInputTests {
    static func still(_ api: TestAPI) async throws -> Bool {
        try await api.get("\(Path.namespaces)/default").code == 200
    }

    @Test("bodies that are deep, wide, long or broken", arguments: ["application/json", "application/yaml"])
    func bodies(_ type: String) async throws {
        let head = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},\"data\":"
        let bodies: [(what: String, text: String, codes: Set<Int>)] = [
            ("deep lists", head + String(repeating: "[", count: 100_000), [400, 413]),
            ("deep objects", head + String(repeating: "{\"a\":", count: 50_000), [400, 413]),
            (
                "as deep, and closed",
                head + String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000) + "}", [400, 413]
            ),
            (
                "many keys", head + "{" + (0..<100_001).map { "\"k\($0)\":\"\"" }.joined(separator: ",") + "}}", [413]
            ),
            ("too long", head + "{\"k\":\"" + String(repeating: "x", count: 3 << 20) + "\"}}", [413]),
            ("nothing", "", [400]), ("half", "{\"apiVersion\":", [400]), ("no text", "\u{0}\u{1}\u{2}", [400]),
            ("a number", "12", [400]),
            ("a long number", head + String(repeating: "9", count: 100_000) + "}", [400, 413, 422]),
        ]
        try await TestAPI.with { api in
            for (what, text, codes) in bodies {
                let reply = try await api.send(.post, Path.maps, Array(text.utf8), type: type)
                #expect(codes.contains(reply.code), "\(what): \(reply.code) \(reply.text.prefix(300))")
                // What is longer than any object is refused before it is read, in the words of HTTP.
                #expect(reply["kind"] == "Status" || text.utf8.count > 3 << 20, "\(what)")
            }
            #expect(try await api.isGone("\(Path.maps)/a"))
            #expect(try await Self.still(api))
        }
    }

    @Test("objects that are larger than may be stored") func largeObjects() async throws {
        try await TestAPI.with { api in
            let fits = try await api.post(
                Path.maps, Make.map("a", ["k": .string(String(repeating: "x", count: 900_000))]))
            #expect(fits.code == 201)
            let large = try await api.post(
                Path.maps, Make.map("b", ["k": .string(String(repeating: "x", count: 2_000_000))]))
            #expect(large.code == 422 || large.code == 413, "\(large.text.prefix(300))")
        }
    }

    @Test("YAML in which few lines mean much", arguments: [true, false]) func aliases(_ isApply: Bool) async throws {
        var lines = ["apiVersion: v1", "kind: ConfigMap", "metadata:", "  name: a", "a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
        for level in 1..<12 {
            let before = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            lines.append("a\(level): &a\(level) [\(before)]")
        }
        let text = Array(lines.joined(separator: "\n").utf8)
        try await TestAPI.with { api in
            let reply =
                isApply
                ? try await api.send(
                    .patch, "\(Path.maps)/a?fieldManager=m", text, type: TestAPI.PatchForm.apply.rawValue)
                : try await api.send(.post, Path.maps, text, type: "application/yaml")
            #expect(reply.code == 413 || reply.code == 400, "\(reply.text.prefix(300))")
            #expect(try await Self.still(api))
        }
    }

    @Test("patches of many operations, and patches that grow what they patch") func patches() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Make.map("a", ["k": "v"])))
            let many = JSON.array(Array(repeating: ["op": "test", "path": "/data/k", "value": "v"], count: 10_001))
            let refused = try await api.patch("\(Path.maps)/a", .json, many)
            #expect(
                refused.code == 413 && refused.problem?.reason == "RequestEntityTooLarge", "\(refused.text.prefix(300))"
            )
            let most = JSON.array(Array(repeating: ["op": "test", "path": "/data/k", "value": "v"], count: 10_000))
            #expect(try await api.patch("\(Path.maps)/a", .json, most).code == 200)
            var doubling: [JSON] = [
                ["op": "add", "path": "/metadata/annotations", "value": [:]],
                ["op": "add", "path": "/x", "value": [.string(String(repeating: "y", count: 1000))]],
            ]
            for index in 0..<60 {
                doubling.append(["op": "copy", "from": "/x", "path": .string("/x/-")])
                doubling.append(["op": "copy", "from": "/x", "path": .string("/y\(index)")])
            }
            let grown = try await api.patch("\(Path.maps)/a", .json, .array(doubling))
            #expect((400..<500).contains(grown.code), "\(grown.code)")
            let deep = String(repeating: "{\"data\":", count: 20_000)
            let nested = try await api.send(
                .patch, "\(Path.maps)/a", Array(deep.utf8), type: TestAPI.PatchForm.merge.rawValue)
            #expect(nested.code == 400 || nested.code == 413)
            #expect(try await Self.still(api))
        }
    }

    @Test(
        "names that are paths",
        arguments: [
            "..%2f..%2fsecrets%2fs", "%2e%2e", "a%2fb", "a%00b", "..", ".", "%c3%28", "a%0d%0ab", "%20", "*", "a;b",
            "~",
            "%25%32%66",
        ]) func names(_ name: String) async throws
    {
        try await TestAPI.with { api in
            for path in ["\(Path.maps)/\(name)", "/api/v1/namespaces/\(name)/configmaps", "/apis/\(name)/v1/things"] {
                for method in [HTTPMethod.get, .delete] {
                    let reply = try await api.send(method, path)
                    #expect(
                        [400, 404, 405].contains(reply.code) || reply.names.isEmpty, "\(method) \(path): \(reply.code)")
                    #expect(reply.code < 500)
                }
            }
            let put = try await api.put("\(Path.maps)/\(name)", Make.map("a"))
            #expect((400..<500).contains(put.code))
            #expect(try await Self.still(api))
        }
    }

    @Test("selectors, tokens and options that are long or nonsense") func queries() async throws {
        let long = String(repeating: "a", count: 12_000)
        let queries = [
            "labelSelector=\(long)", "labelSelector=" + Array(repeating: "a%3Db", count: 2000).joined(separator: ","),
            "labelSelector=a%20in%20(\(long))", "labelSelector=%00", "labelSelector=((((((((",
            "labelSelector=a%3D%3D%3Db",
            "fieldSelector=\(long)", "fieldSelector=metadata.name%3D\(long)", "fieldSelector=%5C%5C%5C",
            "fieldSelector=metadata.name%3D..%2f..", "continue=\(long)", "continue=%00", "continue=e30",
            "limit=99999999999999999999", "limit=-1", "limit=9223372036854775807",
            "resourceVersion=99999999999999999999",
            "resourceVersion=1e3", "timeoutSeconds=-1&watch=true", "timeoutSeconds=99999999999999999999&watch=true",
            "watch=true&watch=false&limit=1&limit=2", "includeObject=\(long)", "%00=%00", "&&&===",
        ]
        try await TestAPI.with { api in
            for query in queries where !query.hasPrefix("watch=true") {
                let reply = try await api.get("\(Path.secrets)?\(query)")
                #expect(reply.code == 200 || (400..<500).contains(reply.code), "\(query.prefix(60)): \(reply.code)")
            }
            // A token that says what no server said.
            for json in [
                #"{"v":"1","rv":9223372036854775807,"ns":"","name":"a"}"#,
                #"{"v":"1","rv":1,"ns":"../x","name":"\u0000"}"#,
                #"{"v":"1","rv":-5,"ns":"","name":""}"#, #"{"v":"2","rv":1,"ns":"","name":""}"#, "[]", "{{{",
            ] {
                let token = Array(json.utf8).base64.replacing("=", with: "").replacing("+", with: "-").replacing(
                    "/", with: "_")
                let reply = try await api.get("\(Path.secrets)?continue=\(token)")
                #expect(reply.code == 200 || reply.code == 400 || reply.code == 410, "\(json): \(reply.code)")
            }
            #expect(try await Self.still(api))
        }
    }

    @Test("header fields that are long or nonsense") func headers() async throws {
        let manyRanges = Array(repeating: "application/json;as=Table;g=meta.k8s.io;v=v9", count: 100).joined(
            separator: ",")
        try await TestAPI.with { api in
            for accept in [
                manyRanges, ";;;;,,,,", "application/json;as=;g=;v=", "application/json;q=nan",
                "application/json;q=1e309",
                "application/json;q=-1,application/yaml", "*/*;q=0.0000001", "\"",
                String(repeating: "a/b;", count: 500),
            ] {
                let reply = try await api.get("\(Path.namespaces)/default", accept: accept)
                #expect(reply.code == 200 || reply.code == 406, "\(accept.prefix(60)): \(reply.code)")
                _ = try await api.get("/apis", accept: accept)
            }
            for type in ["application/json; charset=nonsense", "APPLICATION/JSON", ";", "a", "application/json;;;"] {
                let reply = try await api.send(.post, Path.maps, Array("{}".utf8), type: type)
                #expect((400..<500).contains(reply.code), "\(type): \(reply.code)")
            }
            let agent = try await api.post(
                Path.maps, Make.map("agent"), headers: ["User-Agent": String(repeating: "x", count: 4000)])
            #expect(agent.code == 201)
            #expect(agent["metadata.managedFields.0.manager"]?.string?.count ?? 0 <= 128)
            #expect(try await Self.still(api))
        }
    }

    @Test("definitions with schemas and rules that would cost much") func definitions() async throws {
        try await TestAPI.with { api in
            var nested: JSON = ["type": "string"]
            for _ in 0..<120 { nested = ["type": "object", "properties": ["a": nested]] }
            let deep = Widgets.definition([
                Widgets.version { $0["schema"]?["openAPIV3Schema"]?["properties"]?["spec"] = nested }
            ])
            let reply = try await api.post(Path.definitions, deep)
            #expect((400..<500).contains(reply.code) || reply.code == 201)
            for (pattern, rule) in [
                ("(", "true"), ("(a+)+$", "self.matches('(')"),
                ("^a*$", "[1,2,3].all(x, [1,2,3].all(y, x.nonsense(y)))"),
            ] {
                let definition = Widgets.definition([
                    Widgets.version {
                        $0["schema"]?["openAPIV3Schema"]?["properties"]?["spec"] = [
                            "type": "object",
                            "properties": [
                                "text": [
                                    "type": "string", "pattern": .string(pattern),
                                    "x-kubernetes-validations": [["rule": .string(rule)]],
                                ]
                            ],
                        ]
                    }
                ])
                let refused = try await api.post(Path.definitions, definition)
                #expect((400..<500).contains(refused.code) || refused.code == 201, "\(pattern): \(refused.code)")
            }
            #expect(try await Self.still(api))
        }
    }

    @Test("managed fields that are nonsense neither break an object nor its appliers") func managedFields() async throws
    {
        try await TestAPI.with { api in
            for (index, fields)
                in ([
                    [["manager": 5]], [["manager": "x", "operation": "Eat"]],
                    [["manager": "x", "operation": "Update", "fieldsType": "FieldsV1", "fieldsV1": ["nonsense": [:]]]],
                    ["text"],
                    [
                        [
                            "manager": "x", "operation": "Apply", "apiVersion": "v9", "fieldsType": "FieldsV2",
                            "fieldsV1": [:],
                        ]
                    ],
                ] as [JSON]).enumerated()
            {
                var map = Make.map("m\(index)", ["k": "v"])
                map["metadata"]?["managedFields"] = fields
                let made = try await api.post(Path.maps, map)
                #expect(made.code == 201 || (400..<500).contains(made.code), "\(made.text)")
                guard made.code == 201 else { continue }
                let applied = try await api.apply(
                    "\(Path.maps)/m\(index)", Make.map("m\(index)", ["j": "w"]), manager: "a", force: true)
                #expect(applied.code == 200, "\(applied.text)")
            }
        }
    }
}
