// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestServers
import Testing

@Suite("Generated specifications") struct GeneratedSpecificationTests {
    private static let source = "archive//\(Workshop.product)"

    @Test("what a dry run prints does the same as the transfer, to the byte", arguments: [false, true])
    func dumped(isRecursive: Bool) async throws {
        let workshop = try Workshop()
        try workshop.addChart()
        try await workshop.build()
        let options = isRecursive ? ["--recursive", "--copy-resources"] : []
        try await workshop.done(["transfer", "cv"] + options + [Self.source, "direct.tar"])
        let printed = try await workshop.done(
            ["transfer", "cv"] + options + ["--dry-run", "-o", "yaml", Self.source, "dumped.tar"])
        #expect(!FileSystem.exists("\(workshop.path)/dumped.tar"))
        try workshop.write("spec.yaml", printed)
        let text = try await workshop.done("transfer", "cv", "--transfer-spec", "spec.yaml")
        #expect(text.contains("dumped.tar"))
        #expect(try workshop.read("direct.tar") == workshop.read("dumped.tar"))
        // A second run writes the same once more.
        try await workshop.done("transfer", "cv", "--transfer-spec", "spec.yaml")
        #expect(try workshop.read("direct.tar") == workshop.read("dumped.tar"))
    }

    @Test("a specification is refused when a source has changed, and when its descriptors were altered")
    func stale() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let printed = try await workshop.done("transfer", "cv", "-r", "--dry-run", "-o", "yaml", Self.source, "copy")
        try workshop.write("altered.yaml", printed.replacing("provider: example.org", with: "provider: example.com"))
        try #require(try workshop.read("altered.yaml") != Array(printed.utf8))
        let altered = try await workshop.ocm("transfer", "cv", "--transfer-spec", "altered.yaml")
        #expect(altered.status != 0 && altered.errors.contains("stale"), "\(altered.errors)")
        let byHand = try await workshop.ocm("transfer", "specification", "altered.yaml")
        #expect(byHand.status != 0 && byHand.errors.contains("stale"), "\(byHand.errors)")
        // A signature more makes another manifest.
        try workshop.write("spec.yaml", printed)
        try await workshop.done(
            "sign", "cv", "--private-key", "private.pem", "--signature", "later", "archive//\(Workshop.leaf)")
        let stale = try await workshop.ocm("transfer", "cv", "--transfer-spec", "spec.yaml")
        #expect(stale.status != 0 && stale.errors.contains("stale"), "\(stale.errors)")
        #expect(stale.errors.contains(Workshop.leaf) && !FileSystem.exists("\(workshop.path)/copy"))
    }

    @Test("signatures are demanded of a printed specification as of a transfer")
    func verified() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let printed = try await workshop.done("transfer", "cv", "-r", "--dry-run", "-o", "json", Self.source, "copy")
        try workshop.write("spec.json", printed)
        let good = try await workshop.ocm(
            "transfer", "cv", "--transfer-spec", "spec.json", "--verify", "release=public.pem")
        #expect(good.status == 0, "\(good.errors)")
        let bad = try await workshop.ocm(
            "transfer", "cv", "--transfer-spec", "spec.json", "--verify", "other=public.pem")
        #expect(bad.status == 3 && bad.errors.contains("other"), "\(bad.errors)")
    }

    @Test("an expression in a descriptor is carried and never evaluated")
    func hostileTexts() async throws {
        let workshop = try Workshop()
        let nasty = "${environment.transfer.source} ${1/0} \\\" }"
        try workshop.write(
            "constructor.yaml",
            """
            components:
              - name: example.org/nasty
                version: 1.0.0
                provider: {name: example.org}
                labels: [{name: "${x}", value: {"${a}": ["${b}", 1.50, 1e3, 12345678901234567890]}, signing: true}]
                resources:
                  - name: text
                    version: 1.0.0
                    type: blob
                    extraIdentity: {where: '\(nasty)'}
                    input: {type: utf8, text: "${content}"}
            """)
        try await workshop.done("add", "cv", "--templater", "none", "-r", "archive", "-c", "constructor.yaml")
        try await workshop.done("transfer", "cv", "archive//example.org/nasty:1.0.0", "copy")
        let before = try await workshop.done("get", "cv", "archive//example.org/nasty:1.0.0", "-o", "json")
        #expect(before.contains("1.50") && before.contains("12345678901234567890"))
        #expect(try await workshop.done("get", "cv", "copy//example.org/nasty:1.0.0", "-o", "json") == before)
    }

    @Test(
        "several targets get everything from one run; one that fails leaves the others whole, with exit code 5",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
    func severalTargets() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let registry = try await RegistryServer()
        // Nothing listens there.
        let lost = "127.0.0.1:1/ocm"
        let both = try await workshop.ocm(
            "transfer", "cv", "-r", "-V", Self.source, registry.url, "copy.tgz", "-o", "json")
        #expect(both.status == 0, "\(both.errors)")
        let targets = try JSON(parsing: both.stdout, source: "the report")["targets"]?.array ?? []
        #expect(targets.count == 2 && targets.allSatisfy { $0["versions"]?.array?.count == 2 })
        for target in [registry.url, "copy.tgz"] { #expect(try await workshop.verify(target).status == 0) }
        let one = try await workshop.ocm("transfer", "cv", "-r", "-V", Self.source, lost, "other.tar", "-o", "json")
        #expect(one.status == 5, "\(one.errors)")
        #expect(try await workshop.verify("other.tar").status == 0)
        #expect(one.errors.contains("1 of 2 targets"))
    }

    @Test(
        "upload handlers of configuration and command line say where artifacts go",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
    func uploaders() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let registry = try await RegistryServer()
        func image(_ target: String) async throws -> String? {
            let text = try await workshop.done("get", "resources", "\(target)//\(Workshop.leaf)", "-o", "json")
            let list = try JSON(parsing: Array(text.utf8), source: "the resources").array ?? []
            return list.compactMap { $0["element"]?["access"]?["imageReference"]?.string }.first
        }
        try workshop.write(
            "uploads.yaml",
            """
            type: uploader.ocm.config.ocm.software
            registrations:
            - {name: ocm/ociArtifacts, artifactType: ociImage, config: {ociRef: "\(registry.host)/configured"}}
            - {name: ocm/ociArtifacts, artifactType: ociImage, repositoryType: OCIRegistry, priority: 300,
               config: {ociRef: "\(registry.host)/registries"}}
            """)
        let config = ["--config", "uploads.yaml"]
        try await workshop.done(["transfer", "cv", "-r", Self.source, "configured.tar"] + config)
        #expect(try await image("configured.tar")?.hasPrefix("\(registry.host)/configured/") == true)
        try await workshop.done(["transfer", "cv", "-r", Self.source, "\(registry.host)/ocm"] + config)
        #expect(try await image("\(registry.host)/ocm")?.hasPrefix("\(registry.host)/registries/") == true)
        try await workshop.done(
            ["transfer", "cv", "-r", Self.source, "named.tar", "--uploader"]
                + ["ocm/ociArtifacts:ociImage::200=\(registry.host)/named"] + config)
        #expect(try await image("named.tar")?.hasPrefix("\(registry.host)/named/") == true)
        #expect(try await workshop.verify("named.tar").status == 0)
        try await workshop.done(["transfer", "cv", "-r", Self.source, "plain.tar", "--disable-uploads"] + config)
        #expect(try await image("plain.tar") == nil)
        let bad = try await workshop.ocm("transfer", "cv", Self.source, "x", "--uploader", "ocm/tape=here")
        #expect(bad.status != 0 && bad.errors.contains("ocm/ociArtifacts, ocm/mavenPackage"))
    }

    @Test("a plan tells bytes, requests, disk, signatures, time and media") func plan() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let result = try await workshop.done(
            "transfer", "plan", "-r", "-V", Self.source, "copy", "--rate", "10KiB/s", "--media", "20kB", "-o", "json",
            "--verify", "release=public.pem")
        let plan = try JSON(parsing: Array(result.utf8), source: "the plan")
        let survey = plan["targets"]?[0]?["survey"]
        #expect((survey?["bytesToMove"]?.int ?? 0) > 50_000 && survey?["bytesThere"]?.int == 0)
        #expect(survey?["diskNeeded"]?.int == survey?["bytesToMove"]?.int)
        #expect(plan["signatures"]?[0]?["verified"]?.bool == true)
        let forecast = plan["forecast"]?[0]
        #expect((forecast?["seconds"]?.int ?? 0) > 4 && (forecast?["media"]?.int ?? 0) > 2)
        #expect(!FileSystem.exists("\(workshop.path)/copy"))
        try await workshop.done("transfer", "cv", "-r", "-V", Self.source, "copy")
        let again = try await workshop.done(
            "transfer", "plan", "--enforce", "-r", "-V", Self.source, "copy", "-o", "json")
        let there = try JSON(parsing: Array(again.utf8), source: "the plan")["targets"]?[0]?["survey"]
        #expect(there?["bytesToMove"]?.int == 0 && (there?["bytesThere"]?.int ?? 0) > 50_000)
    }

    @Test("explain says what an operation waits for, who needs it, and what for") func explain() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let printed = try await workshop.done("transfer", "cv", "-r", "--dry-run", "-o", "yaml", Self.source, "copy")
        try workshop.write("spec.yaml", printed)
        let leaf = "transformExampleOrgAppLeaf100", product = "transformExampleOrgAppProduct100"
        let upload = try await workshop.done("transfer", "explain", "spec.yaml", "\(product)Upload")
        #expect(upload.contains("spec.yaml:") && upload.contains("waits for \(leaf)Upload: its descriptor.component"))
        #expect(upload.contains("before all its contents are there"))
        let all = try await workshop.done("transfer", "explain", "spec.yaml", "-o", "json")
        let list = try JSON(parsing: Array(all.utf8), source: "the answer").array ?? []
        #expect(list.allSatisfy { $0["goals"]?.array?.contains(.string("\(product)Upload")) == true })
        let unknown = try await workshop.ocm("transfer", "explain", "spec.yaml", "\(product)Uplaod")
        #expect(unknown.status == 1 && unknown.errors.contains("did you mean '\(product)Upload'"))
    }
}
