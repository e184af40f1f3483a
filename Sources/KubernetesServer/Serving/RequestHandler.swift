// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesAccess
internal import Telemetry
internal import Web
internal import WebServer

/// Answers requests: finds out who asks and what for, whether he may, and hands them on.
struct RequestHandler: Sendable {
    let api: KubernetesAPI
    let access: RequestAccess
    let version: ServerVersion
    let metrics: ServerMetrics
    let log: Log
    /// Nil when none are given.
    var snapshots: SnapshotEndpoint?
    /// Nil when no records of requests are kept.
    var audit: RequestAudit?

    private var health: ServerHealth { ServerHealth(store: api.store, audit: audit?.log, log: log) }

    func respond(to request: ServerRequest) async -> ServerResponse {
        let start = ContinuousClock.now
        let target = RequestTarget(request.path)
        if case .other(let parts) = target, let answer = health.answer(parts, request) { return answer }
        var kept = audit?.begin(request)
        var attributes: RequestAttributes?
        var context: RequestContext?
        var response: ServerResponse
        do {
            let requester = try access.requester(of: request)
            kept?.user = requester
            let other = try access.impersonated(request, by: requester)
            kept?.impersonated = other
            let user = other ?? requester
            let asked = try attributesOf(request, target, user)
            attributes = asked
            kept?.request = asked
            let verdict = access.state.authorizer.authorize(asked)
            kept?.verdict = verdict
            guard verdict.isAllowed else { throw verdict.forbidden(asked) }
            try audit?.check(request, asked)
            let known = RequestContext(user: user)
            context = known
            response = try await answer(request, target, known)
        } catch {
            let status = Self.status(of: error)
            kept?.failure = status.reason
            response = Self.response(status)
            if response.status >= 500 { log.error("a request failed", error, ["path": .string(request.path)]) }
        }
        for warning in context?.warnings ?? [] { response.headers.add("Warning", "299 - \(Self.quoted(warning))") }
        response.headers.add("Audit-Id", "\(request.id)")
        record(request, attributes, response.status, ContinuousClock.now - start)
        guard let audit, var kept else { return response }
        kept.created = context?.created
        return await audit.finish(kept, request, response)
    }

    private func attributesOf(
        _ request: ServerRequest, _ target: RequestTarget, _ user: UserInfo
    ) throws -> RequestAttributes {
        guard case .resource(let path) = target else {
            return RequestAttributes(user, request.method.name.lowercased(), path: request.path)
        }
        let isWatch = try QueryValues(query: request.query).flag("watch") ?? false
        guard let verb = RequestVerb(request.method, hasName: path.name != nil, isWatch: isWatch) else {
            throw APIStatus.methodNotAllowed()
        }
        var name = path.name ?? ""
        // A list of one object is a matter of that object.
        if name.isEmpty, verb == .list || verb == .watch || verb == .deletecollection,
            let fields = try? QueryValues(query: request.query).fields(), let one = fields.required("metadata.name")
        {
            name = one
        }
        return RequestAttributes(
            user, verb.rawValue, group: path.groupVersion.group, version: path.groupVersion.version,
            resource: path.resource, subresource: path.subresource ?? "", namespace: path.namespace ?? "", name: name)
    }

    private func answer(
        _ request: ServerRequest, _ target: RequestTarget, _ context: RequestContext
    ) async throws -> ServerResponse {
        switch target {
        case .other(["metrics"]):
            return ServerResponse(
                status: 200, headers: ["Content-Type": MetricRegistry.contentType],
                body: .bytes(metrics.registry.prometheusText()))
        case .other(SnapshotEndpoint.parts):
            guard let snapshots else { throw APIStatus.noResource() }
            return try await snapshots.answer(request, context.user)
        case .other(let parts): return try await DocumentEndpoints(api: api, version: version).answer(parts, request)
        case .resource(let path):
            guard let resource = api.catalogue.resource(path.groupVersion, path.resource) else {
                throw APIStatus.noResource()
            }
            let endpoint = ResourceEndpoint(
                api: api, resource: resource, path: path, request: request, context: context)
            if request.method == .post, resource.verbs == ["create"], path.name == nil {
                return try endpoint.respond(
                    try await ReviewEndpoint(endpoint: endpoint, access: access).answer(), status: 201)
            }
            if request.method == .post, path.subresource == "token", resource.part("token") != nil {
                return try endpoint.respond(
                    try await ReviewEndpoint(endpoint: endpoint, access: access).token(), status: 201)
            }
            return try await endpoint.answer()
        }
    }

    /// Counts a request, and writes a line about those that change something or are refused.
    private func record(
        _ request: ServerRequest, _ attributes: RequestAttributes?, _ code: Int, _ duration: Duration
    ) {
        let verb = attributes?.verb ?? request.method.name.lowercased()
        let resource = attributes.flatMap { $0.path == nil ? $0.resource : nil } ?? ""
        let isKnown = resource.isEmpty || code != 404
        metrics.count(verb: verb, resource: isKnown ? resource : "unknown", code: code, duration)
        let isQuiet = code < 400 && ["get", "list", "watch"].contains(verb)
        guard log.isEnabled(isQuiet ? .debug : .info) else { return }
        var fields: Fields = ["code": .integer(code), "path": .string(request.path), "verb": .string(verb)]
        if let attributes { fields = fields.merging(["user": .string(attributes.user.name)]) }
        if isQuiet { log.debug("answered", fields) } else { log.info("answered", fields) }
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
