// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import TestServers
import Testing

@Suite(
    "Evidence of images that are published by reference",
    .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
struct ImageEvidenceTests {
    /// How an image gets to a place of its own.
    enum Way: String, CaseIterable, Sendable {
        /// A local blob becomes an image beside the components of the target.
        case localBlob
        /// An upload handler sends it to a registry of its own.
        case handler
        /// It is an image of another registry before.
        case reference
    }

    private static let layer = Digest(of: Workshop.noise(20_000, seed: 4))
    private static let configuration = Digest(
        of: Array(#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers"}}"#.utf8))

    /// Publishes the image in a registry; gives its reference there.
    private func published(_ workshop: Workshop, _ target: String) async throws -> String {
        try await workshop.done("transfer", "cv", "archive//\(Workshop.leaf)", target, "--upload-as", "ociArtifact")
        let text = try await workshop.done("get", "resources", "\(target)//\(Workshop.leaf)", "-o", "json")
        let list = try JSON(parsing: Array(text.utf8), source: "the resources").array ?? []
        let images = list.compactMap { $0["element"]?["access"]?["imageReference"]?.string }
        return try #require(images.first)
    }

    /// The component version with the image, and the arguments that publish it under `host`.
    private func carry(
        _ way: Way, _ workshop: Workshop, _ host: String, from other: String
    ) async throws -> (version: String, arguments: [String]) {
        switch way {
        case .localBlob: return (Workshop.leaf, ["--upload-as", "ociArtifact", "\(host)/ocm"])
        case .handler:
            return (Workshop.leaf, ["--uploader", "ocm/ociArtifacts:ociImage=\(host)/images", "\(host)/ocm"])
        case .reference:
            let image = try await published(workshop, other)
            try workshop.write(
                "referring.yaml",
                """
                components:
                  - name: example.org/app/referring
                    version: 1.0.0
                    provider: {name: example.org}
                    resources:
                      - name: image
                        version: 1.0.0
                        type: ociImage
                        relation: external
                        access: {type: ociArtifact, imageReference: "\(image)"}

                """)
            try await workshop.done("add", "cv", "--file", "archive", "referring.yaml")
            return ("example.org/app/referring:1.0.0", ["-V", "--upload-as", "ociArtifact", "\(host)/ocm"])
        }
    }

    @Test(
        "each blob and manifest is told with digest and target, and counts for the repository", arguments: Way.allCases)
    func published(way: Way) async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let registry = try await RegistryServer(), other = try await RegistryServer()
        let (version, arguments) = try await carry(way, workshop, registry.host, from: other.url)
        let command = ["transfer", "cv", "archive//\(version)", "--evidence", "log.jsonl", "-o", "json"] + arguments
        let answer = try await workshop.done(command)
        let report = try JSON(parsing: Array(answer.utf8), source: "the report")
        let component = version.split(separator: ":").first.map(String.init) ?? ""

        let image = try EvidenceTests.entries(workshop, "log.jsonl").filter { $0["data"]?["resource"] == "image" }
        func data(_ event: String) -> [JSON] { image.filter { $0["event"]?.string == event }.compactMap { $0["data"] } }
        #expect(image.allSatisfy { $0["data"]?["component"]?.string == component }, "\(image)")
        #expect(
            Set(data("blob-moved").compactMap { $0["digest"]?.string })
                == [Self.layer.description, Self.configuration.description])
        let manifest = try #require(data("manifest-written").first)
        let moved = try #require(data("content-moved").first)
        #expect(data("manifest-written").count == 1 && data("content-moved").count == 1)
        #expect(moved["digest"] == manifest["digest"] && data("digest-verified").first?["digest"] == moved["digest"])
        let sizes = (data("blob-moved") + data("manifest-written")).compactMap { $0["size"]?.int }
        #expect(moved["moved"]?.int == sizes.reduce(0, +) && sizes.contains(20_000))
        let target = "\(registry.host)/\(way == .handler ? "images" : "ocm")/"
        #expect(image.allSatisfy { $0["data"]?["to"]?.string?.hasPrefix(target) ?? true }, "\(image)")
        #expect(moved["to"]?.string?.hasPrefix(target) == true && moved["from"] != "this run")
        // What the report counts is what all contents of the run have.
        let all = try EvidenceTests.entries(workshop, "log.jsonl").filter { $0["event"] == "content-moved" }
        #expect(report["bytesMoved"]?.int == all.reduce(0) { $0 + ($1["data"]?["moved"]?.int ?? 0) })
        #expect((report["bytesMoved"]?.int ?? 0) > 20_000)

        // Once more: the blobs are there, and the manifest is written again.
        let second = try await workshop.done(command + ["--enforce"])
        let again = try JSON(parsing: Array(second.utf8), source: "the report")
        #expect((again["bytesMoved"]?.int ?? 0) < 5000 && (again["bytesSpared"]?.int ?? 0) > 20_000)
        let events = EvidenceTests.events(try EvidenceTests.entries(workshop, "log.jsonl"))
        #expect(events.filter { $0 == "blob-spared" }.count == 2)
        #expect(try await workshop.ocm("evidence", "verify", "log.jsonl").status == 0)
    }

    @Test("an image of a specification that belongs to no component is told by its name") func alone() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let registry = try await RegistryServer()
        let image = try await published(workshop, registry.url)
        func resource(_ reference: String) -> String {
            "{name: app, version: 1.0.0, type: ociImage, relation: external, "
                + "access: {type: ociArtifact, imageReference: \"\(reference)\"}}"
        }
        try workshop.write(
            "spec.yaml",
            """
            transformations:
            - id: copy
              type: TransferOCIArtifact/v1alpha1
              spec:
                resource: \(resource(image))
                targetResource: \(resource("\(registry.host)/copy:1.0.0"))
            """)
        try await workshop.done("transfer", "specification", "spec.yaml", "--evidence", "log.jsonl")
        let entries = try EvidenceTests.entries(workshop, "log.jsonl")
        let copy = entries.filter { $0["data"]?["to"]?.string?.hasPrefix("\(registry.host)/copy:1.0.0") == true }
        #expect(copy.allSatisfy { $0["data"]?["resource"] == "app" && $0["data"]?["component"] == nil })
        // The registry mounts the blobs from the other repository, or takes them.
        #expect(copy.filter { ["blob-moved", "blob-spared"].contains($0["event"]?.string) }.count == 2)
        #expect(copy.filter { $0["event"] == "manifest-written" }.count == 1)
    }

    @Test("a refused image leaves evidence of the digest and the target") func refused() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let registry = try await RegistryServer()
        let blob = "\(workshop.archive)/blobs/sha256.\(Self.layer.hex)"
        try FileSystem.write(Workshop.noise(20_000, seed: 9), to: blob)
        let result = try await workshop.ocm(
            "transfer", "cv", "archive//\(Workshop.leaf)", "\(registry.host)/ocm", "--upload-as", "ociArtifact",
            "--evidence", "log.jsonl")
        #expect(result.status == 3, "\(result.errors)")
        let entries = try EvidenceTests.entries(workshop, "log.jsonl")
        let refusal = entries.first { $0["event"] == "content-refused" && $0["data"]?["resource"] == "image" }?["data"]
        #expect(refusal?["to"]?.string?.hasPrefix("\(registry.host)/ocm/") == true, "\(entries)")
        #expect(refusal?["digest"]?.string?.hasPrefix("sha256:") == true)
        #expect(!entries.contains { $0["event"] == "manifest-written" })
    }

    @Test("whoever changes what is said of a blob or manifest is found out") func tampered() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let registry = try await RegistryServer()
        try await workshop.done(
            "transfer", "cv", "archive//\(Workshop.leaf)", "\(registry.host)/ocm", "--upload-as", "ociArtifact",
            "--evidence", "log.jsonl")
        let lines = try workshop.read("log.jsonl").split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        let parts = lines.indices.filter { number in
            ["blob-moved", "manifest-written"].contains { lines[number].contains("\"event\":\"\($0)\"") }
        }
        #expect(parts.count == 3)
        for number in parts {
            for (old, new) in [
                ("\(registry.host)/ocm", "\(registry.host)/mco"), ("\"digest\":\"sha256:", "\"digest\":\"sha512:"),
                ("\"image\"", "\"imago\""), ("\"blob-moved\"", "\"blob-spared\""), ("\"mediaType\":", "\"mediatype\":"),
                ("manifest-written", "blob-moved"),
            ] where lines[number].contains(old) {
                var changed = lines
                changed[number] = lines[number].replacing(old, with: new)
                try workshop.write("changed.jsonl", changed.joined(separator: "\n") + "\n")
                let result = try await workshop.ocm("evidence", "verify", "changed.jsonl")
                #expect(result.status == 3 && result.errors.contains("line \(number + 1)"), "\(new): \(result.errors)")
            }
        }
    }
}
