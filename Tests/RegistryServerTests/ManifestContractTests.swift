// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Testing
import Web

@Suite("Manifests, as the distribution specification has them") struct ManifestContractTests {
    private static let name = "acme.org/app"

    @Test(
        "a manifest is pushed and pulled by tag and by digest, byte for byte", arguments: DistributionEngine.installed)
    func roundTrip(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        let (bytes, digest) = try await wire.pushManifest("v1", to: Self.name)
        for reference in ["v1", "\(digest)"] {
            let got = try await wire.ask("GET", "/v2/\(Self.name)/manifests/\(reference)", Self.accept)
            #expect(got.status == 200 && got.body == bytes)
            #expect(got.headers["Content-Type"] == RegistryWire.manifestType.1)
            #expect(got.headers["Docker-Content-Digest"] == digest.description)
            let head = try await wire.ask("HEAD", "/v2/\(Self.name)/manifests/\(reference)", Self.accept)
            #expect(head.status == 200 && head.headers["Content-Length"] == "\(bytes.count)")
            #expect(head.headers["Docker-Content-Digest"] == digest.description)
        }
        let again = try await wire.ask(
            "PUT", "/v2/\(Self.name)/manifests/\(digest)", [RegistryWire.manifestType], body: bytes)
        #expect(again.status == 201 && again.location.hasSuffix("/v2/\(Self.name)/manifests/\(digest)"))
        #expect(again.headers["Docker-Content-Digest"] == digest.description)
    }

    private static let accept = [("Accept", RegistryWire.manifestType.1), ("Accept", RegistryWire.indexType.1)]

    @Test("an index is pushed when its manifests are there", arguments: DistributionEngine.installed)
    func index(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        let (bytes, digest) = try await wire.pushManifest("part", to: Self.name)
        func index(_ digest: Digest) -> [UInt8] {
            JSON.object([
                "schemaVersion": 2, "mediaType": .string(RegistryWire.indexType.1),
                "manifests": [
                    [
                        "mediaType": .string(RegistryWire.manifestType.1), "digest": .string("\(digest)"),
                        "size": .number(JSONNumber(Int64(bytes.count))),
                    ]
                ],
            ]).encoded()
        }
        let path = "/v2/\(Self.name)/manifests/all"
        #expect(try await wire.ask("PUT", path, [RegistryWire.indexType], body: index(digest)).status == 201)
        #expect(try await wire.ask("GET", path, Self.accept).headers["Content-Type"] == RegistryWire.indexType.1)
        let unknown = index(Digest(of: Array("nobody has this".utf8)))
        let refused = try await wire.ask("PUT", path, [RegistryWire.indexType], body: unknown)
        #expect((400..<500).contains(refused.status))
        #expect(["MANIFEST_BLOB_UNKNOWN", "MANIFEST_UNKNOWN"].contains(refused.code))
    }

    @Test(
        "what is no manifest, or lies about itself, is refused", arguments: DistributionEngine.installed,
        BadManifest.all)
    func refused(engine: DistributionEngine, bad: BadManifest) async throws {
        let wire = try await engine.start()
        let (bytes, _) = try await wire.pushManifest("v1", to: Self.name)
        let answer = try await wire.ask(
            "PUT", "/v2/\(Self.name)/manifests/\(bad.reference)", [("Content-Type", bad.type)], body: bad.change(bytes))
        #expect((400..<500).contains(answer.status), "\(bad.what)")
        #expect(answer.code.map { bad.codes.contains($0) } ?? false, "\(bad.what): \(answer.code ?? "no code")")
        #expect(try await wire.ask("HEAD", "/v2/\(Self.name)/manifests/bad", Self.accept).status == 404)
    }

    struct BadManifest: Sendable {
        let what: String
        var reference = "bad"
        var type = RegistryWire.manifestType.1
        var codes = ["MANIFEST_INVALID"]
        let change: @Sendable ([UInt8]) -> [UInt8]

        static let all = [
            BadManifest(what: "no JSON") { Array($0.dropLast(2)) },
            BadManifest(what: "another type in the document than in the header", type: RegistryWire.indexType.1) { $0 },
            BadManifest(what: "an unknown type", type: "application/x-unknown") { $0 },
            BadManifest(
                what: "bytes of another digest", reference: "\(Digest(of: Array("other".utf8)))",
                codes: ["DIGEST_INVALID"]
            ) { $0 },
            BadManifest(what: "a layer that is not there", codes: ["MANIFEST_BLOB_UNKNOWN"]) { _ in
                RegistryWire.manifest(Digest(of: Array("{}".utf8)), [Digest(of: Array("nobody has this".utf8))])
            },
        ]
    }

    @Test("a manifest is deleted by its digest, with its tags", arguments: DistributionEngine.installed)
    func delete(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        let (_, digest) = try await wire.pushManifest("v1", to: Self.name)
        #expect(try await wire.ask("DELETE", "/v2/\(Self.name)/manifests/\(digest)").status == 202)
        for reference in ["v1", "\(digest)"] {
            let got = try await wire.ask("GET", "/v2/\(Self.name)/manifests/\(reference)", Self.accept)
            #expect(got.status == 404 && got.code == "MANIFEST_UNKNOWN")
        }
    }

    @Test("a tag comes to name what was pushed last", arguments: DistributionEngine.installed)
    func retag(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        let (_, first) = try await wire.pushManifest("v1", to: Self.name)
        let (bytes, second) = try await wire.pushManifest("v1", to: Self.name, layers: ["another layer"])
        #expect(try await wire.ask("GET", "/v2/\(Self.name)/manifests/v1", Self.accept).body == bytes)
        for digest in [first, second] {
            #expect(try await wire.ask("HEAD", "/v2/\(Self.name)/manifests/\(digest)", Self.accept).status == 200)
        }
    }

    @Test("tags are listed in order and in pages", arguments: DistributionEngine.installed)
    func tags(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        for tag in ["b", "a", "v1.0", "B", "_x"] { try await wire.pushManifest(tag, to: Self.name) }
        let path = "/v2/\(Self.name)/tags/list"
        let all = try await wire.ask("GET", path)
        #expect(all.json?["name"]?.string == Self.name)
        #expect(Set(all.tags ?? []) == ["B", "_x", "a", "b", "v1.0"])
        engine.expect("Debian's 2.8 lists tags in no order") { all.tags == ["B", "_x", "a", "b", "v1.0"] }
        let first = try await wire.ask("GET", path + "?n=2")
        let link = first.headers["Link"]
        engine.expect("Debian's 2.8 lists all tags at once") {
            first.tags == ["B", "_x"] && link?.hasSuffix("; rel=\"next\"") ?? false
        }
        guard let link else { return }
        let next = try await wire.ask("GET", String(link.dropFirst().prefix { $0 != ">" }))
        #expect(next.tags == ["a", "b"])
        let last = try await wire.ask("GET", path + "?n=5&last=b")
        #expect(last.tags == ["v1.0"] && last.headers["Link"] == nil)
    }

    @Test("repositories are listed in pages", arguments: DistributionEngine.installed)
    func catalogue(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        for name in ["c", "a", "b/d"] { try await wire.pushManifest("v1", to: name) }
        let all = try await wire.ask("GET", "/v2/_catalog")
        #expect(all.json?["repositories"]?.array?.compactMap(\.string) == ["a", "b/d", "c"])
        let first = try await wire.ask("GET", "/v2/_catalog?n=2")
        #expect(first.json?["repositories"]?.array?.compactMap(\.string) == ["a", "b/d"])
        let next = String(try #require(first.headers["Link"]).dropFirst().prefix { $0 != ">" })
        #expect(try await wire.ask("GET", next).json?["repositories"]?.array?.compactMap(\.string) == ["c"])
    }

    @Test("there is a registry", arguments: DistributionEngine.installed)
    func base(engine: DistributionEngine) async throws {
        let wire = try await engine.start()
        let answer = try await wire.ask("GET", "/v2/")
        #expect(answer.status == 200 && answer.headers["Docker-Distribution-API-Version"] == "registry/2.0")
    }
}

extension RegistryWire.Answer {
    var tags: [String]? { json?["tags"]?.array?.compactMap(\.string) }
}
