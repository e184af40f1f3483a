// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import Web
import WebClient

/// What the server answered.
struct Reply: Sendable {
    let code: Int
    let headers: HTTPHeaders
    let bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The body; `null` when it is no JSON.
    var json: JSON { (try? JSON(parsing: bytes, source: "the answer")) ?? .null }
    /// A member of the body, by its path: `metadata.name`, `items.0.metadata.name`.
    subscript(path: String) -> JSON? { json[path: path] }
    var warnings: [String] { headers.values(for: "Warning") }
    /// The sentence of a refusal with its code and reason.
    var problem: Problem? { APIStatus(json).map { Problem($0.code, $0.reason, $0.message) } }
    /// The causes of a refusal, as `reason field: message`.
    var causes: [String] {
        (APIStatus(json)?.causes ?? []).map { "\($0.reason) \($0.field ?? ""): \($0.message)" }
    }
    /// The names of the objects in a list.
    var names: [String] { (self["items"]?.array ?? []).map { $0[path: "metadata.name"]?.string ?? "" } }
}

/// A refusal.
struct Problem: Equatable, CustomStringConvertible {
    let code: Int
    let reason: String
    let message: String

    init(_ code: Int, _ reason: String, _ message: String) {
        (self.code, self.reason, self.message) = (code, reason, message)
    }

    var description: String { "\(code) \(reason): \(message)" }
}

extension JSON {
    /// A member by its path, with the numbers of elements: `items.0.metadata.name`.
    subscript(path path: String) -> JSON? {
        var here: JSON? = self
        for part in path.split(separator: ".") {
            if let index = Int(part), let items = here?.array {
                here = items.indices.contains(index) ? items[index] : nil
            } else {
                here = here?[String(part)]
            }
        }
        return here
    }

    init(_ text: String) { self = (try? JSON(parsing: Array(text.utf8), source: "a test's text")) ?? .null }
}

extension TestAPI {
    func send(
        _ method: HTTPMethod, _ path: String, _ body: [UInt8]? = nil, type: String? = nil, accept: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> Reply {
        var request = HTTPRequest(method: method, url: try HTTPURL("http://127.0.0.1:\(port)\(path)"))
        request.headers["Accept"] = accept
        request.headers["Content-Type"] = type
        for (name, value) in headers { request.headers[name] = value }
        if let body { request.body = .bytes(body) }
        return try await client.send(request, retry: false) { response in
            Reply(
                code: response.status, headers: response.headers,
                bytes: try await response.body.collect(limit: 64 << 20))
        }
    }

    func get(_ path: String, accept: String? = nil) async throws -> Reply { try await send(.get, path, accept: accept) }

    func post(_ path: String, _ json: JSON, headers: [String: String] = [:]) async throws -> Reply {
        try await send(.post, path, json.encoded(), type: "application/json", headers: headers)
    }

    func put(_ path: String, _ json: JSON) async throws -> Reply {
        try await send(.put, path, json.encoded(), type: "application/json")
    }

    func delete(_ path: String, _ options: JSON? = nil) async throws -> Reply {
        try await send(.delete, path, options?.encoded(), type: options == nil ? nil : "application/json")
    }

    enum PatchForm: String, CaseIterable {
        case json = "application/json-patch+json"
        case merge = "application/merge-patch+json"
        case strategic = "application/strategic-merge-patch+json"
        case apply = "application/apply-patch+yaml"
    }

    func patch(_ path: String, _ form: PatchForm, _ json: JSON) async throws -> Reply {
        try await send(.patch, path, json.encoded(), type: form.rawValue)
    }

    /// Applies a configuration for a manager.
    func apply(
        _ path: String, _ json: JSON, manager: String, force: Bool? = nil, query: String = ""
    ) async throws -> Reply {
        let forced = force.map { "&force=\($0)" } ?? ""
        return try await patch("\(path)?fieldManager=\(manager)\(forced)\(query)", .apply, json)
    }

    /// What must go well for a test to make sense.
    @discardableResult func must(_ reply: Reply) throws -> Reply {
        guard reply.code < 300 else { throw Fault(.internal, "\(reply.code): \(reply.text.prefix(2000))") }
        return reply
    }

    /// Whether something is gone.
    func isGone(_ path: String) async throws -> Bool { try await get(path).code == 404 }
}
