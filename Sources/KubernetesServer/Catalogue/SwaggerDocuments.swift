// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Cryptography
internal import KubernetesSchemas
internal import Web
internal import WebServer

/// The document at `/openapi/v2`, in each of its forms. Each is made once, when it is asked for first, and kept compressed:
/// it is large, and most sites are never asked.
actor SwaggerDocuments {
    private struct Document {
        let compressed: [UInt8]
        let length: Int64
        /// The digest of the content; in `ETag` with what the representation is.
        let hash: String
    }
    private let groups: [ServedGroup]
    private var made: [SwaggerDocument.Form: Document] = [:]

    init(_ groups: [ServedGroup]) { self.groups = groups }

    /// Two ask at once: the second waits for what the first makes.
    private var making: [SwaggerDocument.Form: Task<Document, any Error>] = [:]

    private func document(_ form: SwaggerDocument.Form) async throws -> Document {
        if let known = made[form] { return known }
        if let task = making[form] { return try await task.value }
        let task = Task.detached { [groups] in try await Self.make(form, groups) }
        making[form] = task
        defer { making[form] = nil }
        let document = try await task.value
        made[form] = document
        return document
    }

    private static func make(_ form: SwaggerDocument.Form, _ groups: [ServedGroup]) async throws -> Document {
        var document = SwaggerDocument(form)
        for version in groups.flatMap(\.versions) { document.add(ServedOpenAPI.document(version)) }
        let bytes = document.bytes
        let compressed = try await ByteStream(bytes).gzipped().collect(limit: bytes.count + 1024)
        return Document(compressed: compressed, length: Int64(bytes.count), hash: Digest(of: bytes).hex.uppercased())
    }

    func answer(_ headers: HTTPHeaders) async throws -> ServerResponse {
        let form = Self.form(headers)
        let document = try await document(form)
        let isCompressed = Self.takesGzip(headers)
        let tag = "\"\(document.hash)\(isCompressed ? "-gzip" : "")\""
        var fields: HTTPHeaders = [
            "Content-Type": form == .json ? "application/json" : Self.protobuf, "ETag": tag,
            "Vary": "Accept, Accept-Encoding",
        ]
        if isCompressed { fields.add("Content-Encoding", "gzip") }
        let length = isCompressed ? Int64(document.compressed.count) : document.length
        if headers["If-None-Match"]?.contains(tag) == true {
            return ServerResponse(status: 304, headers: fields, body: .none(length: length))
        }
        guard !isCompressed else {
            return ServerResponse(status: 200, headers: fields, body: .bytes(document.compressed))
        }
        let stream = ByteStream(document.compressed).gunzipped(source: "the document")
        return ServerResponse(status: 200, headers: fields, body: .stream(length: length, stream))
    }

    /// Clients ask for `…v2@v1.0+protobuf`, which is no media type that Go reads; they take this one.
    private static let protobuf = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

    /// The first form among those that are accepted; JSON when none is.
    private static func form(_ headers: HTTPHeaders) -> SwaggerDocument.Form {
        for field in headers.values(for: "Accept") {
            for range in field.split(separator: ",").prefix(16) {
                let type = range.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
                if type.hasPrefix("application/com.github.proto-openapi.spec.v2") { return .protobuf }
                if ["application/json", "application/*", "*/*"].contains(type) { return .json }
            }
        }
        return .json
    }

    private static func takesGzip(_ headers: HTTPHeaders) -> Bool {
        for field in headers.values(for: "Accept-Encoding") {
            for coding in field.split(separator: ",").prefix(16) {
                let parts = coding.filter { $0 != " " && $0 != "\t" }.lowercased().split(separator: ";")
                guard parts.first == "gzip" || parts.first == "x-gzip" else { continue }
                return !parts.dropFirst().contains { $0.hasPrefix("q=0") && !$0.contains { "123456789".contains($0) } }
            }
        }
        return false
    }
}
