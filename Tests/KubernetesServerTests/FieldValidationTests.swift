// SPDX-License-Identifier: Apache-2.0

import Documents
import Testing
import Web

@Suite("Unknown and repeated fields", .timeLimit(.minutes(1))) struct FieldValidationTests {
    static var withUnknown: JSON {
        var deployment = Make.deployment("d")
        deployment["spec"]?["foo"] = 1
        deployment["bar"] = 2
        return deployment
    }

    @Test("by default they are left out and the client is told", arguments: ["", "?fieldValidation=Warn"])
    func warn(_ query: String) async throws {
        try await TestAPI.with { api in
            let reply = try await api.post(Path.deployments + query, Self.withUnknown)
            #expect(reply.code == 201 && reply["spec.foo"] == nil && reply["bar"] == nil)
            #expect(
                Set(reply.warnings) == [
                    "299 - \"unknown field \\\"spec.foo\\\"\"", "299 - \"unknown field \\\"bar\\\"\"",
                ])
        }
    }

    @Test("they can be ignored") func ignore() async throws {
        try await TestAPI.with { api in
            let reply = try await api.post("\(Path.deployments)?fieldValidation=Ignore", Self.withUnknown)
            #expect(reply.code == 201 && reply["spec.foo"] == nil && reply.warnings.isEmpty)
        }
    }

    @Test("they can be refused") func strict() async throws {
        try await TestAPI.withWidgets { api in
            let reply = try await api.post("\(Path.deployments)?fieldValidation=Strict", Self.withUnknown)
            #expect(reply.code == 400 && reply.problem?.reason == "BadRequest")
            let start = "Deployment in version \"v1\" cannot be handled as a Deployment: strict decoding error: "
            let message = reply.problem?.message ?? ""
            #expect(message.hasPrefix(start), "\(message)")
            #expect(message.contains("unknown field \"spec.foo\"") && message.contains("unknown field \"bar\""))
            let widget = try await api.post("\(Path.widgets)?fieldValidation=Strict", Make.widget("a", ["foo": 1]))
            #expect(
                widget.problem
                    == Problem(
                        400, "BadRequest",
                        "Widget in version \"v1\" cannot be handled as a Widget: strict decoding error: unknown field "
                            + "\"spec.foo\""))
        }
    }

    @Test("keys that are there twice count as well") func repeated() async throws {
        try await TestAPI.withWidgets { api in
            let map = Array(
                #"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"k":"1","k":"2"}}"#.utf8)
            let warned = try await api.send(.post, Path.maps, map, type: "application/json")
            #expect(warned.code == 201 && warned["data.k"] == "2")
            #expect(warned.warnings == ["299 - \"duplicate field \\\"data.k\\\"\""])
            let strict = try await api.send(
                .post, "\(Path.maps)?fieldValidation=Strict", map, type: "application/json")
            #expect(
                strict.problem
                    == Problem(
                        400, "BadRequest",
                        "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: duplicate "
                            + "field \"data.k\""))
            let widget = Array(
                #"{"apiVersion":"example.org/v1","kind":"Widget","metadata":{"name":"a"},"spec":{"size":1,"size":2}}"#
                    .utf8)
            let custom = try await api.send(
                .post, "\(Path.widgets)?fieldValidation=Strict", widget, type: "application/json")
            #expect(custom.code == 400 && custom.problem?.message.contains("duplicate field \"spec.size\"") == true)
        }
    }

    @Test(
        "in a patch they are refused as parts of the patch",
        arguments: [TestAPI.PatchForm.merge, .strategic]) func patches(_ form: TestAPI.PatchForm) async throws
    {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.deployments, Make.deployment("d")))
            let warned = try await api.patch("\(Path.deployments)/d", form, ["spec": ["foo": 1]])
            #expect(warned.code == 200 && warned.warnings == ["299 - \"unknown field \\\"spec.foo\\\"\""])
            let strict = try await api.patch(
                "\(Path.deployments)/d?fieldValidation=Strict", form, ["spec": ["foo": 1]])
            #expect(strict.code == 422 && strict.problem?.reason == "Invalid", "\(strict.text)")
            let message = strict.problem?.message ?? ""
            #expect(message.hasPrefix(" \"\" is invalid: patch: Invalid value: "), "\(message)")
            #expect(message.hasSuffix(": strict decoding error: unknown field \"spec.foo\""), "\(message)")
        }
    }
}
