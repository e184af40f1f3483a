// SPDX-License-Identifier: Apache-2.0

internal import Registry
internal import Telemetry
internal import Web
internal import WebServer

/// Asks the parts of a registry one after another, within a span that belongs to the caller's trace.
struct TracedService: Sendable {
    let service: RegistryService
    let operations: OperationService
    let pages: RegistryPages
    let tracer: Tracer

    /// Answers at once what can be; nothing while requests are traced, since each of them needs a span then.
    func respondNow(to request: ServerRequest) -> ServerResponse? {
        tracer.isEnabled ? nil : service.respondNow(to: request)
    }

    func respond(to request: ServerRequest) async -> ServerResponse {
        guard tracer.isEnabled else { return await answer(request) }
        let route = RegistryMetrics.route(request.path)
        return await tracer.withSpan(
            "\(request.method) \(route)", kind: .server, parent: TraceContext(request.headers),
            attributes: [
                "http.request.method": .string(request.method.name), "url.path": .string(request.path),
                "http.route": .string(route), "client.address": .string("\(request.peer.address)"),
            ]
        ) { span in
            let answer = await answer(request)
            span.set("http.response.status_code", .integer(answer.status))
            if answer.status >= 500 { span.fail("status \(answer.status)") }
            return answer
        }
    }

    private func answer(_ request: ServerRequest) async -> ServerResponse {
        if let answer = await service.respond(to: request) { return answer }
        do {
            if let answer = try await operations.respond(to: request) { return answer }
            if let answer = try await pages.respond(to: request) { return answer }
        } catch let refusal as Refusal {
            return refusal.response
        } catch { return RegistryAnswer.error(500, code: "UNKNOWN", "the registry failed") }
        return RegistryAnswer.error(404, code: "NOT_FOUND", "there is nothing here")
    }
}
