// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Web
import WebServer

@testable import Telemetry

/// A collector of traces that answers as it is told, on a free loopback port.
final class CollectorServer: Sendable {
    struct Request: Sendable {
        let path: String
        let headers: HTTPHeaders
        let json: JSON

        var spans: [JSON] { json["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?.array ?? [] }
    }
    private let received = Guarded<[Request]>([])
    private let answers: Guarded<[ServerResponse]>
    private let server: HTTPServer

    /// - Parameter answers: what the first requests are answered with; those after them get 200.
    init(_ answers: [ServerResponse] = []) throws {
        let (received, answers) = (received, Guarded(answers))
        self.answers = answers
        var settings = ServerSettings()
        settings.bodyBytes = 32 << 20
        server = try HTTPServer(settings) { request in
            let body = try await request.body.collect(limit: 32 << 20)
            let json = try JSON(parsing: body, source: "the request")
            received.withLock { $0.append(Request(path: request.path, headers: request.headers, json: json)) }
            return answers.withLock { $0.isEmpty ? nil : $0.removeFirst() } ?? ServerResponse("application/json", "{}")
        }
    }

    var requests: [Request] { received.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(server.port)" }

    func stop() async { await server.stop(deadline: .zero) }

    /// Settings that send here, and only when a batch is full or somebody flushes.
    func settings() throws -> TracingSettings {
        var settings = TracingSettings()
        settings.endpoint = try HTTPURL("\(url)/v1/traces")
        settings.serviceName = "tests"
        settings.sleep = { _ in try await Task.sleep(for: .seconds(3600)) }
        return settings
    }
}
