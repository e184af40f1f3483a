// SPDX-License-Identifier: Apache-2.0

import Documents
import Testing
import Web

@Suite("Forms of answers and bodies", .timeLimit(.minutes(1))) struct AnswerFormTests {
    static let table =
        "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"

    @Test("a list comes as a table with typed columns and the metadata of its objects") func table() async throws {
        try await TestAPI.withWidgets { api in
            try api.must(try await api.post(Path.maps, Make.map("a", ["x": "1", "y": "2"])))
            let reply = try await api.get(Path.maps, accept: Self.table)
            #expect(reply["kind"] == "Table" && reply["apiVersion"] == "meta.k8s.io/v1")
            #expect(reply["metadata.resourceVersion"]?.string.flatMap { Int64($0) } ?? 0 > 0)
            let columns = reply["columnDefinitions"]?.array ?? []
            #expect(columns.compactMap { $0["name"]?.string } == ["Name", "Data", "Age"])
            #expect(columns[0]["format"] == "name" && columns[0]["priority"] == 0)
            let rows = reply["rows"]?.array ?? []
            let row = try #require(rows.first { $0[path: "cells.0"] == "a" })
            #expect(row[path: "cells.1"]?.int == 2 && row[path: "cells.2"]?.string?.hasSuffix("s") == true)
            #expect(row[path: "object.kind"] == "PartialObjectMetadata" && row[path: "object.data"] == nil)
            #expect(row[path: "object.apiVersion"] == "meta.k8s.io/v1" && row[path: "object.metadata.name"] == "a")
        }
    }

    @Test(
        "rows carry as much of their objects as is asked for",
        arguments: [("None", nil), ("Metadata", "PartialObjectMetadata"), ("Object", "ConfigMap")]
            as [(String, JSON?)]) func included(_ value: String, _ kind: JSON?) async throws
    {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Make.map("a")))
            let reply = try await api.get("\(Path.maps)/a?includeObject=\(value)", accept: Self.table)
            #expect(reply["rows.0.cells.0"] == "a" && reply["rows.0.object.kind"] == kind)
            let wrong = try await api.get("\(Path.maps)?includeObject=Some", accept: Self.table)
            #expect(wrong.code == 400)
        }
    }

    @Test("a definition's columns are shown with their priorities, and what is missing is null") func columns()
        async throws
    {
        try await TestAPI.withWidgets { api in
            try api.must(try await api.post(Path.widgets, Make.widget("a", [:])))
            let reply = try await api.get(Path.widgets, accept: Self.table)
            let columns = reply["columnDefinitions"]?.array ?? []
            #expect(columns.compactMap { $0["name"]?.string } == ["Name", "Size", "Color", "Age"])
            #expect(columns.compactMap { $0["priority"]?.int } == [0, 0, 1, 0])
            #expect(reply["rows.0.cells.1"] == JSON.null && reply["rows.0.cells.2"] == "blue")
        }
    }

    @Test("a watch comes as tables, with columns in the first") func watchedTable() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Make.map("a")))
            let watch = try await api.watch(
                "\(Path.maps)?watch=true&fieldSelector=metadata.name%3Da", accept: Self.table)
            let first = try #require(try await watch.next())
            #expect(first.type == "ADDED" && first.object["kind"] == "Table")
            #expect(first.object["columnDefinitions"]?.array?.isEmpty == false)
            try api.must(try await api.patch("\(Path.maps)/a", .merge, ["data": ["k": "v"]]))
            let second = try #require(try await watch.next())
            #expect(second.type == "MODIFIED" && second.object[path: "rows.0.cells.1"]?.int == 1)
            #expect(second.object["columnDefinitions"]?.array == nil)
        }
    }

    @Test("only the metadata come, of one object, of a list, of a watch") func metadata() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Make.map("a", ["k": "v"], labels: ["l": "m"])))
            let accept = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
            let one = try await api.get("\(Path.maps)/a", accept: accept)
            #expect(one["kind"] == "PartialObjectMetadata" && one["data"] == nil)
            #expect(one["metadata.labels.l"] == "m")
            let list = try await api.get(
                Path.maps, accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
            #expect(list["kind"] == "PartialObjectMetadataList" && list["apiVersion"] == "meta.k8s.io/v1")
            #expect(
                list["items"]?.array?.allSatisfy { $0["kind"] == "PartialObjectMetadata" && $0["data"] == nil } == true)
            let watch = try await api.watch("\(Path.maps)?watch=true&labelSelector=l%3Dm", accept: accept)
            #expect(try await watch.next()?.object["kind"] == "PartialObjectMetadata")
            let patched = try await api.send(
                .patch, "\(Path.maps)/a", Array(#"{"data":{"k":"w"}}"#.utf8), type: "application/merge-patch+json",
                accept: accept)
            #expect(patched["kind"] == "PartialObjectMetadata")
        }
    }

    @Test("YAML is written and read") func yaml() async throws {
        try await TestAPI.with { api in
            let text = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: |\n    one\n    two\n"
            let created = try await api.send(
                .post, Path.maps, Array(text.utf8), type: "application/yaml", accept: "application/yaml")
            #expect(created.code == 201 && created.headers["Content-Type"] == "application/yaml")
            let read = try YAML.document(created.bytes, source: "the answer").root
            #expect(read[path: "data.k"] == "one\ntwo\n")
            let list = try await api.get(Path.maps, accept: "application/yaml")
            let items = try YAML.document(list.bytes, source: "the answer").root["items"]?.array
            #expect(items?.contains { $0[path: "metadata.name"] == "a" } == true)
        }
    }

    @Test(
        "the first form that there is counts, by weight",
        arguments: [
            ("application/vnd.kubernetes.protobuf,application/json", "application/json"), ("*/*", "application/json"),
            ("text/html, application/*;q=0.5", "application/json"),
            ("application/json;q=0.1, application/yaml", "application/yaml"),
            ("application/json;as=Nonsense;g=meta.k8s.io;v=v1, application/json", "application/json"),
        ]) func accepted(_ accept: String, _ type: String) async throws
    {
        try await TestAPI.with { api in
            let reply = try await api.get("\(Path.namespaces)/default", accept: accept)
            #expect(reply.code == 200 && reply.headers["Content-Type"] == type)
        }
    }

    @Test(
        "forms that there are not are refused",
        arguments: ["text/html", "application/json;as=Nonsense;g=meta.k8s.io;v=v1", "application/json;q=0", "image/*"])
    func notAcceptable(_ accept: String) async throws {
        try await TestAPI.with { api in
            for path in [Path.maps, "\(Path.namespaces)/default"] {
                let reply = try await api.get(path, accept: accept)
                #expect(reply.code == 406 && reply.problem?.reason == "NotAcceptable", "\(path)")
                #expect(
                    reply.problem?.message.hasPrefix("only the following media types are accepted: application/json")
                        == true)
            }
        }
    }

    @Test("bodies of unknown forms are refused") func unsupported() async throws {
        try await TestAPI.withWidgets { api in
            let body = Make.map("a").encoded()
            let post = try await api.send(.post, Path.maps, body, type: "text/plain")
            #expect(post.code == 415 && post.problem?.reason == "UnsupportedMediaType")
            try api.must(try await api.post(Path.maps, Make.map("a")))
            let patch = try await api.send(.patch, "\(Path.maps)/a", body, type: "application/json")
            #expect(
                patch.problem
                    == Problem(
                        415, "UnsupportedMediaType",
                        "the body of the request was in an unknown format - accepted media types include: "
                            + "application/json-patch+json, application/merge-patch+json, "
                            + "application/strategic-merge-patch+json, application/apply-patch+yaml"))
            try api.must(try await api.post(Path.widgets, Make.widget("w")))
            let strategic = try await api.patch("\(Path.widgets)/w", .strategic, ["spec": ["size": 2]])
            #expect(
                strategic.problem
                    == Problem(
                        415, "UnsupportedMediaType",
                        "the body of the request was in an unknown format - accepted media types include: "
                            + "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml")
            )
            let proto = try await api.send(
                .post, Path.widgets, [0x6B, 0x38, 0x73, 0x00], type: "application/vnd.kubernetes.protobuf")
            #expect(proto.code == 415)
        }
    }
}
