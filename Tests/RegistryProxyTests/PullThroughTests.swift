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

@Suite(
    "Repositories of another registry are served from here",
    .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
struct PullThroughTests {
    private static let accept = [("Accept", UpstreamImage.mediaType)]

    @Test(
        "what is pulled is fetched once, checked and kept; with credentials, and by an authority of its own",
        arguments: [RegistryServer.Access.basic, .tls])
    func once(access: RegistryServer.Access) async throws {
        let upstream = try await RegistryServer(access)
        let image = UpstreamImage(bytes: 300_000, seed: 1)
        try await image.push(to: upstream.client(), "library/app", tag: "v1")
        let secrets = try TemporaryFolder()
        let secret = #"{"username": "\#(RegistryServer.user)", "password": "\#(RegistryServer.password)"}"#
        try FileSystem.write(Array(secret.utf8), to: "\(secrets.path)/secret.json", mode: 0o600)
        let site = try await ProxySite(upstream.url) { rule in
            rule.credentialsFile = "\(secrets.path)/secret.json"
            if access == .tls { rule.certificateAuthority = upstream.authority }
        }
        for round in 0..<2 {
            for reference in ["v1", "\(image.digest)"] {
                let manifest = try await site.ask("hub/app/manifests/\(reference)", .get, Self.accept)
                #expect(manifest.status == 200 && manifest.body == image.manifest)
                #expect(manifest.headers["Docker-Content-Digest"] == "\(image.digest)")
                #expect(manifest.headers["Warning"] == nil)
            }
            let size = try await site.ask("hub/app/blobs/\(image.layerDigest)", .head)
            #expect(size.status == 200 && size.headers["Content-Length"] == "300000")
            let blob = try await site.ask("hub/app/blobs/\(image.layerDigest)")
            #expect(blob.status == 200 && blob.body == image.layer)
            let part = try await site.ask("hub/app/blobs/\(image.layerDigest)", .get, [("Range", "bytes=7-99")])
            #expect(part.status == 206 && part.body == Array(image.layer[7...99]))
            let asked = site.asked()
            if round == 0 {
                #expect(asked.count { $0 == "GET library/app/blobs/\(image.layerDigest)" } == 1)
                #expect(asked.count { $0 == "GET library/app/manifests/\(image.digest)" } == 1)
                // The first question is asked twice, since the upstream wants to know who asks.
                #expect(asked.count { $0 == "HEAD library/app/manifests/v1" } == 2)
                let name = try RepositoryName("hub/app"), layer = image.layerDigest
                try await eventually { try site.registry.blobSize(layer, in: name) != nil }
            } else {
                #expect(asked.isEmpty, "\(asked)")
            }
        }
        #expect(try await site.ask("hub/app/tags/list").json?["tags"]?.array == ["v1"])
        #expect(site.reports.withLock { $0.isEmpty })
    }

    @Test("a tag means what it meant until it is time to ask again") func freshness() async throws {
        let upstream = try await RegistryServer()
        let (old, new) = (UpstreamImage("old"), UpstreamImage("new"))
        try await old.push(to: upstream.client(), "library/app", tag: "v1")
        let site = try await ProxySite(upstream.url)
        func manifest() async throws -> [UInt8] { try await site.ask("hub/app/manifests/v1", .get, Self.accept).body }
        #expect(try await manifest() == old.manifest)
        try await new.push(to: upstream.client(), "library/app", tag: "v1")
        site.pass(seconds: 299)
        #expect(try await manifest() == old.manifest)
        _ = site.asked()
        site.pass(seconds: 2)
        #expect(try await manifest() == new.manifest)
        #expect(site.asked() == ["HEAD library/app/manifests/v1", "GET library/app/manifests/\(new.digest)"])
        site.pass(seconds: 301)
        #expect(try await manifest() == new.manifest)
        #expect(site.asked() == ["HEAD library/app/manifests/v1"])
        // A clock that is set back makes nothing fresh.
        site.pass(seconds: -10_000)
        _ = try await manifest()
        #expect(site.asked() == ["HEAD library/app/manifests/v1"])
    }

    @Test("what is not there is asked for once in a while, and what is gone upstream is gone here") func absence()
        async throws
    {
        let upstream = try await RegistryServer()
        let image = UpstreamImage("a layer")
        let site = try await ProxySite(upstream.url)
        let digest = Digest(of: Array("nobody has this".utf8))
        for _ in 0..<3 {
            for path in ["manifests/v1", "manifests/\(digest)", "blobs/\(digest)"] {
                #expect(try await site.ask("hub/app/\(path)", .get, Self.accept).status == 404, "\(path)")
            }
        }
        #expect(site.asked().count == 3)
        try await image.push(to: upstream.client(), "library/app", tag: "v1")
        #expect(try await site.ask("hub/app/manifests/v1", .get, Self.accept).status == 404)
        site.pass(seconds: 31)
        #expect(try await site.ask("hub/app/manifests/v1", .get, Self.accept).status == 200)
        let deleted = try HTTPURL("\(upstream.url)/v2/library/app/manifests/\(image.digest)")
        #expect(try await site.send(.delete, deleted) == 202)
        site.pass(seconds: 301)
        #expect(try await site.ask("hub/app/manifests/v1", .get, Self.accept).status == 404)
        #expect(try site.registry.manifest(.tag("v1"), in: RepositoryName("hub/app")) == nil)
    }

    @Test("when the upstream is down, what is here is served with a warning, also after a restart") func down()
        async throws
    {
        var upstream: RegistryServer? = try await RegistryServer()
        let url = try #require(upstream?.url)
        let image = UpstreamImage(bytes: 100_000, seed: 2)
        try await image.push(to: #require(upstream).client(), "library/app", tag: "v1")
        let data = try TemporaryFolder()
        var site = try await ProxySite(url, data: "\(data.path)/data")
        #expect(try await site.ask("hub/app/manifests/v1", .get, Self.accept).status == 200)
        #expect(try await site.ask("hub/app/blobs/\(image.layerDigest)").body == image.layer)
        let name = try RepositoryName("hub/app"), registry = site.registry
        try await eventually { try registry.blobSize(image.layerDigest, in: name) != nil }
        upstream = nil
        let port = try #require(Int(url.split(separator: ":").last ?? ""))
        try await eventually { !ServerProgram.listens(on: port) }
        for isRestarted in [false, true] {
            if isRestarted {
                await site.site.host.stop(deadline: .zero)
                site = try await ProxySite(url, data: "\(data.path)/data")
            } else {
                #expect(try await site.ask("hub/app/manifests/v1", .get, Self.accept).headers["Warning"] == nil)
                site.pass(seconds: 400)
            }
            _ = site.asked()
            for _ in 0..<3 {
                let stale = try await site.ask("hub/app/manifests/v1", .get, Self.accept)
                #expect(stale.status == 200 && stale.body == image.manifest)
                #expect(stale.headers["Warning"]?.hasPrefix("110 ") == true)
                #expect(stale.headers["Age"] == (isRestarted ? "0" : "400"))
            }
            // A dead upstream is not asked for the same by everybody who comes.
            #expect(site.asked().count == 1)
            #expect(try await site.ask("hub/app/blobs/\(image.layerDigest)").body == image.layer)
            #expect(try await site.ask("hub/app/tags/list").json?["tags"]?.array == ["v1"])
            for path in ["manifests/v2", "blobs/\(Digest(of: image.manifest))"] {
                #expect(try await site.ask("hub/app/\(path)", .get, Self.accept).status == 503, "\(path)")
            }
            #expect(site.reports.withLock { !$0.isEmpty })
        }
    }

    @Test("nothing is pushed to another registry's repositories") func pushes() async throws {
        let upstream = try await RegistryServer()
        let site = try await ProxySite(upstream.url)
        let image = UpstreamImage("a layer")
        for (path, method) in [
            ("hub/app/blobs/uploads/", HTTPMethod.post), ("hub/app/blobs/uploads/?mount=\(image.layerDigest)", .post),
            ("hub/app/manifests/v1", .put),
        ] {
            let answer = try await site.ask(
                path, method, [("Content-Type", UpstreamImage.mediaType)], body: image.manifest)
            #expect(answer.status == 405 && answer.code == "UNSUPPORTED")
        }
        #expect(site.asked().isEmpty)
        // Next to them, pushes are as ever.
        #expect(try await site.ask("hubs/app/blobs/uploads/", .post).status == 202)
    }

    @Test("nothing is fetched for those who may not pull, nor of repositories that are not allowed") func access()
        async throws
    {
        let upstream = try await RegistryServer()
        let image = UpstreamImage("a layer")
        for name in ["library/app", "library/secret"] { try await image.push(to: upstream.client(), name, tag: "v1") }
        let rules = """
            [{repositories: ["**"], users: ["*"], allow: [pull]},
             {repositories: ["hub/app", "hub/secret"], anonymous: true, allow: [pull]}]
            """
        let site = try await ProxySite(upstream.url, access: rules) { rule in
            rule.allowed = [RepositoryPattern("library/app"), RepositoryPattern("library/other")].compactMap { $0 }
        }
        for path in ["manifests/v1", "blobs/\(image.layerDigest)", "tags/list"] {
            #expect(try await site.ask("hub/other/\(path)", .get, Self.accept).status == 401, "\(path)")
            #expect(try await site.ask("hub/secret/\(path)", .get, Self.accept).status == 404, "\(path)")
        }
        #expect(site.asked().isEmpty)
        #expect(try await site.ask("hub/app/manifests/v1", .get, Self.accept).status == 200)
    }

    @Test("the repositories of an upstream hold no more than they may; what was not used for longest goes")
    func eviction() async throws {
        let upstream = try await RegistryServer()
        let images = (0..<4).map { UpstreamImage(bytes: 100_000, seed: UInt64($0) + 10) }
        for (index, image) in images.enumerated() {
            try await image.push(to: upstream.client(), "library/app", tag: "v\(index)")
        }
        let site = try await ProxySite(upstream.url) { $0.cacheBytes = 250_000 }
        let name = try RepositoryName("hub/app"), registry = site.registry
        func pull(_ index: Int) async throws {
            #expect(try await site.ask("hub/app/manifests/v\(index)", .get, Self.accept).status == 200)
            let layer = images[index].layerDigest
            #expect(try await site.ask("hub/app/blobs/\(layer)").body == images[index].layer)
            try await eventually { try registry.blobSize(layer, in: name) != nil }
            site.pass(seconds: 1000)
        }
        try await pull(0)
        try await pull(1)
        try await pull(0)
        try await pull(2)
        func isHeld(_ index: Int) throws -> Bool {
            try registry.manifest(.digest(images[index].digest), in: name) != nil
        }
        try await eventually { try !isHeld(1) }
        try await eventually { try registry.heldBytes { _ in true } <= 250_000 }
        #expect(try isHeld(0) && isHeld(2))
        // What went is fetched again.
        try await pull(1)
        try await eventually { try registry.heldBytes { _ in true } <= 250_000 }
    }

    @Test("what there is no room for passes through and is not kept") func noRoom() async throws {
        let upstream = try await RegistryServer()
        let image = UpstreamImage(bytes: 100_000, seed: 3)
        try await image.push(to: upstream.client(), "library/app", tag: "v1")
        var limits = RegistryLimits()
        limits.quota = { _ in 2000 }
        let site = try await ProxySite(upstream.url, limits: limits)
        for _ in 0..<2 {
            #expect(try await site.ask("hub/app/manifests/v1", .get, Self.accept).body == image.manifest)
            #expect(try await site.ask("hub/app/blobs/\(image.layerDigest)").body == image.layer)
            let part = try await site.ask("hub/app/blobs/\(image.layerDigest)", .get, [("Range", "bytes=7-99")])
            #expect(part.status == 206 && part.body == Array(image.layer[7...99]))
        }
        #expect(try site.registry.blobSize(image.layerDigest, in: RepositoryName("hub/app")) == nil)
        #expect(site.reports.withLock { $0.contains { $0.code == .noSpace } })
    }
}

extension ProxySite {
    /// Asks somebody else; returns the status.
    func send(_ method: HTTPMethod, _ url: HTTPURL) async throws -> Int {
        try await HTTPClient(HTTPClientSettings()).open(HTTPRequest(method: method, url: url)).status
    }
}
