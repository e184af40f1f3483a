// SPDX-License-Identifier: Apache-2.0

public import CEL
internal import Web

extension Library {
    /// `url(string)`, `isURL(string)` and the parts of a `kubernetes.URL`.
    ///
    /// A URL is an absolute URI or an absolute path. A part that is missing is an empty string, a query that is missing an
    /// empty map.
    public static let kubernetesURLs = Library(
        "kubernetes.urls",
        functions: [
            Function(
                "url",
                .function(
                    "string_to_url", [.string], URLValue.type,
                    .string(for: "url") { text, budget throws(EvaluationError) in
                        try budget.parse(bytes: text.utf8.count)
                        guard let url = URLReference(text) else {
                            throw .invalid(
                                "URL parse error during conversion from string: "
                                    + "\(String(text.prefix(100)).quoted) is no absolute URI and no absolute path")
                        }
                        return .opaque(URLValue(url))
                    })),
            Function(
                "isURL",
                .function(
                    "is_url_string", [.string], .bool,
                    .string(for: "isURL") { text, budget throws(EvaluationError) in
                        try budget.parse(bytes: text.utf8.count)
                        return .bool(URLReference.isRequestURI(text))
                    }
                )),
            part("getScheme", "url_get_scheme") { .string($0.scheme) },
            part("getHost", "url_get_host") { .string($0.host) },
            part("getHostname", "url_get_hostname") { .string($0.hostname) },
            part("getPort", "url_get_port") { .string($0.port) },
            part("getEscapedPath", "url_get_escaped_path") { .string($0.escapedPath) },
            part("getQuery", "url_get_query", .map(.string, .list(.string))) { url in
                .map(MapValue(url.query.map { (.string($0.name), .list($0.values.map { .string($0) })) }))
            },
        ],
        types: [URLValue.type])

    private static func part(
        _ name: String, _ id: String, _ result: CELType = .string, _ body: @escaping @Sendable (URLReference) -> Value
    ) -> Function {
        Function(
            name,
            .method(
                id, [URLValue.type], result,
                .unary { value, budget throws(EvaluationError) in
                    let url = try value.expectOpaque(URLValue.self, by: name).url
                    // An item of a query takes two bytes at least and becomes two values.
                    try budget.allocate(values: result == .string ? 1 : url.rawQuery.utf8.count)
                    return body(url)
                }))
    }
}
