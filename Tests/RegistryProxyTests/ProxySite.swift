// SPDX-License-Identifier: Apache-2.0

import AccessControl
import Basics
import Cryptography
import Documents
import OCI
import Registry
import RegistryProxy
import RegistryServer
import TestServers
import TestSite
import Testing
import Web
import WebClient
import WebServer

/// A site registry whose repositories below `hub` are those of an upstream, with what it asks there.
struct ProxySite: Sendable {
    let site: SiteRegistry
    /// A line for each request to the upstream and each answer.
    let lines: Guarded<[String]>
    let reports: Guarded<[Fault]>
    /// Milliseconds since 1970.
    let time: Guarded<Int64>

    init(
        _ upstream: String, access: String? = nil, limits: RegistryLimits = RegistryLimits(), data: String? = nil,
        rule change: @escaping (inout ProxyRule) -> Void = { _ in }
    ) async throws {
        let (lines, reports, time) = (Guarded<[String]>([]), Guarded<[Fault]>([]), Guarded(RegistryFolder.wallClock()))
        (self.lines, self.reports, self.time) = (lines, reports, time)
        var rule = try ProxyRule(prefix: "hub", upstream: HTTPURL(upstream).origin, upstreamPrefix: "library")
        change(&rule)
        var settings = HTTPClientSettings()
        settings.retry.attempts = 1
        settings.retry.sleep = { _ in }
        settings.observe = { line in lines.withLock { $0.append(line) } }
        let (final, client) = (rule, settings)
        site = try await SiteRegistry(
            access == nil ? .plain : .basic, rules: access, limits: limits, data: data,
            proxies: { registry in
                try PullThrough(
                    [final], over: registry, settings: client, clock: { time.withLock { $0 } },
                    report: { fault in reports.withLock { $0.append(fault) } })
            })
    }

    var registry: RegistryFolder { site.host.registry }

    /// How often the upstream was asked for something since this was asked last.
    func asked() -> [String] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines.compactMap { line in
                guard line.hasPrefix("→ "), !line.contains("redirected") else { return nil }
                let parts = line.split(separator: " ")
                guard parts.count > 2, let path = parts[2].firstRange(of: "/v2/") else { return nil }
                return "\(parts[1]) \(parts[2][path.upperBound...])"
            }
        }
    }

    func pass(seconds: Int64) { time.withLock { $0 += seconds * 1000 } }

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]
        var json: JSON? { try? JSON(parsing: body, source: "an answer") }
        var code: String? { json?["errors"]?.array?.first?["code"]?.string }
    }

    func ask(
        _ path: String, _ method: HTTPMethod = .get, _ fields: [(String, String)] = [], body: [UInt8] = []
    ) async throws -> Answer {
        var request = HTTPRequest(
            method: method, url: try HTTPURL("\(site.url)/v2/\(path)"), headers: HTTPHeaders(fields))
        if !body.isEmpty { request.body = .bytes(body) }
        var settings = HTTPClientSettings()
        settings.retry.attempts = 1
        let response = try await HTTPClient(settings).open(request)
        return Answer(
            status: response.status, headers: response.headers,
            body: try await response.body.collect(limit: 64 << 20))
    }
}

/// A small image to keep upstream.
struct UpstreamImage: Sendable {
    let config = Array(#"{"architecture":"amd64","os":"linux"}"#.utf8)
    let layer: [UInt8]
    let manifest: [UInt8]
    var digest: Digest { Digest(of: manifest) }
    var layerDigest: Digest { Digest(of: layer) }
    static let mediaType = "application/vnd.oci.image.manifest.v1+json"

    init(_ layer: [UInt8], subject: Digest? = nil) {
        func descriptor(_ bytes: [UInt8], _ type: String) -> JSON {
            [
                "mediaType": .string(type), "digest": .string("\(Digest(of: bytes))"),
                "size": .number(JSONNumber(Int64(bytes.count))),
            ]
        }
        self.layer = layer
        var object: JSONObject = [
            "schemaVersion": 2, "mediaType": .string(Self.mediaType),
            "config": descriptor(config, "application/vnd.oci.image.config.v1+json"),
            "layers": [descriptor(layer, "application/vnd.oci.image.layer.v1.tar")],
        ]
        if let subject {
            object["subject"] = [
                "mediaType": .string(Self.mediaType), "digest": .string("\(subject)"), "size": 2,
            ]
        }
        manifest = JSON.object(object).encoded()
    }

    init(_ text: String) { self.init(Array(text.utf8)) }

    /// An image with a layer of so many bytes.
    init(bytes count: Int, seed: UInt64) {
        var state = seed
        self.init(
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 33)
            })
    }

    func push(to store: any ArtifactStore, _ repository: String, tag: String) async throws {
        for bytes in [config, layer] {
            let blob = BlobSource(digest: Digest(of: bytes), size: Int64(bytes.count)) { ByteStream(bytes) }
            _ = try await store.pushBlob(blob, in: repository)
        }
        _ = try await store.pushManifest(manifest, mediaType: Self.mediaType, in: repository, tag: tag)
    }
}

extension RegistryServer {
    /// A client that may push.
    func client() throws -> RegistryClient {
        let isOpen = access == .plain
        var settings = HTTPClientSettings()
        if access == .tls {
            var tls = TLSSettings()
            tls.certificateAuthority = String(decoding: try FileSystem.read(authority, limit: 1 << 20), as: UTF8.self)
            let own = tls
            settings.tls = { _ in own }
        }
        return RegistryClient(origin: try HTTPURL(url).origin, http: HTTPClient(settings)) { _ in
            isOpen ? nil : .basic(username: RegistryServer.user, password: RegistryServer.password)
        }
    }
}
