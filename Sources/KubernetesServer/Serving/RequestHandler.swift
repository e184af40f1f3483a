// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import Web
internal import WebServer

/// Answers requests: finds out what they are about, and hands them on.
struct RequestHandler: Sendable {
    let api: KubernetesAPI
    let version: ServerVersion

    func respond(to request: ServerRequest) async -> ServerResponse {
        let context = RequestContext(user: "system:admin")
        var response: ServerResponse
        do {
            response = try await answer(request, context)
        } catch {
            response = Self.response(Self.status(of: error))
        }
        for warning in context.warnings { response.headers.add("Warning", "299 - \(Self.quoted(warning))") }
        return response
    }

    private func answer(_ request: ServerRequest, _ context: RequestContext) async throws -> ServerResponse {
        switch RequestTarget(request.path) {
        case .other(let parts): return try DocumentEndpoints(api: api, version: version).answer(parts, request)
        case .resource(let path):
            guard let resource = api.catalogue.resource(path.groupVersion, path.resource) else {
                throw APIStatus.noResource()
            }
            return try await ResourceEndpoint(api: api, resource: resource, path: path, request: request, context: context)
                .answer()
        }
    }

    static func response(_ status: APIStatus) -> ServerResponse {
        var response = ServerResponse(
            status: status.code, headers: ["Content-Type": "application/json"],
            body: .bytes(status.json.encoded() + [0x0A]))
        if let seconds = status.retryAfterSeconds { response.headers.add("Retry-After", "\(seconds)") }
        return response
    }

    /// What clients are told of an error. What they cannot help is told without details.
    static func status(of error: any Error) -> APIStatus {
        switch error {
        case let status as APIStatus: return status
        case let fault as Fault:
            switch fault.code {
            case .invalid: return .badRequest(fault.message)
            case .limitExceeded: return .tooLarge(fault.message)
            case .unavailable: return .tooManyRequests(fault.message)
            default: return .internalError(fault.message)
            }
        case let refusal as Refusal where refusal.response.status == 413:
            return .tooLarge("Request entity too large: limit is \(BodyReading.bytes)")
        default: return .internalError("the request could not be answered")
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
