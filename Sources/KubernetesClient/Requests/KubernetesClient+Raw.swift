// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
internal import Kubernetes
public import Web

extension KubernetesClient {
    /// Sends any request; the answer is read whole, up to its limit.
    public func send(_ request: APIRequest) async throws -> APIAnswer {
        let limit = request.limit ?? settings.objectBytes
        return try await exchange(request) { response in
            let body = try await response.body.collect(limit: limit, of: "the answer to \(request)")
            return APIAnswer(status: response.status, headers: response.headers, body: body)
        }
    }

    /// Sends any request and returns the bytes of its answer as they come.
    public func open(_ request: APIRequest) async throws -> ByteStream {
        try await exchange(request, on: .stream) { $0.body }
    }

    /// Sends any request; hands on the header fields of its answer, and the bytes as they come.
    public func receive<Result: Sendable>(
        _ request: APIRequest, _ read: @Sendable (HTTPHeaders, ByteStream) async throws -> Result
    ) async throws -> Result {
        try await exchange(request, on: .stream) { try await read($0.headers, $0.body) }
    }

    /// Sends a request that is answered with JSON; throws `.invalid` when the answer is of another type, and `.corrupt`
    /// when it is broken.
    public func json(_ request: APIRequest) async throws -> JSON { try decoded(try await send(request), request) }

    func decoded(_ answer: APIAnswer, _ request: APIRequest) throws(Fault) -> JSON {
        let type = answer.headers["Content-Type"] ?? ""
        guard Self.isJSON(type) else {
            throw Fault(
                .invalid,
                "\(configuration) answers \(request) with \(type.isEmpty ? "no type" : "“\(type.prefix(60))”"), not with JSON",
                fix: "check that the URL is that of an API server")
        }
        do throws(Fault) {
            var limits = DocumentLimits()
            limits.bytes = answer.body.count
            return try JSON(parsing: answer.body, source: "the answer", limits: limits)
        } catch {
            throw Fault(.corrupt, "\(configuration) answers \(request) with broken JSON: \(error.message)")
        }
    }

    static func isJSON(_ type: String) -> Bool {
        type.prefix { $0 != ";" }.trimmed.lowercased() == MediaType.json
    }
}
