// SPDX-License-Identifier: Apache-2.0

import Basics
import PackageRepositories
import Web
import WebClient
import WebServer

/// A web server in this process that keeps what is put there, and notes every request.
struct PackageServer: Sendable {
    struct Request: Sendable {
        let line: String
        let headers: HTTPHeaders
        let body: [UInt8]
    }

    /// Answers instead of the store when it has something to say.
    typealias Script = @Sendable (ServerRequest, [UInt8]) throws -> ServerResponse?

    private let server: HTTPServer
    let files: Guarded<[String: [UInt8]]>
    let requests: Guarded<[Request]>

    /// - Parameter knowsConditions: whether `If-Match` and `If-None-Match` count when something is written.
    init(_ content: [String: [UInt8]] = [:], knowsConditions: Bool = true, script: @escaping Script = { _, _ in nil })
        throws
    {
        let files = Guarded(content), requests = Guarded<[Request]>([])
        var settings = ServerSettings()
        settings.bodyBytes = 256 << 20
        server = try HTTPServer(settings) { request in
            let body = try await request.body.collect(limit: 256 << 20)
            let query = request.query.isEmpty ? "" : "?…"
            requests.withLock {
                $0.append(
                    Request(line: "\(request.method) \(request.path)\(query)", headers: request.headers, body: body))
            }
            if let answer = try script(request, body) { return answer }
            return files.withLock { Self.answer(request, body, &$0, knowsConditions) }
        }
        (self.files, self.requests) = (files, requests)
    }

    private static func answer(
        _ request: ServerRequest, _ body: [UInt8], _ files: inout [String: [UInt8]], _ knowsConditions: Bool
    ) -> ServerResponse {
        let path = request.path
        switch request.method {
        case .get, .head:
            guard let bytes = files[path] else { return .error(404, "nothing here") }
            return ServerResponse(status: 200, headers: ["ETag": tag(bytes)], body: .bytes(bytes))
        case .put, .post:
            if knowsConditions {
                if request.headers["If-None-Match"] == "*", files[path] != nil { return .error(412, "it is there") }
                if let wanted = request.headers["If-Match"], wanted != files[path].map(tag) {
                    return .error(412, "it has changed")
                }
            }
            let isNew = files[path] == nil
            files[path] = body
            return ServerResponse(status: isNew ? 201 : 204)
        default: return .error(405, "not here")
        }
    }

    private static func tag(_ bytes: [UInt8]) -> String { "\"\(bytes.count)-\(bytes.hashValue)\"" }

    var port: Int { server.port }
    var url: String { "http://127.0.0.1:\(port)" }
    func address(_ path: String = "") throws -> HTTPURL { try HTTPURL(url + path) }
    func file(_ path: String) -> [UInt8]? { files.withLock { $0[path] } }
    func text(_ path: String) -> String { String(decoding: file(path) ?? [], as: UTF8.self) }
    var lines: [String] { requests.withLock { $0.map(\.line) } }
    func stop() async { await server.stop(deadline: .zero) }

    /// A connection without credentials, whose retries do not wait.
    static func connection(
        credential: @escaping @Sendable (PackageKind, HTTPURL) -> PackageCredential? = { _, _ in nil }
    ) -> PackageConnection {
        var settings = HTTPClientSettings()
        settings.retry.sleep = { _ in }
        return PackageConnection(http: HTTPClient(settings), credential: credential)
    }
}

/// Runs what throws a fault, and gives the fault.
func fault(_ body: () async throws -> Void) async -> Fault? {
    do { try await body() } catch { return Fault(wrapping: error) }
    return nil
}

extension PackageContent {
    func bytes() async throws -> [UInt8] { try await open().collect(limit: 1 << 28) }
}
