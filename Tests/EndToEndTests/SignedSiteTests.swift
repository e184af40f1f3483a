// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Registry
import RegistryRules
import RegistryServer
import TestSite
import Testing

@Suite("A registry with a signature rule, as ocm meets it") struct SignedSiteTests {
    private func site(_ workshop: Workshop) async throws -> SiteRegistry {
        let demand = SignatureRule.Demand(name: "release", keys: [.publicKey(path: workshop.publicKey)])
        return try await SiteRegistry(signatures: [try SignatureRule(prefix: "acme", demands: [demand])])
    }

    private func tags(_ site: SiteRegistry) throws -> [String] {
        let registry = site.host.registry
        return try registry.repositories(after: nil, limit: .max).flatMap { name throws(Fault) in
            try registry.tagEntries(in: name).map { "\(name):\($0.tag)\($0.isPending ? " pending" : "")" }
        }.sorted()
    }

    private static let versions = [
        "acme/component-descriptors/example.org/app/leaf:1.0.0",
        "acme/component-descriptors/example.org/app/product:1.0.0",
    ]

    @Test(
        "a signed product arrives, verifies there, and moves nothing again; its images too where they are published",
        arguments: [[], ["--upload-as", "ociArtifact"]])
    func signed(options: [String]) async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let site = try await site(workshop)
        let target = "\(site.url)/acme"
        let first = try await workshop.transfer(workshop.archive, target, options)
        try #require(first.status == 0, "\(first.errors)")
        let found = try tags(site)
        #expect(found.filter { $0.contains("component-descriptors") } == Self.versions)
        #expect(found.allSatisfy { !$0.hasSuffix("pending") }, "\(found)")
        let verdict = try await workshop.verify(target)
        #expect(verdict.status == 0, "\(verdict.errors)")
        let again = try await workshop.transfer(workshop.archive, target, options + ["-o", "json"])
        #expect(again.status == 0, "\(again.errors)")
        #expect(try JSON(parsing: again.stdout, source: "the report")["bytesMoved"]?.int == 0)
    }

    @Test("an unsigned product is refused with why, and nothing of it is visible") func unsigned() async throws {
        let workshop = try Workshop()
        try await workshop.done("add", "cv", "--create", "--file", workshop.archive, "constructor.yaml")
        let site = try await site(workshop)
        let refused = try await workshop.ocm(
            "transfer", "cv", "--recursive", "--copy-resources", "\(workshop.archive)//\(Workshop.product)",
            "\(site.url)/acme")
        #expect(refused.status != 0 && refused.errors.contains("has no signature"), "\(refused.errors)")
        #expect(try tags(site).isEmpty)
    }
}
