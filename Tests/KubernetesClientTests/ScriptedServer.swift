// SPDX-License-Identifier: Apache-2.0

import Basics
import Chronology
import Documents
import Kubernetes
import KubernetesClient
import Web
import WebClient
import WebServer

/// What a scripted server was asked.
struct Asked: Sendable {
    let method: String
    let path: String
    let query: [String: String]
    let headers: HTTPHeaders
    let body: JSON?
}

/// A server that answers as a test says, and what it was asked.
struct ScriptedServer: Sendable {
    let server: HTTPServer
    private let log: Guarded<[Asked]>
    var asked: [Asked] { log.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(server.port)" }

    /// Starts a server, lets it be used, and stops it.
    static func with(
        tls: ServerTLS? = nil,
        _ answer: @escaping @Sendable (Asked) async throws -> ServerResponse,
        _ use: (ScriptedServer) async throws -> Void
    ) async throws {
        let log = Guarded<[Asked]>([])
        var settings = ServerSettings()
        settings.bodyBytes = 8 << 20
        settings.tls = tls
        let server = try HTTPServer(settings) { request in
            let bytes = try await request.body.collect(limit: 8 << 20)
            var query: [String: String] = [:]
            for name in names { query[name] = request.query.values(for: name).first }
            let asked = Asked(
                method: request.method.name, path: request.path, query: query, headers: request.headers,
                body: bytes.isEmpty ? JSON?.none : try? JSON(parsing: bytes, source: "body"))
            log.withLock { $0.append(asked) }
            return try await answer(asked)
        }
        do { try await use(ScriptedServer(server: server, log: log)) } catch {
            await server.stop(deadline: .zero)
            throw error
        }
        await server.stop(deadline: .zero)
    }

    private static let names = [
        "watch", "limit", "continue", "resourceVersion", "resourceVersionMatch", "labelSelector", "fieldSelector",
        "allowWatchBookmarks", "sendInitialEvents", "timeoutSeconds", "fieldManager", "fieldValidation", "force",
        "dryRun",
        "pretty", "follow", "container", "command", "stdin", "stdout", "stderr", "tty", "tailLines",
    ]

    /// A client of it that does not wait between attempts.
    func client(
        _ change: (inout ClusterConfiguration) -> Void = { _ in },
        settings changeSettings: (inout KubernetesClientSettings) -> Void = { _ in }
    ) throws -> KubernetesClient {
        var configuration = ClusterConfiguration(server: try HTTPURL(url))
        configuration.proxy = .none
        change(&configuration)
        var settings = KubernetesClientSettings()
        settings.sleep = { _ in try await Task.sleep(for: .milliseconds(1)) }
        changeSettings(&settings)
        return try KubernetesClient(configuration, settings)
    }
}

extension ServerResponse {
    /// A JSON answer.
    static func json(_ json: JSON, status: Int = 200) -> ServerResponse {
        ServerResponse(status: status, "application/json", json.text())
    }
    /// What a status says.
    static func status(_ status: APIStatus) -> ServerResponse { .json(status.json, status: status.code) }
    /// Lines as they come, then the end, or a broken connection.
    static func lines(_ lines: [String], isCut: Bool = false) -> ServerResponse {
        let rest = Guarded(lines)
        return ServerResponse(
            "application/json",
            ByteStream {
                let next = rest.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                if let next { return Array(next.utf8)[...] }
                if isCut { throw Fault(.unavailable, "cut") }
                return nil
            })
    }
}

enum Maps {
    static let resource = GroupVersionResource("", "v1", "configmaps")
    static let kind = GroupVersionKind("", "v1", "ConfigMap")

    static func map(
        _ name: String, _ value: String = "1", version: Int = 0, uid: String? = nil, namespace: String = "default"
    ) -> JSON {
        var metadata: JSON = ["name": .string(name), "namespace": .string(namespace)]
        metadata["uid"] = .string(uid ?? "uid-\(name)")
        metadata["resourceVersion"] = .string("\(version)")
        return ["apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": ["value": .string(value)]]
    }

    static func list(_ items: [JSON], version: Int, continueToken: String? = nil) -> JSON {
        var metadata: JSON = ["resourceVersion": .string("\(version)")]
        if let continueToken { metadata["continue"] = .string(continueToken) }
        return ["apiVersion": "v1", "kind": "ConfigMapList", "metadata": metadata, "items": .array(items)]
    }

    static func event(_ type: String, _ object: JSON) -> String {
        (["type": .string(type), "object": object] as JSON).text() + "\n"
    }

    static func bookmark(_ version: Int, isInitialEnd: Bool = false) -> String {
        var metadata: JSON = ["resourceVersion": .string("\(version)")]
        if isInitialEnd { metadata["annotations"] = ["k8s.io/initial-events-end": "true"] }
        return event("BOOKMARK", ["apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata])
    }
}

extension KubernetesObject {
    /// The value in a map of these tests.
    var value: String? { json["data"]?["value"]?.string }
}
