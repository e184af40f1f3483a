// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import TestServers
import TestSite
import Testing
import Web
import WebClient

/// The registries that must answer alike wherever the distribution specification says how.
enum DistributionEngine: String, CaseIterable, Sendable {
    /// The distribution project's own, as Debian has it.
    case distribution
    /// Ours.
    case site

    /// What the specification says, and the other registry's release does otherwise in a way that is known. These calls
    /// are the list of differences.
    func expect(
        _ difference: Comment, _ isFulfilled: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        switch self {
        case .site: #expect(isFulfilled(), sourceLocation: sourceLocation)
        case .distribution:
            withKnownIssue(difference, isIntermittent: true, sourceLocation: sourceLocation) { #expect(isFulfilled()) }
        }
    }

    static let installed = allCases.filter { $0 == .site || RegistryServer.isInstalled }

    func start() async throws -> RegistryWire {
        switch self {
        case .distribution:
            let server = try await RegistryServer()
            return RegistryWire(url: server.url, keep: server)
        case .site:
            let server = try await SiteRegistry()
            return RegistryWire(url: server.url, keep: server)
        }
    }
}

/// A registry that is asked by hand, and what it answers.
struct RegistryWire: Sendable {
    let url: String
    let keep: any AnyObject & Sendable
    private let http: HTTPClient
    private let authorization: String?

    /// - Parameter authorization: sent with every request.
    init(url: String, keep: any AnyObject & Sendable, authorization: String? = nil) {
        self.authorization = authorization
        var settings = HTTPClientSettings()
        settings.retry.sleep = { _ in }
        (self.url, self.keep, http) = (url, keep, HTTPClient(settings))
    }

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        var json: JSON? { try? JSON(parsing: body, source: "an answer") }
        /// The first code of an error.
        var code: String? { json?["errors"]?.array?.first?["code"]?.string }
        var location: String { headers["Location"] ?? "" }
    }

    /// Asks; a path that is a URL is taken as it is.
    func ask(
        _ method: String, _ path: String, _ fields: [(String, String)] = [], body: [UInt8] = [],
        isStreamed: Bool = false
    ) async throws -> Answer {
        let target = path.hasPrefix("http") ? try HTTPURL(path) : try HTTPURL(url + path)
        let own = authorization.map { [("Authorization", $0)] } ?? []
        var request = HTTPRequest(method: HTTPMethod(method), url: target, headers: HTTPHeaders(own + fields))
        request.body =
            isStreamed
            ? .stream(length: nil, open: { ByteStream(body) }) : body.isEmpty ? .none : .bytes(body)
        return try await http.send(request, retry: false, followingRedirects: false) { response in
            Answer(
                status: response.status, headers: response.headers,
                body: try await response.body.collect(limit: 64 << 20))
        }
    }

    /// The header of a user with the password of `RegistryServer`.
    static func basic(_ user: String) -> String {
        "Basic \(Array("\(user):\(RegistryServer.password)".utf8).base64)"
    }

    /// Pushes a blob and returns its digest.
    @discardableResult
    func push(_ text: String, to name: String) async throws -> Digest {
        let digest = Digest(of: Array(text.utf8))
        let begun = try await ask("POST", "/v2/\(name)/blobs/uploads/")
        let done = try await ask("PUT", begun.location.adding("digest=\(digest)"), body: Array(text.utf8))
        guard done.status == 201 else { throw Fault(.internal, "a push answered \(done.status)") }
        return digest
    }

    /// Pushes a manifest of a config and layers; returns it with its digest.
    @discardableResult
    func pushManifest(
        _ tag: String, to name: String, layers: [String] = ["layer"], subject: Digest? = nil,
        artifactType: String? = nil, annotations: [String: String] = [:]
    ) async throws -> (bytes: [UInt8], digest: Digest) {
        let config = try await push("{}", to: name)
        for layer in layers { try await push(layer, to: name) }
        let bytes = Self.manifest(
            config, layers.map { Digest(of: Array($0.utf8)) }, subject: subject, artifactType: artifactType,
            annotations: annotations)
        let answer = try await ask("PUT", "/v2/\(name)/manifests/\(tag)", [Self.manifestType], body: bytes)
        guard answer.status == 201 else { throw Fault(.internal, "a manifest's push answered \(answer.status)") }
        return (bytes, Digest(of: bytes))
    }

    static let manifestType = ("Content-Type", "application/vnd.oci.image.manifest.v1+json")
    static let indexType = ("Content-Type", "application/vnd.oci.image.index.v1+json")

    static func manifest(
        _ config: Digest, _ layers: [Digest], subject: Digest? = nil, artifactType: String? = nil,
        annotations: [String: String] = [:]
    ) -> [UInt8] {
        func descriptor(_ digest: Digest, _ type: String) -> JSON {
            ["mediaType": .string(type), "digest": .string(digest.description), "size": 2]
        }
        var object: JSONObject = ["schemaVersion": 2, "mediaType": .string(manifestType.1)]
        if let artifactType { object["artifactType"] = .string(artifactType) }
        object["config"] = descriptor(config, "application/vnd.oci.image.config.v1+json")
        object["layers"] = .array(layers.map { descriptor($0, "application/vnd.oci.image.layer.v1.tar") })
        if let subject { object["subject"] = descriptor(subject, manifestType.1) }
        if !annotations.isEmpty {
            object["annotations"] = .object(
                JSONObject(annotations.sorted { $0.key < $1.key }.map { ($0, .string($1)) }))
        }
        return JSON.object(object).encoded()
    }
}

extension String {
    /// The URL with one more query item.
    func adding(_ item: String) -> String { self + (contains("?") ? "&" : "?") + item }
}
