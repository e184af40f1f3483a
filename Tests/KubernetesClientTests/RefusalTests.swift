// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesClient
import Testing
import Web
import WebServer

@Suite("What servers answer instead", .timeLimit(.minutes(1))) struct RefusalTests {
    static let name = ObjectName("default", "a")

    @Test(
        "every shape of a refusal becomes a status",
        arguments: [
            (
                404, "application/json", APIStatus.notFound(Maps.resource.groupResource, "a").json.text(), "NotFound",
                "configmaps \"a\" not found"
            ),
            (
                409, "application/json", APIStatus.modified(Maps.resource.groupResource, "a").json.text(), "Conflict",
                "has been modified"
            ),
            (403, "application/json", #"{"kind":"Status","status":"Failure","message":"no"}"#, "Forbidden", "no"),
            (404, "text/plain; charset=utf-8", "404 page not found\n", "NotFound", "404 page not found"),
            (502, "text/html", "<html>hush</html>", "", "answers GET /api/v1/namespaces/default/configmaps/a with 502"),
            (401, "", "", "Unauthorized", "credentials"), (422, "application/json", "{", "Invalid", "422"),
            (500, "application/json", #"{"kind":"Status","status":"Success"}"#, "InternalError", "500"),
            (413, "application/json", "[]", "RequestEntityTooLarge", "413"),
        ] as [(Int, String, String, String, String)])
    func shapes(_ code: Int, _ type: String, _ body: String, _ reason: String, _ message: String) async throws {
        try await ScriptedServer.with { _ in
            ServerResponse(status: code, type, body)
        } _: { server in
            let client = try server.client()
            await #expect {
                try await client.get(Maps.resource, Self.name)
            } throws: { error in
                guard let status = error as? APIStatus else { return false }
                if !status.message.contains(message) { Issue.record("\(status)") }
                return status.code == code && status.reason == reason && !status.message.contains("hush")
            }
            #expect(server.asked.count == 1)
        }
    }

    @Test(
        "what is no answer of an API server is a fault",
        arguments: [
            ("text/html", "<html>", Fault.Code.invalid), ("application/json", "{\"a\":", .corrupt),
            ("application/json", "[]", .corrupt), ("application/json", #"{"kind":"x"}"#, .corrupt),
            ("", "{}", .invalid),
            ("application/json", #"{"kind":"x","apiVersion":"v1","metadata":{"name":3}}"#, .corrupt),
        ])
    func wrong(_ type: String, _ body: String, _ code: Fault.Code) async throws {
        try await ScriptedServer.with { _ in
            ServerResponse(status: 200, type, body)
        } _: { server in
            let client = try server.client()
            await #expect { try await client.get(Maps.resource, Self.name) } throws: { ($0 as? Fault)?.code == code }
            await #expect { try await client.list(Maps.resource) } throws: { ($0 as? Fault)?.code == code }
        }
    }

    @Test("429 is asked again for whatever it was, 503 for reads, both only when the server says when") func retries()
        async throws
    {
        let plan = Guarded<[(Int, String?)]>([])
        try await ScriptedServer.with { _ in
            guard let (code, after) = plan.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else {
                return .json(Maps.map("a"))
            }
            var answer = ServerResponse(status: code, "text/plain", "busy")
            answer.headers["Retry-After"] = after
            return answer
        } _: { server in
            let waits = Guarded<[Duration]>([])
            let client = try server.client(settings: { $0.sleep = { wait in waits.withLock { $0.append(wait) } } })
            let object = try KubernetesObject(Maps.map("a"))
            let read: @Sendable () async throws -> Void = { _ = try await client.get(Maps.resource, Self.name) }
            let write: @Sendable () async throws -> Void = { _ = try await client.update(object, in: Maps.resource) }
            for (answers, isWrite, sent) in [
                ([(429, "1"), (429, "2")], true, 3), ([(503, "1")], false, 2), ([(503, "1")], true, 0),
                ([(429, nil)], false, 0), ([(429, "3600")], false, 0), ([(500, nil)], false, 0),
                ([(429, "0"), (429, "0"), (429, "0"), (429, "0"), (429, "0")], false, 0),
            ] as [([(Int, String?)], Bool, Int)] {
                plan.withLock { $0 = answers }
                let before = server.asked.count
                if sent > 0 {
                    try await (isWrite ? write() : read())
                    #expect(server.asked.count - before == sent)
                } else {
                    await #expect(throws: APIStatus.self) { try await (isWrite ? write() : read()) }
                    #expect(server.asked.count - before == (answers.count == 5 ? 4 : 1))
                }
            }
            let all = waits.withLock { $0 }
            #expect(all.prefix(3) == [.seconds(1), .seconds(2), .seconds(1)] && all.count == 6)
        }
    }

    @Test("no answer is larger than its limit") func huge() async throws {
        try await ScriptedServer.with { asked in
            ServerResponse("application/json", ByteStream { ArraySlice(repeating: 0x20, count: 1 << 16) })
        } _: { server in
            let client = try server.client(settings: {
                ($0.objectBytes, $0.listBytes, $0.eventBytes) = (1 << 20, 1 << 20, 1 << 20)
            })
            let isLimit: @Sendable (any Error) -> Bool = { ($0 as? Fault)?.code == .limitExceeded }
            await #expect { try await client.get(Maps.resource, Self.name) } throws: { isLimit($0) }
            await #expect { try await client.list(Maps.resource) } throws: { isLimit($0) }
            await #expect { try await client.discover() } throws: { isLimit($0) }
            await #expect {
                for try await _ in try await client.watch(Maps.resource) {}
            } throws: { isLimit($0) }
            await #expect { for try await _ in client.feed(Maps.resource) {} } throws: { isLimit($0) }
        }
        try await ScriptedServer.with { _ in
            ServerResponse(status: 500, "text/plain", ByteStream { ArraySlice(repeating: 0x61, count: 1 << 16) })
        } _: { server in
            let client = try server.client()
            await #expect { try await client.get(Maps.resource, Self.name) } throws: { ($0 as? APIStatus)?.code == 500 }
        }
    }

    @Test("a server that is not there is a fault, and no secret is in it") func unreachable() async throws {
        var url = ""
        try await ScriptedServer.with { _ in
            .json(nil)
        } _: {
            url = $0.url
        }
        var configuration = ClusterConfiguration(server: try HTTPURL(url))
        configuration.user.token = "hush"
        var settings = KubernetesClientSettings()
        let waits = Guarded(0)
        settings.sleep = { _ in waits.withLock { $0 += 1 } }
        let client = try KubernetesClient(configuration, settings)
        await #expect {
            try await client.get(Maps.resource, Self.name)
        } throws: { error in
            (error as? Fault)?.code == .unavailable && !"\(error)\(String(reflecting: error))".contains("hush")
        }
        #expect(waits.withLock { $0 } == settings.attempts - 1)
        let object = try KubernetesObject(Maps.map("a"))
        await #expect(throws: Fault.self) { try await client.create(object, in: Maps.resource) }
        #expect(waits.withLock { $0 } == settings.attempts - 1)
    }
}
