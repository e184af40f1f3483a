// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import TestServers
import Testing
import Web

/// What the specification has and the distribution project's registry has not, or does otherwise.
@Suite("Where the site registry differs from the distribution project's") struct BeyondDistributionTests {
    private static let name = "acme.org/app"

    @Test("referrers are listed by subject, filtered by type, and in pages")
    func referrers() async throws {
        let wire = try await DistributionEngine.site.start()
        let (_, subject) = try await wire.pushManifest("v1", to: Self.name)
        var digests: [Digest] = []
        for (number, type) in ["type/a", "type/b", "type/a"].enumerated() {
            let (bytes, digest) = try await wire.pushManifest(
                "r\(number)", to: Self.name, subject: subject, artifactType: type, annotations: ["number": "\(number)"])
            let again = try await wire.ask(
                "PUT", "/v2/\(Self.name)/manifests/\(digest)", [RegistryWire.manifestType], body: bytes)
            #expect(again.headers["OCI-Subject"] == subject.description)
            digests.append(digest)
        }
        let path = "/v2/\(Self.name)/referrers/\(subject)"
        let all = try await wire.ask("GET", path)
        #expect(all.status == 200 && all.headers["Content-Type"] == RegistryWire.indexType.1)
        #expect(all.digests == digests.sorted().map(\.description))
        #expect(all.json?["manifests"]?.array?.first?["annotations"]?["number"]?.string != nil)
        let some = try await wire.ask("GET", path + "?artifactType=type/b")
        #expect(some.digests == [digests[1].description] && some.headers["OCI-Filters-Applied"] == "artifactType")
        let first = try await wire.ask("GET", path + "?n=2")
        let next = String(try #require(first.headers["Link"]).dropFirst().prefix { $0 != ">" })
        let second = try await wire.ask("GET", next)
        #expect((first.digests ?? []) + (second.digests ?? []) == digests.sorted().map(\.description))
        let none = try await wire.ask("GET", "/v2/\(Self.name)/referrers/\(Digest(of: Array("none".utf8)))")
        #expect(none.status == 200 && none.digests == [])
    }

    @Test("a blob is mounted also when nobody says from where")
    func mountFromAnywhere() async throws {
        let wire = try await DistributionEngine.site.start()
        let digest = try await wire.push("twelve bytes", to: "other")
        let mounted = try await wire.ask("POST", "/v2/\(Self.name)/blobs/uploads/?mount=\(digest)")
        #expect(mounted.status == 201)
    }

    @Test("a blob is pushed in one request, and one that is cut short is not there")
    func oneRequest() async throws {
        let wire = try await DistributionEngine.site.start()
        let text = Array("twelve bytes".utf8)
        let digest = Digest(of: text)
        let done = try await wire.ask("POST", "/v2/\(Self.name)/blobs/uploads/?digest=\(digest)", body: text)
        #expect(done.status == 201)
        let lie = try await wire.ask("POST", "/v2/x/blobs/uploads/?digest=\(digest)", body: Array(text.dropLast()))
        #expect(lie.status == 400 && lie.code == "DIGEST_INVALID")
        #expect(try await wire.ask("HEAD", "/v2/x/blobs/\(digest)").status == 404)
    }

    @Test("a tag is deleted alone")
    func deleteTag() async throws {
        let wire = try await DistributionEngine.site.start()
        let (_, digest) = try await wire.pushManifest("v1", to: Self.name)
        #expect(try await wire.ask("DELETE", "/v2/\(Self.name)/manifests/v1").status == 202)
        #expect(try await wire.ask("GET", "/v2/\(Self.name)/manifests/v1").status == 404)
        #expect(try await wire.ask("GET", "/v2/\(Self.name)/manifests/\(digest)").status == 200)
    }

    @Test("a blob that a manifest needs is not deleted")
    func inUse() async throws {
        let wire = try await DistributionEngine.site.start()
        try await wire.pushManifest("v1", to: Self.name, layers: ["needed"])
        let answer = try await wire.ask("DELETE", "/v2/\(Self.name)/blobs/\(Digest(of: Array("needed".utf8)))")
        #expect(answer.status == 409 && answer.code == "IN_USE")
    }

    @Test("documents that mean to use up the server are refused", arguments: Bomb.allCases)
    func bombs(_ bomb: Bomb) async throws {
        let wire = try await DistributionEngine.site.start()
        let answer = try await wire.ask(
            "PUT", "/v2/\(Self.name)/manifests/bomb", [RegistryWire.manifestType], body: bomb.bytes)
        #expect(answer.status == (bomb == .large ? 413 : 400), "\(answer.code ?? "")")
        #expect(try await wire.ask("GET", "/healthz").status == 200)
    }

    enum Bomb: CaseIterable, Sendable {
        case deep, unclosed, wide, large, twice

        var bytes: [UInt8] {
            let start = "{\"schemaVersion\":2,\"mediaType\":\"\(RegistryWire.manifestType.1)\",\"layers\":"
            return switch self {
            case .deep:
                Array(
                    (start + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000) + "}").utf8
                )
            case .unclosed: Array(start.utf8) + [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
            case .wide: Array((start + "[" + String(repeating: "{},", count: 500_000) + "{}]}").utf8)
            case .large: [UInt8](repeating: UInt8(ascii: " "), count: (4 << 20) + 1)
            // Two readers could take different ones.
            case .twice: Array((start + "[],\"layers\":[],\"config\":{}}").utf8)
            }
        }
    }

    @Test(
        "a name that is none is refused with a code",
        arguments: [
            "UPPER", "a//b", "-a", "a-", "a/../b", "a%2fb", "a..b", String(repeating: "a", count: 256), "a/_catalog",
        ])
    func badNames(_ name: String) async throws {
        let wire = try await DistributionEngine.site.start()
        let answer = try await wire.ask("POST", "/v2/\(name)/blobs/uploads/")
        #expect([400, 404].contains(answer.status))
    }

    @Test("a method that a path does not take is named with those it takes")
    func methods() async throws {
        let wire = try await DistributionEngine.site.start()
        let answer = try await wire.ask("POST", "/v2/\(Self.name)/tags/list")
        #expect(answer.status == 405 && answer.code == "UNSUPPORTED" && answer.headers["Allow"] == "GET, HEAD")
    }
}

extension RegistryWire.Answer {
    var digests: [String]? { json?["manifests"]?.array?.compactMap { $0["digest"]?.string } }
}
