// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Registry
import RegistryServer
import TestServers
import TestSite
import Testing

struct OperationTests {
    @Test("health and readiness are told to everybody, and readiness ends where nothing can be pushed")
    func health() async throws {
        let site = try await SiteRegistry(.basic)
        let wire = RegistryWire(url: site.url, keep: site)
        #expect(try await wire.ask("GET", "/healthz").status == 200)
        #expect(try await wire.ask("GET", "/readyz").status == 200)
        var limits = RegistryLimits()
        limits.freeSpaceFloor = 1 << 62
        let full = try await SiteRegistry(limits: limits, keepsFloor: true)
        let answer = try await RegistryWire(url: full.url, keep: full).ask("GET", "/readyz")
        #expect(answer.status == 503 && String(decoding: answer.body, as: UTF8.self).contains("disk"))
    }

    @Test("a full disk refuses pushes before their bytes are sent, and serves what there is")
    func full() async throws {
        let folder = try TemporaryFolder()
        let site = try await SiteRegistry(data: "\(folder.path)/data")
        let digest = try await RegistryWire(url: site.url, keep: site).push("content", to: "a")
        await site.host.stop()
        var limits = RegistryLimits()
        limits.freeSpaceFloor = 1 << 62
        let full = try await SiteRegistry(limits: limits, data: "\(folder.path)/data", keepsFloor: true)
        let wire = RegistryWire(url: full.url, keep: full)
        let answer = try await wire.ask("POST", "/v2/a/blobs/uploads/")
        #expect(answer.status == 507 && answer.code == "NO_SPACE")
        #expect(try await wire.ask("GET", "/v2/a/blobs/\(digest)").status == 200)
    }

    @Test("metrics are for those who may list repositories")
    func metrics() async throws {
        let site = try await SiteRegistry(.basic)
        let wire = RegistryWire(url: site.url, keep: site)
        #expect(try await wire.ask("GET", "/metrics").status == 401)
        let owner = RegistryWire(url: site.url, keep: site, authorization: RegistryWire.basic(RegistryServer.user))
        try await owner.push("content", to: "a/b")
        let text = String(decoding: try await owner.ask("GET", "/metrics").body, as: UTF8.self)
        #expect(
            text.contains(
                "sovereign_registry_requests_total{method=\"PUT\",route=\"upload\",status=\"201\"} 1"))
        // Names that clients choose are no labels.
        #expect(!text.contains("a/b"))
    }
}
