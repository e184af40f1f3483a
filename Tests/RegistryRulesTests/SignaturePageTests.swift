// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Registry
import RegistryRules
import Repositories
import TestServers
import TestSite
import Testing
import Web
import WebClient

@Suite("Pages say what the signature rules say about versions") struct SignaturePageTests {
    private static let name = "acme/component-descriptors/acme.org/app"
    private let keys: TemporaryFolder
    init() throws { keys = try TemporaryFolder(prefix: "pages") }

    private func page(_ site: SignedSite, _ path: String, isPusher: Bool = false) async throws -> (Int, String) {
        var request = HTTPRequest(method: .get, url: try HTTPURL("\(site.site.url)/repositories/\(path)"))
        if isPusher {
            let pair = "\(RegistryServer.user):\(RegistryServer.password)"
            request.headers["Authorization"] = "Basic \(Array(pair.utf8).base64)"
        }
        let response = try await HTTPClient(HTTPClientSettings()).open(request)
        #expect(response.headers["Content-Security-Policy"]?.contains("default-src 'none'") ?? false)
        let text = String(decoding: try await response.body.collect(limit: 1 << 20), as: UTF8.self)
        #expect(!text.contains("<script"))
        return (response.status, text)
    }

    @Test("a version that verifies is told with its signature, the key and the time; without a rule that none asks")
    func verified() async throws {
        var site = try await SignedSite(keys)
        let digest = try await site.repository().commit(
            Sample("acme.org/app:1.0.0").descriptor(), contents: .init())
        try await site.repository("free").commit(Sample("acme.org/app:1.0.0").descriptor(nil), contents: .init())
        // Also by a process that has not verified it itself.
        for _ in 0..<2 {
            for path in [Self.name, "\(Self.name)/-/\(digest)"] {
                let (status, text) = try await page(site, path)
                #expect(status == 200 && text.contains("<b>acme.org/app:1.0.0</b>: verified by the rule for “acme”"))
                #expect(text.contains("“release” by \(SignedSite.signer.publicKey.summary), 20"))
            }
            let (_, free) = try await page(site, "free/component-descriptors/acme.org/app")
            #expect(free.contains("<b>acme.org/app:1.0.0</b>: no rule asks"))
            site = try await site.restarted()
        }
    }

    @Test("a tag that does not hold any more is told, and why to those who may push") func other() async throws {
        let site = try await SignedSite(keys)
        let digest = try await site.repository().commit(
            Sample("acme.org/app:1.0.0").descriptor(), contents: .init())
        let path = "\(keys.path)/release.pem"
        // While the server runs, before anybody has asked for a check.
        try FileSystem.write(Array(SignedSite.stranger.publicKey.pem().utf8), to: path)
        for isPusher in [false, true] {
            let (_, text) = try await page(site, Self.name, isPusher: isPusher)
            #expect(text.contains("<strong>does not verify</strong> by the rule for “acme”"))
            #expect(text.contains("was not made with the key") == isPusher)
        }
        try FileSystem.removeFile(path)
        let (_, unreadable) = try await page(site, Self.name, isPusher: true)
        #expect(unreadable.contains("the keys to verify with cannot be read") && !unreadable.contains("release.pem"))
        // With the same folder of another key, the tag is hidden.
        let after = try await site.restarted(key: SignedSite.stranger)
        for isPusher in [false, true] {
            let (_, text) = try await page(after, Self.name, isPusher: isPusher)
            #expect(text.contains("<em>waits</em> by the rule for “acme”") && text.contains("; since 20"))
            // It was shown before, so it waits for ever.
            #expect(!text.contains("removed after"))
            #expect(text.contains("was not made with the key") == isPusher)
            let (status, _) = try await page(after, "\(Self.name)/-/\(digest)", isPusher: isPusher)
            #expect(status == (isPusher ? 200 : 404))
        }
    }

    @Test("an image that waits is told with what for, since when and until when") func waiting() async throws {
        let site = try await SignedSite(keys)
        try await SampleImage("a layer").push(to: site.client(), "acme/images/app", tag: "v1")
        let (_, text) = try await page(site, "acme/images/app")
        #expect(text.contains("v1: waits until a verified component version below “acme” names it; since 20"))
        #expect(text.contains("removed after 20"))
    }

    @Test("names that are markup are text", arguments: [false, true]) func hostile(isManifest: Bool) async throws {
        let name = "\"><script>alert('1')</script>&<b"
        let site = try await SignedSite(keys) { rule in
            [try SignatureRule(prefix: "acme", demands: [.init(name: nil, keys: rule.demands[0].keys)])]
        }
        let digest = try await site.repository().commit(
            Sample("acme.org/app:1.0.0").descriptor(as: name), contents: .init())
        let (_, text) = try await page(site, isManifest ? "\(Self.name)/-/\(digest)" : Self.name)
        #expect(text.contains("“&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&lt;b” by"))
        // A reason that quotes what was pushed is text as well.
        try FileSystem.write(
            Array(SignedSite.stranger.publicKey.pem().utf8), to: "\(keys.path)/release.pem")
        let (_, refused) = try await page(site, Self.name, isPusher: true)
        #expect(refused.contains("does not verify") && refused.contains("&lt;script&gt;"))
    }

    @Test("who may not pull learns nothing of it") func denied() async throws {
        let site = try await SignedSite(
            keys, access: #"[{repositories: ["**"], users: ["\#(RegistryServer.user)"], allow: [pull, push]}]"#)
        let digest = try await site.repository().commit(
            Sample("acme.org/app:1.0.0").descriptor(), contents: .init())
        for path in [Self.name, "\(Self.name)/-/\(digest)"] {
            let (status, text) = try await page(site, path)
            #expect(status == 401 && !text.contains("1.0.0") && !text.contains("release"))
        }
    }
}
