// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Registry
import TestServers
import TestSite
import Testing
import Web

@Suite("One pusher cannot take every upload") struct UploadShareTests {
    private static let rules = """
        [{repositories: ["**"], users: [alice, bob], allow: [pull, push]}, \
        {repositories: ["open/**"], anonymous: true, allow: [pull, push]}]
        """

    @Test(
        "a user who leaves uploads open is refused with 429, and others are not",
        .enabled(if: RegistryServer.isInstalled))
    func refused() async throws {
        var limits = RegistryLimits()
        limits.uploadsPerPusher = 3
        let site = try await SiteRegistry(.basic, rules: Self.rules, users: ["alice", "bob"], limits: limits)
        let alice = RegistryWire(url: site.url, keep: site, authorization: RegistryWire.basic("alice"))
        let bob = RegistryWire(url: site.url, keep: site, authorization: RegistryWire.basic("bob"))
        let nobody = RegistryWire(url: site.url, keep: site)
        var places: [String] = []
        for wire in [alice, bob, nobody] {
            for number in 0..<3 {
                let begun = try await wire.ask("POST", "/v2/open/r\(number)/blobs/uploads/")
                #expect(begun.status == 202)
                places.append(try #require(begun.headers["Location"]))
            }
            let refused = try await wire.ask("POST", "/v2/open/other/blobs/uploads/")
            #expect(refused.status == 429 && refused.code == "TOOMANYREQUESTS")
            let error = refused.json?["errors"]?.array?.first
            #expect(error?["message"]?.string?.contains("3 uploads") == true)
            #expect(error?["detail"]?["fix"]?.string?.contains("cancel") == true)
        }
        // What is open goes on, and makes room when it ends.
        let bytes = Array("bytes".utf8)
        let ended = try await alice.ask("PUT", places[0] + "?digest=\(Digest(of: bytes))", body: bytes)
        #expect(ended.status == 201)
        #expect(try await alice.ask("POST", "/v2/open/other/blobs/uploads/").status == 202)
        #expect(try await nobody.ask("POST", "/v2/open/other/blobs/uploads/").status == 429)
    }

    @Test("a blob pushed in one request that fails leaves no upload open")
    func oneRequest() async throws {
        var limits = RegistryLimits()
        limits.uploadsPerPusher = 2
        let site = try await SiteRegistry(limits: limits)
        let wire = RegistryWire(url: site.url, keep: site)
        let bytes = Array("bytes".utf8)
        let digest = Digest(of: bytes)
        for _ in 0..<5 {
            let path = "/v2/app/blobs/uploads/?digest=\(digest)"
            #expect(try await wire.ask("POST", path, body: Array("lie".utf8)).status == 400)
            // Bytes that belong elsewhere.
            #expect(try await wire.ask("POST", path, [("Content-Range", "5-9")], body: bytes).status == 416)
        }
        #expect(try await wire.ask("POST", "/v2/app/blobs/uploads/?digest=\(digest)", body: bytes).status == 201)
    }
}
