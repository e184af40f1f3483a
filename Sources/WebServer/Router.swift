// SPDX-License-Identifier: Apache-2.0

public import Web

/// Sends requests to handlers by method and path. A pattern like `/notes/{id}` captures a segment.
public struct Router: Sendable {
    /// Answers a request; gets the captured segments by name.
    public typealias Handler = @Sendable (ServerRequest, [String: String]) async -> ServerResponse
    private var routes: [(method: HTTPMethod, pattern: [Substring], handler: Handler)] = []

    /// A router without routes.
    public init() {}

    /// Adds a route.
    public mutating func on(_ method: HTTPMethod, _ pattern: String, _ handler: @escaping Handler) {
        routes.append((method, pattern.split(separator: "/"), handler))
    }

    /// Answers by the matching route; 404 when no path matches, 405 with `Allow` when another method would.
    public func respond(to request: ServerRequest) async -> ServerResponse {
        let segments = request.path.split(separator: "/")
        var allowed: Set<String> = []
        for route in routes {
            guard let captured = Self.match(route.pattern, segments) else { continue }
            let isHead = request.method == .head && route.method == .get
            if route.method == request.method || isHead { return await route.handler(request, captured) }
            allowed.insert(route.method.name)
        }
        guard !allowed.isEmpty else { return .error(404, "there is nothing at this path") }
        var response = ServerResponse.error(405, "this method is not allowed here")
        response.headers["Allow"] = allowed.sorted().joined(separator: ", ")
        return response
    }

    private static func match(_ pattern: [Substring], _ segments: [Substring]) -> [String: String]? {
        guard pattern.count == segments.count else { return nil }
        var captured: [String: String] = [:]
        for (part, segment) in zip(pattern, segments) {
            if part.hasPrefix("{") && part.hasSuffix("}") {
                captured[String(part.dropFirst().dropLast())] = String(segment)
            } else if part != segment {
                return nil
            }
        }
        return captured
    }
}

extension ServerResponse {
    /// An error as JSON. The message is ours, never a client's.
    public static func error(_ status: Int, _ message: String) -> ServerResponse {
        ServerResponse(status: status, "application/json", "{\"error\":\"\(message)\"}\n")
    }
}
