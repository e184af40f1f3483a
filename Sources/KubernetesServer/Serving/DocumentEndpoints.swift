// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import Web
internal import WebServer

/// What is no object: discovery, OpenAPI, version.
struct DocumentEndpoints: Sendable {
    let api: KubernetesAPI
    let version: ServerVersion

    func answer(_ parts: [String], _ request: ServerRequest) async throws -> ServerResponse {
        let documents = api.catalogue.documents
        guard request.method == .get || request.method == .head else { throw APIStatus.methodNotAllowed() }
        switch (parts.first, parts.count) {
        case (nil, _): return json(["paths": .array(Self.paths.map { .string($0) })])
        case ("version", 1): return json(version.json)
        case ("api", 1), ("apis", 1): return try discovery(isCore: parts[0] == "api", request)
        case ("api", 2): return try respond(documents.resources(GroupVersion(group: "", version: parts[1])), request)
        case ("apis", 2): return try respond(documents.group(parts[1]), request)
        case ("apis", 3):
            return try respond(documents.resources(GroupVersion(group: parts[1], version: parts[2])), request)
        case ("openapi", 2) where parts[1] == "v2": return try await documents.swagger.answer(request.headers)
        case ("openapi", 2) where parts[1] == "v3": return try respond(documents.openAPIPaths(), request)
        case ("openapi", 4) where parts[1] == "v3" && parts[2] == "api":
            return try respond(documents.openAPI(GroupVersion(group: "", version: parts[3])), request)
        case ("openapi", 5) where parts[1] == "v3" && parts[2] == "apis":
            return try respond(documents.openAPI(GroupVersion(group: parts[3], version: parts[4])), request)
        default: throw APIStatus.noResource()
        }
    }

    private static let paths = [
        "/api", "/api/v1", "/apis", "/healthz", "/livez", "/metrics", "/openapi/v2", "/openapi/v3", "/readyz",
        "/version",
    ]

    private func json(_ json: JSON) -> ServerResponse {
        ServerResponse(
            status: 200, headers: ["Content-Type": "application/json"], body: .bytes(json.encoded() + [0x0A]))
    }

    /// All of it at once for clients that ask for that, the list of groups for others.
    private func discovery(isCore: Bool, _ request: ServerRequest) throws -> ServerResponse {
        let documents = api.catalogue.documents
        for field in request.headers.values(for: "Accept") {
            for range in field.split(separator: ",").prefix(16).compactMap({ MediaRange($0) }) {
                guard range.type == "application/json" else { continue }
                guard range.parameters["g"] == "apidiscovery.k8s.io", range.parameters["as"] == "APIGroupDiscoveryList",
                    let version = range.parameters["v"], version == "v2" || version == "v2beta1"
                else {
                    guard range.parameters["as"] == nil else { continue }
                    break
                }
                return try respond(
                    documents.aggregated(isCore: isCore, version: version), request,
                    mediaType: "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList")
            }
        }
        let address = request.headers["Host"] ?? ""
        return try respond(isCore ? documents.coreVersions(address: address) : documents.groupList(), request)
    }

    private func respond(
        _ document: CatalogueDocuments.Document?, _ request: ServerRequest, mediaType: String = "application/json"
    ) throws -> ServerResponse {
        guard let document else { throw APIStatus.noResource() }
        let headers: HTTPHeaders = ["Content-Type": mediaType, "ETag": document.tag, "Vary": "Accept"]
        if request.headers["If-None-Match"]?.contains(document.tag) == true {
            return ServerResponse(status: 304, headers: headers, body: .none(length: Int64(document.bytes.count)))
        }
        return ServerResponse(status: 200, headers: headers, body: .bytes(document.bytes))
    }
}
