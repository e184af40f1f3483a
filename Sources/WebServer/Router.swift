// SPDX-License-Identifier: Apache-2.0

public import Web

/// Answers a request at once, or says with nil that the asynchronous handler should. Called on a thread that serves many
/// connections: it must not block, nor work for longer than some microseconds.
public typealias ImmediateHandler = @Sendable (ServerRequest) -> ServerResponse?

/// Sends requests to handlers by method and path.
///
/// In a pattern, `{id}` captures one segment and `{name...}`, once, one or more with the slashes between them. Where
/// several patterns match, the one that is literal for longer wins, whatever the order they were added in. How many routes
/// there are makes no difference to how long one takes to be found.
public struct Router: Sendable {
    /// Answers a request; an error that is no `Refusal` becomes 500 without details.
    public typealias Handler = @Sendable (ServerRequest) async throws -> ServerResponse
    private var tree = RouteTree()
    /// By the numbers of their patterns in the tree.
    private var routes: [(method: HTTPMethod, handler: Handler)] = []

    /// A router without routes.
    public init() {}

    /// Adds a route. A handler for GET answers HEAD too; its body is not sent then.
    public mutating func on(_ method: HTTPMethod, _ pattern: String, _ handler: @escaping Handler) {
        tree.add(RoutePattern(pattern))
        routes.append((method, handler))
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
        let segments = RoutePattern.segments(of: request.path)
        let method = request.method
        let best = tree.find(segments) { routes[$0].method == method || method == .head && routes[$0].method == .get }
        guard let best else { return Self.refusal(allowing: methods(segments)) }
        var captured = request
        captured.parameters = tree.patterns[best].captures(segments)
        return try await routes[best].handler(captured)
    }

    /// The methods of all routes that match.
    private func methods(_ segments: [Substring]) -> Set<String> {
        var found: Set<String> = []
        _ = tree.find(segments) {
            found.insert(routes[$0].method.name)
            return false
        }
        return found
    }

    private static func refusal(allowing methods: Set<String>) -> ServerResponse {
        guard !methods.isEmpty else { return .error(404, "there is nothing at this path") }
        var response = ServerResponse.error(405, "this method is not allowed here")
        response.headers["Allow"] = methods.union(methods.contains("GET") ? ["HEAD"] : []).sorted().joined(
            separator: ", ")
        return response
    }
}
