// SPDX-License-Identifier: Apache-2.0

import Basics
import Web
import WebClient
import WebServer

/// A server for one test, with what it saw.
struct TestServer: Sendable {
    let server: HTTPServer
    let events = Guarded<[String]>([])
    /// How many requests reached the handler.
    let handled = Guarded(0)

    init(
        _ change: (inout ServerSettings) -> Void = { _ in }, immediate: ImmediateHandler? = nil,
        handler: @escaping @Sendable (ServerRequest) async throws -> ServerResponse
    ) throws {
        var settings = ServerSettings()
        settings.observe = { [events] event in events.withLock { $0.append("\(event)") } }
        change(&settings)
        server = try HTTPServer(settings, immediate: immediate) { [handled] request in
            handled.withLock { $0 += 1 }
            return try await handler(request)
        }
    }

    var port: Int { server.port }

    /// Starts a server, lets it be used, and stops it.
    static func with(
        _ change: (inout ServerSettings) -> Void = { _ in }, immediate: ImmediateHandler? = nil,
        handler: @escaping @Sendable (ServerRequest) async throws -> ServerResponse,
        _ use: (TestServer) async throws -> Void
    ) async throws {
        let server = try TestServer(change, immediate: immediate, handler: handler)
        do { try await use(server) } catch {
            await server.server.stop(deadline: .zero)
            throw error
        }
        await server.server.stop(deadline: .zero)
    }

    /// Lets a server that answers in the same way at once or later be used.
    static func with(
        isImmediate: Bool, answer: @escaping @Sendable (ServerRequest) -> ServerResponse,
        _ use: (TestServer) async throws -> Void
    ) async throws {
        let immediate: ImmediateHandler = { answer($0) }
        try await with(immediate: isImmediate ? immediate : nil, handler: { answer($0) }, use)
    }

    /// Status and body of an answer to libcurl.
    func send(
        _ method: HTTPMethod = .get, _ target: String, headers: HTTPHeaders = HTTPHeaders(),
        body: HTTPRequestBody = .none
    ) async throws -> (status: Int, headers: HTTPHeaders, body: [UInt8]) {
        var settings = HTTPClientSettings()
        settings.retry.attempts = 1
        let url = try HTTPURL("http://127.0.0.1:\(port)\(target)")
        return try await HTTPClient(settings).send(
            HTTPRequest(method: method, url: url, headers: headers, body: body)
        ) { response in
            (response.status, response.headers, try await response.body.collect(limit: 1 << 24))
        }
    }
}

/// Tells its method, its path and its body.
@Sendable func echo(_ request: ServerRequest) async throws -> ServerResponse {
    let body = try await request.body.collect(limit: 1 << 20)
    return ServerResponse(
        "text/plain", "\(request.method) \(request.path) \(String(decoding: body, as: UTF8.self))")
}

extension ByteStream {
    /// So many bytes in pieces, counting what was asked for.
    static func filled(_ total: Int, piece: Int = 256 * 1024, made: Guarded<Int> = Guarded(0)) -> ByteStream {
        ByteStream {
            let count = made.withLock { made in
                let count = Swift.min(piece, total - made)
                made += count
                return count
            }
            return count > 0 ? [UInt8](repeating: 0x2E, count: count)[...] : nil
        }
    }
}
