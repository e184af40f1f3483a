// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesStore
import Testing

@testable import KubernetesServer

@Suite("Lists", .timeLimit(.minutes(1))) struct ListTests {
    static func fill(_ api: TestAPI, _ count: Int, label: String = "all") async throws {
        for index in 0..<count {
            let labels: JSON = ["set": .string(label), "parity": index.isMultiple(of: 2) ? "even" : "odd"]
            try api.must(
                try await api.post(
                    Path.secrets,
                    Make.secret(
                        "s\(index)",
                        [
                            "metadata": [
                                "name": .string("s\(index)"), "labels": labels,
                            ]
                        ])))
        }
    }

    @Test("a list names its kind and the revision that it shows") func plain() async throws {
        try await TestAPI.with { api in
            try await Self.fill(api, 3)
            let reply = try await api.get(Path.secrets)
            #expect(reply["kind"] == "SecretList" && reply["apiVersion"] == "v1" && reply.names == ["s0", "s1", "s2"])
            let revision = Int64(reply["metadata.resourceVersion"]?.string ?? "") ?? 0
            #expect(revision > 0 && revision <= api.store.revision && reply["metadata.continue"] == nil)
            #expect(try await api.get("/api/v1/secrets").names == ["s0", "s1", "s2"])
            #expect(try await api.get("/api/v1/namespaces/nowhere/secrets").names == [])
        }
    }

    @Test("pages show the state at one revision, whatever happens meanwhile") func pages() async throws {
        try await TestAPI.with { api in
            try await Self.fill(api, 5)
            let first = try await api.get("\(Path.secrets)?limit=2")
            #expect(first.names == ["s0", "s1"])
            let token = try #require(first["metadata.continue"]?.string)
            try api.must(try await api.delete("\(Path.secrets)/s3"))
            try api.must(try await api.post(Path.secrets, Make.secret("s2a")))
            let second = try await api.get("\(Path.secrets)?limit=2&continue=\(token)")
            #expect(second.names == ["s2", "s3"])
            #expect(second["metadata.resourceVersion"] == first["metadata.resourceVersion"])
            let rest = try #require(second["metadata.continue"]?.string)
            let third = try await api.get("\(Path.secrets)?limit=2&continue=\(rest)")
            #expect(third.names == ["s4"] && third["metadata.continue"] == nil)
            let all = try await api.get("\(Path.secrets)?continue=\(token)")
            #expect(all.names == ["s2", "s3", "s4"])
        }
    }

    @Test("with a selector, pages are as long as they may be") func selectedPages()
        async throws
    {
        try await TestAPI.with { api in
            try await Self.fill(api, 7)
            let first = try await api.get("\(Path.secrets)?limit=2&labelSelector=parity%3Deven")
            #expect(first.names == ["s0", "s2"])
            let token = try #require(first["metadata.continue"]?.string)
            let second = try await api.get("\(Path.secrets)?limit=2&labelSelector=parity%3Deven&continue=\(token)")
            #expect(second.names == ["s4", "s6"])
        }
    }

    @Test("a list that goes on too late is refused, and so is one of a revision that is forgotten") func expired()
        async throws
    {
        try await TestAPI.with { api in
            try await Self.fill(api, 3)
            let first = try await api.get("\(Path.secrets)?limit=1")
            let token = first["metadata.continue"]?.string ?? ""
            let revision = first["metadata.resourceVersion"]?.string ?? ""
            try api.must(try await api.delete("\(Path.secrets)/s2"))
            try await api.forget()
            try api.must(try await api.post(Path.secrets, Make.secret("s9")))
            let late = try await api.get("\(Path.secrets)?limit=1&continue=\(token)")
            #expect(late.code == 410 && late.problem?.reason == "Expired", "\(late.text)")
            #expect(late.problem?.message.hasPrefix("The provided continue parameter is too old") == true)
            let exact = try await api.get(
                "\(Path.secrets)?resourceVersion=\(revision)&resourceVersionMatch=Exact")
            #expect(
                exact.problem
                    == Problem(410, "Expired", "The resourceVersion for the provided list is too old."))
        }
    }

    @Test("revisions: the last, any, no older than, just that one, one that is not reached") func revisions()
        async throws
    {
        try await TestAPI.with { api in
            try await Self.fill(api, 2)
            let before = try await api.get(Path.secrets)["metadata.resourceVersion"]?.string ?? ""
            try api.must(try await api.post(Path.secrets, Make.secret("later")))
            func names(_ query: String) async throws -> [String] { try await api.get("\(Path.secrets)?\(query)").names }
            let now = ["later", "s0", "s1"]
            #expect(try await names("resourceVersion=") == now)
            #expect(try await names("resourceVersion=0") == now)
            #expect(try await names("resourceVersion=\(before)") == now)
            #expect(try await names("resourceVersion=\(before)&resourceVersionMatch=NotOlderThan") == now)
            #expect(try await names("resourceVersion=\(before)&resourceVersionMatch=Exact") == ["s0", "s1"])
            let late = try await api.get("\(Path.secrets)?resourceVersion=999999")
            #expect(late.code == 504 && late.problem?.reason == "Timeout")
            #expect(late.problem?.message.hasPrefix("Timeout: Too large resource version: 999999, current: ") == true)
            #expect(late.causes == ["ResourceVersionTooLarge : Too large resource version"])
        }
    }

    static let nonsense: [(query: String, code: Int, message: String)] = [
        ("resourceVersion=x", 400, "Invalid value: \"x\": invalid resource version"),
        ("resourceVersion=-1", 400, "Invalid value: \"-1\": invalid resource version"),
        (
            "resourceVersionMatch=Exact", 422,
            "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided"
        ),
        (
            "resourceVersion=0&resourceVersionMatch=Exact", 422,
            "resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""
        ),
        (
            "resourceVersion=1&resourceVersionMatch=Some", 422,
            "resourceVersionMatch: Unsupported value: \"Some\": supported values: \"Exact\", \"NotOlderThan\", \"\""
        ),
        (
            "resourceVersionMatch=NotOlderThan&continue=x", 422,
            "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden when continue is provided"
        ),
        ("sendInitialEvents=true", 422, "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list"),
        ("continue=nonsense", 400, "continue key is not valid"),
        ("continue=eyJ2IjoiMSJ9", 400, "continue key is not valid"),
        ("limit=x", 400, "limit"), ("watch=maybe", 400, "watch"),
        ("labelSelector=a%20in%20(", 400, "unable to parse"),
        ("labelSelector=!!a", 400, "unable to parse"),
        ("fieldSelector=a", 400, "invalid selector: 'a'; "),
        ("fieldSelector=data.k%3Dv", 400, "field label not supported: data.k"),
        ("fieldSelector=spec.nodeName%3Dv", 400, "field label not supported: spec.nodeName"),
    ]

    @Test("what makes no sense is refused", arguments: nonsense.indices) func refused(_ index: Int) async throws {
        let (query, code, message) = Self.nonsense[index]
        try await TestAPI.with { api in
            let reply = try await api.get("\(Path.maps)?\(query)")
            #expect(reply.code == code, "\(query): \(reply.text)")
            #expect(reply.problem?.message.contains(message) == true, "\(query): \(reply.text)")
            #expect(reply.problem?.reason == (code == 422 ? "Invalid" : "BadRequest"))
        }
    }

    @Test(
        "label selectors",
        arguments: [
            ("k", ["a", "b"]), ("!k", ["c"]), ("k=x", ["a"]), ("k==x", ["a"]), ("k!=x", ["b", "c"]),
            ("k in (x,y)", ["a", "b"]), ("k notin (x)", ["b", "c"]), ("k,j", ["b"]), ("k=x,j", []),
            ("", ["a", "b", "c"]),
            ("k in (x),k notin (y)", ["a"]), ("k=", []),
        ] as [(String, [String])]) func labels(_ selector: String, _ names: [String]) async throws
    {
        try await TestAPI.with { api in
            for (name, labels) in [("a", ["k": "x"]), ("b", ["k": "y", "j": "z"]), ("c", [:])] as [(String, JSON)] {
                try api.must(
                    try await api.post(
                        Path.secrets, Make.secret(name, ["metadata": ["name": .string(name), "labels": labels]])))
            }
            let query = selector.replacing(" ", with: "%20").replacing("=", with: "%3D")
            #expect(try await api.get("\(Path.secrets)?labelSelector=\(query)").names == names)
        }
    }

    @Test("field selectors: names everywhere, and what kinds have beside") func fields() async throws {
        try await TestAPI.withWidgets { api in
            try await Self.fill(api, 3)
            func names(_ path: String, _ selector: String) async throws -> [String] {
                try await api.get("\(path)?fieldSelector=\(selector.replacing("=", with: "%3D"))").names
            }
            #expect(try await names(Path.secrets, "metadata.name=s1") == ["s1"])
            #expect(try await names("/api/v1/secrets", "metadata.name=s1") == ["s1"])
            #expect(try await names("/api/v1/secrets", "metadata.name=s1,metadata.namespace=default") == ["s1"])
            #expect(try await names("/api/v1/secrets", "metadata.name=s1,metadata.namespace=other") == [])
            #expect(try await names(Path.secrets, "metadata.name!=s1") == ["s0", "s2"])
            #expect(try await names(Path.secrets, "type=Opaque") == ["s0", "s1", "s2"])
            try api.must(try await api.post(Path.pods, Make.pod("p", node: "n")))
            try api.must(try await api.post(Path.pods, Make.pod("q")))
            #expect(try await names(Path.pods, "spec.nodeName=n") == ["p"])
            #expect(try await names(Path.pods, "spec.nodeName=,status.phase=Pending") == ["q"])
            try api.must(try await api.post(Path.widgets, Make.widget("w", ["color": "red"])))
            try api.must(try await api.post(Path.widgets, Make.widget("x")))
            #expect(try await names(Path.widgets, "spec.color=red") == ["w"])
            #expect(try await names(Path.widgets, "spec.color=blue") == ["x"])
            #expect(try await names(Path.widgets, "spec.color!=red") == ["x"])
            let wrong = try await api.get("\(Path.widgets)?fieldSelector=spec.size%3D1")
            #expect(wrong.problem == Problem(400, "BadRequest", "field label not supported: spec.size"))
        }
    }

    @Test("long lists are whole") func long() async throws {
        try await TestAPI.with { api in
            let count = KubernetesTestCounts.long
            for index in 0..<count {
                _ = try await api.api.create(
                    try #require(api.api.catalogue.resource(of: .init("", "v1", "Secret"))), namespace: "default",
                    .init(json: Make.secret("s\(1000 + index)")), .init(), .server)
            }
            let reply = try await api.get(Path.secrets)
            #expect(reply.names.count == count && Set(reply.names).count == count)
            let rows = try await api.get(Path.secrets, accept: AnswerFormTests.table)["rows"]?.array?.count
            #expect(rows == count)
        }
    }
}

private enum KubernetesTestCounts { static let long = 1100 }
