// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import OCI
import Registry
import RegistryProxy
import TestSite
import Testing
import Web
import WebServer

@Suite("Lists of another registry are asked for once in a while") struct ProxiedListTests {
    /// An upstream with lists that can be changed, and that can fail.
    private final class Lists: Sendable {
        let tags = Guarded<[String]>(["v1", "v2"])
        let isDown = Guarded(false)
        let upstream: Guarded<StubUpstream?> = Guarded(nil)
        static let subject = UpstreamImage("a layer").digest
        static let types = ["type/signature", "type/note"]

        init() throws {
            let stub = try StubUpstream { [tags, isDown] request in
                if isDown.withLock({ $0 }) { return ServerResponse(status: 503) }
                if request.path.hasSuffix("/tags/list") {
                    let list: JSON = ["name": "app", "tags": .array(tags.withLock { $0 }.map { .string($0) })]
                    return ServerResponse(status: 200, "application/json", list.text())
                }
                guard request.path.hasSuffix("/referrers/\(Lists.subject)") else { return ServerResponse(status: 404) }
                let manifests = Lists.types.map { type -> JSON in
                    [
                        "mediaType": .string(UpstreamImage.mediaType), "artifactType": .string(type), "size": 2,
                        "digest": .string("\(Digest(of: Array(type.utf8)))"),
                    ]
                }
                let index: JSON = [
                    "schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json",
                    "manifests": .array(manifests),
                ]
                return ServerResponse(status: 200, "application/vnd.oci.image.index.v1+json", index.text())
            }
            upstream.withLock { $0 = stub }
        }

        var url: String { upstream.withLock { $0?.url ?? "" } }
        /// How often it was asked for something since this was asked last.
        func asked() -> Int {
            upstream.withLock { $0 }.map { stub in
                stub.requests.withLock { lines in
                    defer { lines = [] }
                    return lines.count
                }
            } ?? 0
        }
    }

    @Test("tags are asked for anew when it is time, whatever page is wanted", arguments: [60, 0, 5])
    func tags(seconds: Int64) async throws {
        let lists = try Lists()
        let site = try await ProxySite(lists.url) { $0.listFreshness = seconds }
        func tags(_ query: String = "") async throws -> [String] {
            try await site.ask("hub/app/tags/list\(query)").json?["tags"]?.array?.compactMap(\.string) ?? []
        }
        #expect(try await tags() == ["v1", "v2"])
        lists.tags.withLock { $0 = ["v3"] }
        _ = lists.asked()
        let old = seconds > 0
        #expect(try await tags("?n=1") == (old ? ["v1"] : ["v3"]))
        #expect(try await tags("?last=v1") == (old ? ["v2"] : ["v3"]))
        #expect(lists.asked() == (old ? 0 : 2))
        site.pass(seconds: seconds)
        #expect(try await tags() == ["v3"])
        #expect(lists.asked() == 1)
        // A clock that is set back makes nothing fresh.
        site.pass(seconds: -10_000)
        _ = try await tags()
        #expect(lists.asked() == 1)
        // A tag that is called like a list is none.
        #expect(try await site.ask("hub/app/manifests/list").status == 404)
    }

    @Test("referrers are asked for once, for all types") func referrers() async throws {
        let lists = try Lists()
        let site = try await ProxySite(lists.url)
        func types(_ query: String) async throws -> [String] {
            let answer = try await site.ask("hub/app/referrers/\(Lists.subject)\(query)")
            #expect(answer.headers["OCI-Filters-Applied"] == (query.isEmpty ? nil : "artifactType"))
            return answer.json?["manifests"]?.array?.compactMap { $0["artifactType"]?.string } ?? []
        }
        #expect(try await types("") == Lists.types)
        for type in Lists.types { #expect(try await types("?artifactType=\(type)") == [type]) }
        #expect(try await types("?artifactType=type/other") == [])
        #expect(lists.asked() == 1)
        site.pass(seconds: 61)
        #expect(try await types("") == Lists.types)
        #expect(lists.asked() == 1)
    }

    @Test("when the upstream fails, its last list is served with a warning, and it is let alone for a while")
    func stale() async throws {
        let lists = try Lists()
        let site = try await ProxySite(lists.url)
        let paths = ["hub/app/tags/list", "hub/app/referrers/\(Lists.subject)"]
        var fresh: [[UInt8]] = []
        for path in paths { fresh.append(try await site.ask(path).body) }
        lists.isDown.withLock { $0 = true }
        site.pass(seconds: 100)
        _ = site.asked()
        for (path, body) in zip(paths, fresh) {
            for _ in 0..<3 {
                let answer = try await site.ask(path)
                #expect(answer.status == 200 && answer.body == body)
                #expect(answer.headers["Warning"]?.hasPrefix("110 ") == true && answer.headers["Age"] == "100")
            }
        }
        #expect(site.asked().count == 2)
        #expect(site.reports.withLock { $0.count } == 2)
        // Of what was never asked for there is only what is here.
        let other = try await site.ask("hub/other/tags/list")
        #expect(other.status == 503)
        lists.isDown.withLock { $0 = false }
        site.pass(seconds: 11)
        for path in paths { #expect(try await site.ask(path).headers["Warning"] == nil) }
    }

    @Test("lists take no more memory than they may, and what has no room is asked for again") func memory() async throws
    {
        let lists = try Lists()
        let folder = try TemporaryFolder()
        let registry = try RegistryFolder("\(folder.path)/data")
        let rule = try ProxyRule(prefix: "hub", upstream: HTTPURL(lists.url).origin)
        let proxies = try PullThrough([rule], over: registry, listBytes: 4000, clock: { 0 })
        lists.tags.withLock { $0 = (0..<40).map { "v\($0 + 10)" } }
        for _ in 0..<2 {
            for number in 0..<10 {
                let list = try await proxies.tagList(in: RepositoryName("hub/app\(number)"))
                #expect(list?.elements.count == 40 && list?.staleFor == nil)
                #expect(proxies.listBytes <= 4000)
            }
        }
        #expect(lists.asked() == 20)
        let again = try await proxies.tagList(in: RepositoryName("hub/app9"))
        #expect(again?.elements.count == 40 && lists.asked() == 0)
        // One that is larger than all room is not kept.
        lists.tags.withLock { $0 = (0..<1000).map { "v\($0)" } }
        for _ in 0..<2 { _ = try await proxies.tagList(in: RepositoryName("hub/large")) }
        #expect(lists.asked() == 2)
        await registry.close()
    }
}
