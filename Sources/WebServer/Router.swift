// SPDX-License-Identifier: Apache-2.0

public import Web

/// Answers a request at once, or says with nil that the asynchronous handler should. Called on a thread that serves many
/// connections: it must not block, nor work for longer than some microseconds.
public typealias ImmediateHandler = @Sendable (ServerRequest) -> ServerResponse?

/// Sends requests to handlers by method and path.
///
/// In a pattern, `{id}` captures one segment and `{name...}`, once, one or more with the slashes between them. Where
/// several patterns match, the one that is literal for longer wins, whatever the order they were added in.
public struct Router: Sendable {
    /// Answers a request; an error that is no `Refusal` becomes 500 without details.
    public typealias Handler = @Sendable (ServerRequest) async throws -> ServerResponse
    private var routes: [(method: HTTPMethod, pattern: RoutePattern, handler: Handler)] = []

    /// A router without routes.
    public init() {}

    /// Adds a route. A handler for GET answers HEAD too; its body is not sent then.
    public mutating func on(_ method: HTTPMethod, _ pattern: String, _ handler: @escaping Handler) {
        routes.append((method, RoutePattern(pattern), handler))
    }

    /// Adds a route for GET and HEAD.
    public mutating func get(_ pattern: String, _ handler: @escaping Handler) { on(.get, pattern, handler) }
    /// Adds a route for POST.
    public mutating func post(_ pattern: String, _ handler: @escaping Handler) { on(.post, pattern, handler) }
    /// Adds a route for PUT.
    public mutating func put(_ pattern: String, _ handler: @escaping Handler) { on(.put, pattern, handler) }
    /// Adds a route for PATCH.
    public mutating func patch(_ pattern: String, _ handler: @escaping Handler) { on(.patch, pattern, handler) }
    /// Adds a route for DELETE.
    public mutating func delete(_ pattern: String, _ handler: @escaping Handler) { on(.delete, pattern, handler) }

    /// Answers by the matching route; 404 when no path matches, 405 with `Allow` when another method would.
    public func respond(to request: ServerRequest) async throws -> ServerResponse {
        let segments = request.path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        let matches = routes.filter { $0.pattern.matches(segments) }
        guard !matches.isEmpty else { return .error(404, "there is nothing at this path") }
        let method = request.method
        let best =
            matches.filter { $0.method == method || method == .head && $0.method == .get }
            .max { $0.pattern.isVaguer(than: $1.pattern) }
        guard let best else {
            var allowed = Set(matches.map(\.method.name))
            if allowed.contains("GET") { allowed.insert("HEAD") }
            var response = ServerResponse.error(405, "this method is not allowed here")
            response.headers["Allow"] = allowed.sorted().joined(separator: ", ")
            return response
        }
        var captured = request
        captured.parameters = best.pattern.captures(segments)
        return try await best.handler(captured)
    }
}
