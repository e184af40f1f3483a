// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import TestRegistry
import Testing
import Web
import WebClient

@Suite("The test registry is an honest one when nothing else is asked of it") struct RegistryHonestyTests {
    private static let bytes = Array("0123456789abcdef".utf8)
    private static let digest = Digest(of: bytes)

    private func send(
        _ registry: HostileRegistry, _ method: HTTPMethod, _ target: String, _ headers: HTTPHeaders = [:],
        _ body: [UInt8] = []
    ) async throws -> (status: Int, headers: HTTPHeaders, body: [UInt8]) {
        let url = try HTTPURL(registry.url).resolving(target)
        let request = HTTPRequest(method: method, url: url, headers: headers, body: body.isEmpty ? .none : .bytes(body))
        return try await HTTPClient().send(request) { response in
            (response.status, response.headers, try await response.body.collect(limit: 1 << 20))
        }
    }

    @Test(
        "whatever it asks for, a version is written, read, carried and listed",
        arguments: HostileRegistry.Access.allCases)
    func journeys(access: HostileRegistry.Access) async throws {
        for direction in Direction.allCases where !(access == .token && direction == .components) {
            let registry = try HostileRegistry(access: access)
            try await direction.prepare(registry)
            try await direction.run(registry, HTTPClientSettings())
            #expect(registry.leaks.isEmpty && !registry.requests.isEmpty, "\(direction)")
        }
    }

    @Test("who has no or another password is not let in", arguments: [HostileRegistry.Access.basic, .token])
    func strangers(access: HostileRegistry.Access) async throws {
        let registry = try HostileRegistry(access: access)
        for password in [String?.none, "wrong"] {
            let client = RegistryClient(origin: try HTTPURL(registry.url).origin, http: HTTPClient()) { _ in
                password.map { .basic(username: HostileRegistry.user, password: $0) }
            }
            await #expect { _ = try await client.resolve("1", in: "a") } throws: {
                ($0 as? Fault)?.code == .unauthorized
            }
        }
        #expect(try await send(registry, .get, "/v2/").status == 401)
        let client = RegistryClient(origin: try HTTPURL(registry.url).origin, http: HTTPClient()) { _ in
            .identityToken(HostileRegistry.identityToken)
        }
        if access == .token { #expect(try await client.resolve("1", in: "a") == nil) }
    }

    @Test("a blob comes in pieces, and a piece that does not fit is refused with where to go on") func pieces()
        async throws
    {
        let registry = try HostileRegistry()
        let begun = try await send(registry, .post, "/v2/a/b/blobs/uploads/")
        #expect(begun.status == 202)
        var place = try #require(begun.headers["Location"])
        for (range, status, next) in [(0..<6, 202, "0-5"), (9..<12, 416, "0-5"), (6..<10, 202, "0-9")] {
            let sent = try await send(
                registry, .patch, place, ["Content-Range": "\(range.lowerBound)-\(range.upperBound - 1)"],
                Array(Self.bytes[range]))
            #expect(sent.status == status && sent.headers["Range"] == next)
            place = try #require(sent.headers["Location"])
        }
        let asked = try await send(registry, .get, place)
        #expect(asked.status == 204 && asked.headers["Range"] == "0-9")
        let wrong = try await send(registry, .put, "\(place)&digest=\(Digest(of: Self.bytes[..<9].map { $0 }))")
        #expect(wrong.status == 400 && registry.blobs(in: "a/b").isEmpty)
        let again = try await send(registry, .post, "/v2/a/b/blobs/uploads/")
        let whole = try await send(
            registry, .put, "\(try #require(again.headers["Location"]))&digest=\(Self.digest)", [:], Self.bytes)
        #expect(whole.status == 201 && registry.blobs(in: "a/b") == ["\(Self.digest)": Self.bytes])
        #expect(try await send(registry, .put, "\(place)&digest=\(Self.digest)").status == 404)
    }

    @Test(
        "a part of a blob is what was asked for",
        arguments: [
            ("bytes=0-3", 206, "0123", "bytes 0-3/16"), ("bytes=10-", 206, "abcdef", "bytes 10-15/16"),
            ("bytes=10-99", 206, "abcdef", "bytes 10-15/16"), ("bytes=16-", 416, "", "bytes */16"),
            ("bytes=5-2", 416, "", "bytes */16"), ("lines=1-2", 200, "0123456789abcdef", nil),
        ])
    func ranges(range: String, status: Int, text: String, place: String?) async throws {
        let registry = try HostileRegistry()
        registry.putBlob(Self.bytes, in: "a")
        let got = try await send(registry, .get, "/v2/a/blobs/\(Self.digest)", ["Range": range])
        #expect(got.status == status && got.body == Array(text.utf8) && got.headers["Content-Range"] == place)
    }

    @Test("lists come in pages, and manifests need what they name") func lists() async throws {
        let registry = try HostileRegistry()
        let client = try Direction.client(registry)
        for number in 1...7 {
            registry.putManifest(Array("{}".utf8), mediaType: "application/json", in: "a", tag: "v\(number)")
            registry.putBlob(Self.bytes, in: "r\(number)")
        }
        #expect(try await client.tags(in: "a") == (1...7).map { "v\($0)" })
        let page = try await send(registry, .get, "/v2/a/tags/list?n=3")
        #expect(page.headers["Link"] == "</v2/a/tags/list?n=3&last=v3>; rel=\"next\"")
        #expect(try await client.repositories(prefix: "r") == (1...7).map { "r\($0)" })
        let type = "application/vnd.oci.image.manifest.v1+json"
        let manifest =
            #"{"schemaVersion":2,"config":{"mediaType":"a/b","digest":"\#(Self.digest)","size":16},"layers":[]}"#
        let refused = try await send(
            registry, .put, "/v2/a/manifests/x", ["Content-Type": type], Array(manifest.utf8))
        #expect(refused.status == 404 && registry.tags(in: "a")["x"] == nil)
        let taken = try await send(
            registry, .put, "/v2/r1/manifests/x", ["Content-Type": type], Array(manifest.utf8))
        #expect(taken.status == 201 && registry.tags(in: "r1")["x"] == "\(Digest(of: Array(manifest.utf8)))")
        #expect(try await send(registry, .delete, "/v2/r1/manifests/x").status == 202)
        #expect(registry.tags(in: "r1").isEmpty)
    }
}
