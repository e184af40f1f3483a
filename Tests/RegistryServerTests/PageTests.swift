// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import TestServers
import TestSite
import Testing
import Web

struct PageTests {
    @Test("repositories, manifests and their parts are shown, with who pushed them")
    func pages() async throws {
        let site = try await SiteRegistry(.basic)
        let wire = RegistryWire(url: site.url, keep: site, authorization: RegistryWire.basic(RegistryServer.user))
        let (_, digest) = try await wire.pushManifest("v1", to: "team/app")
        try await wire.pushManifest(
            "note", to: "team/app", subject: digest, artifactType: "type/note", annotations: ["text": "<b>&\"x"])
        let home = try await wire.page("/")
        #expect(home.contains("<a href=\"/repositories/team/app\">team/app</a>"))
        let repository = try await wire.page("/repositories/team/app")
        #expect(repository.contains("<b>v1</b>") && repository.contains("type/note"))
        #expect(repository.contains("<td>\(RegistryServer.user)</td>"))
        let manifest = try await wire.page("/repositories/team/app/-/\(digest)")
        #expect(manifest.contains("Config and layers") && manifest.contains("Referrers"))
        let note = try #require(manifest.split(separator: "/-/").dropFirst().first { $0.hasPrefix("sha256:") })
        let shown = try await wire.page("/repositories/team/app/-/\(note.prefix(71))")
        #expect(shown.contains("&lt;b&gt;&amp;&quot;x") && !shown.contains("<b>&"))
    }

    @Test("pages load and run nothing, and ask strangers for a password")
    func strict() async throws {
        let site = try await SiteRegistry(.basic)
        let wire = RegistryWire(url: site.url, keep: site)
        for path in ["/", "/repositories/team/app"] {
            let answer = try await wire.ask("GET", path)
            #expect(answer.status == 401 && answer.headers["WWW-Authenticate"]?.hasPrefix("Basic") ?? false)
            #expect(answer.headers["Content-Security-Policy"]?.contains("default-src 'none'") ?? false)
        }
    }

    @Test(
        "no path leads elsewhere",
        arguments: ["/repositories/", "/repositories/A", "/repositories/a/-/x", "/repositories/a/-/"])
    func missing(_ path: String) async throws {
        let wire = try await DistributionEngine.site.start()
        #expect(try await wire.ask("GET", path).status == 404)
    }

    @Test(
        "text in markup is text",
        arguments: [("<", "&lt;"), ("a&b", "a&amp;b"), ("'\"", "&#39;&quot;"), ("\u{1}", "\u{FFFD}")])
    func escapes(_ text: String, _ markup: String) {
        let piece: HTML = "<i>\(text)</i>"
        #expect(piece.description == "<i>\(markup)</i>")
        let outer: HTML = "<p>\(piece)</p>"
        #expect(outer.description == "<p><i>\(markup)</i></p>")
    }
}

extension RegistryWire {
    fileprivate func page(_ path: String) async throws -> String {
        let answer = try await ask("GET", path)
        #expect(answer.status == 200 && answer.headers["Content-Type"] == "text/html; charset=utf-8")
        return String(decoding: answer.body, as: UTF8.self)
    }
}
