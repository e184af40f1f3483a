// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
internal import Basics
internal import Documents
internal import Registry
internal import Telemetry
internal import Web
internal import WebServer

/// The paths beside the distribution API.
enum OperationRoute: String, CaseIterable {
    /// Whether the process lives.
    case health = "/healthz"
    /// Whether it takes requests.
    case ready = "/readyz"
    /// What it counts, for those who may list repositories.
    case metrics = "/metrics"
    /// Tokens for names and passwords (the distribution project's token specification).
    case token = "/token"
    /// The keys that tokens are checked with (RFC 7517).
    case keys = "/jwks"

    init?(_ path: String) { self.init(rawValue: path) }
}

/// Answers about the service itself.
struct OperationService: Sendable {
    let gate: RegistryGate
    let metrics: RegistryMetrics
    /// Why it takes no requests; nil when it does.
    let unready: @Sendable () -> String?

    /// Answers a request; nil when its path is none of these.
    func respond(to request: ServerRequest) async throws -> ServerResponse? {
        guard let route = OperationRoute(request.path) else { return nil }
        switch (route, request.method) {
        case (.health, .get), (.health, .head): return ServerResponse("text/plain", "ok\n")
        case (.ready, .get), (.ready, .head):
            guard let reason = unready() else { return ServerResponse("text/plain", "ready\n") }
            return ServerResponse(status: 503, "text/plain", reason + "\n")
        case (.metrics, .get), (.metrics, .head):
            _ = try await gate.admit(request, .catalogue, "")
            return ServerResponse(
                status: 200, headers: ["Content-Type": MetricRegistry.contentType],
                body: .bytes(metrics.registry.prometheusText()))
        case (.token, .get), (.token, .post): return await token(request)
        case (.keys, .get), (.keys, .head):
            guard let tokens = gate.access.tokens else { return nil }
            return ServerResponse(
                status: 200, headers: ["Content-Type": "application/jwk-set+json"], body: .bytes(tokens.keyDocument))
        default:
            var answer = ServerResponse.error(405, "this method is not allowed here")
            answer.headers["Allow"] = route == .token ? "GET, POST" : "GET, HEAD"
            return answer
        }
    }

    private func token(_ request: ServerRequest) async -> ServerResponse? {
        guard let tokens = gate.access.tokens else { return nil }
        let answer: TokenAnswer
        if request.method == .post {
            guard let form = try? await request.body.collect(limit: 64 * 1024) else {
                return .error(413, "the form is too large")
            }
            answer = await tokens.answer(
                form: form, contentType: request.headers["Content-Type"], peer: request.peer.address)
        } else {
            let query = request.query.all.map { "\(HTTPURL.encode($0.name))=\(HTTPURL.encode($0.value))" }
            answer = await tokens.answer(
                query: query.joined(separator: "&"),
                credentials: PresentedCredentials(
                    authorization: request.headers["Authorization"], certificate: request.clientCertificate,
                    peer: request.peer.address))
        }
        return ServerResponse(status: answer.status, headers: answer.headers, body: .bytes(answer.body))
    }
}
