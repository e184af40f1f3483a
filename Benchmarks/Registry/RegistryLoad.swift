// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import TestServers
import Web
import WebClient

/// What clients do to a registry that is measured.
struct RegistryLoad: Sendable {
    let contender: RegistryContender
    private let http = HTTPClient()
    private static let name = "bench/image"
    static let manifestType = "application/vnd.oci.image.manifest.v1+json"

    init(_ contender: RegistryContender) { self.contender = contender }

    private func ask(
        _ method: HTTPMethod, _ path: String, _ fields: [(String, String)] = [], body: HTTPRequestBody = .none
    ) async throws -> (status: Int, location: String) {
        let url = path.hasPrefix("http") ? try HTTPURL(path) : try HTTPURL(contender.url + path)
        var headers = HTTPHeaders(fields)
        if let authorization = contender.authorization { headers["Authorization"] = authorization }
        let request = HTTPRequest(method: method, url: url, headers: headers, body: body)
        return try await http.send(request, retry: false) { response in
            _ = try await response.body.collect(limit: 1 << 20)
            return (response.status, response.headers["Location"] ?? "")
        }
    }

    /// Pushes a blob.
    func push(_ bytes: [UInt8], as digest: Digest) async throws {
        let begun = try await ask(.post, "/v2/\(Self.name)/blobs/uploads/")
        let mark = begun.location.contains("?") ? "&" : "?"
        let done = try await ask(.put, "\(begun.location)\(mark)digest=\(digest)", body: .bytes(bytes))
        guard done.status == 201 else { throw Fault(.internal, "\(contender.name) answers a push with \(done.status)") }
    }

    /// Pushes an image of one small layer; returns the paths of its manifest and of the layer.
    func prepare() async throws -> (manifest: String, blob: String) {
        let (config, layer) = (Array("{}".utf8), [UInt8](repeating: 7, count: 1000))
        for bytes in [config, layer] { try await push(bytes, as: Digest(of: bytes)) }
        func descriptor(_ bytes: [UInt8], _ type: String) -> JSON {
            [
                "mediaType": .string(type), "digest": .string("\(Digest(of: bytes))"),
                "size": .number(JSONNumber(Int64(bytes.count))),
            ]
        }
        let manifest = JSON.object([
            "schemaVersion": 2, "mediaType": .string(Self.manifestType),
            "config": descriptor(config, "application/vnd.oci.image.config.v1+json"),
            "layers": .array([descriptor(layer, "application/vnd.oci.image.layer.v1.tar")]),
        ]).encoded()
        let path = "/v2/\(Self.name)/manifests/v1"
        let put = try await ask(.put, path, [("Content-Type", Self.manifestType)], body: .bytes(manifest))
        guard put.status == 201 else {
            throw Fault(.internal, "\(contender.name) answers a manifest with \(put.status)")
        }
        return (path, "/v2/\(Self.name)/blobs/\(Digest(of: layer))")
    }

    /// Answers a second to 64 connections that ask for one path again and again.
    func requests(get path: String, seconds: Int) async throws -> Double {
        let text = try await run(
            ["wrk", "-t2", "-c64", "-d\(seconds)s", "-H", "Accept: \(Self.manifestType)"] + fields
                + [contender.url + path])
        return try rate(in: text, "Requests/sec:", refused: "Non-2xx")
    }

    /// The same for HEAD, whose answers wrk does not understand. ab has one thread, which may be what is measured then.
    func requests(head path: String, count: Int) async throws -> Double {
        let text = try await run(
            ["ab", "-q", "-k", "-i", "-c64", "-n\(count)", "-H", "Accept: \(Self.manifestType)"] + fields
                + [contender.url + path])
        return try rate(in: text, "Requests per second:", refused: "Non-2xx")
    }

    private var fields: [String] { contender.authorization.map { ["-H", "Authorization: \($0)"] } ?? [] }

    private func rate(in text: String, _ label: String, refused: String) throws(Fault) -> Double {
        guard !text.contains(refused), let line = text.split(separator: "\n").first(where: { $0.hasPrefix(label) }),
            let rate = line.dropFirst(label.count).split(separator: " ").first.flatMap({ Double($0) })
        else { throw Fault(.internal, "\(contender.name): \(text)") }
        return rate
    }

    /// MB a second of blobs that are pushed at the same time.
    func pushes(_ blobs: [(bytes: [UInt8], digest: Digest)]) async throws -> Double {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for blob in blobs { group.addTask { try await push(blob.bytes, as: blob.digest) } }
            try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return Double(blobs.reduce(0) { $0 + $1.bytes.count }) / 1e6 / seconds
    }

    /// MB a second of one large blob on its way in, and out again, by curl.
    func large(_ file: String, as digest: Digest, round: Int) async throws -> (put: Double, get: Double) {
        let name = "bench/large-\(round)"
        let begun = try await ask(.post, "/v2/\(name)/blobs/uploads/")
        let target = begun.location.hasPrefix("http") ? begun.location : contender.url + begun.location
        let mark = target.contains("?") ? "&" : "?"
        let own = contender.authorization.map { ["-H", "Authorization: \($0)"] } ?? []
        let put = try await run(
            ["curl", "-sf", "-T", file, "-H", "Expect:", "-o", "/dev/null", "-w", "%{speed_upload}"] + own
                + ["\(target)\(mark)digest=\(digest)"])
        let get = try await run(
            ["curl", "-sf", "-o", "/dev/null", "-w", "%{speed_download}"] + own
                + ["\(contender.url)/v2/\(name)/blobs/\(digest)"])
        return ((Double(put) ?? .nan) / 1e6, (Double(get) ?? .nan) / 1e6)
    }

    private func run(_ words: [String]) async throws -> String {
        var words = words
        words[0] = ServerProgram.find(words[0]) ?? words[0]
        let result = try await ChildProcess.run(words, deadline: .seconds(300))
        guard result.status == 0 else { throw Fault(.internal, "\(words[0]) ended with \(result.status)") }
        return String(decoding: result.stdout, as: UTF8.self)
    }
}
