// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import OCI
internal import Registry
internal import RegistryRules
internal import Web
internal import WebServer

/// Pages for people: what the registry holds, read only, without scripts. They show what the reader may pull.
struct RegistryPages: Sendable {
    let registry: RegistryFolder
    let gate: RegistryGate
    let service: RegistryService
    /// Rows of one page.
    private static let rows = 100

    /// Answers a request; nil when its path is no page.
    ///
    /// `/` lists repositories, `/repositories/<name>` a repository's manifests, and
    /// `/repositories/<name>/-/<digest>` one manifest: `-` is no part of any name.
    func respond(to request: ServerRequest) async throws -> ServerResponse? {
        guard request.method.isSafe else { return nil }
        if request.path == "/style.css" { return Self.style }
        if request.path == "/" {
            let caller = try await gate.admitPerson(request, .catalogue, "")
            return try repositories(request, caller)
        }
        guard request.path.hasPrefix("/repositories/") else { return nil }
        let rest = request.path.dropFirst("/repositories/".count)
        let parts = rest.split(separator: "/-/", omittingEmptySubsequences: false)
        let caller = try await gate.admitPerson(request, .pull, parts[0])
        let name: RepositoryName
        do throws(Fault) { name = try RepositoryName(String(parts[0])) } catch { return Self.missing(error.message) }
        if parts.count == 1 { return try await manifests(request, name, caller) }
        guard parts.count == 2, let digest = try? Digest(String(parts[1])) else { return Self.missing("no such page") }
        // What no verified component version vouches for is for those alone who may push.
        guard try await service.shows(digest, in: name, to: caller) else { return Self.missing("no such page") }
        return try await manifest(digest, name, caller)
    }

    private func repositories(_ request: ServerRequest, _ caller: RegistryCaller) throws(Fault) -> ServerResponse {
        let last = request.query["last"]
        let found = try registry.repositories(after: last, limit: Self.rows + 1) { gate.shows($0, to: caller) }
        var rows: [HTML] = []
        for name in found.prefix(Self.rows) {
            guard let summary = try registry.summary(of: name) else { continue }
            let pending: HTML = summary.pendingTags > 0 ? " <em>+ \(summary.pendingTags) waiting</em>" : ""
            rows.append(
                """
                <tr><td><a href="/repositories/\(name)">\(name)</a></td><td>\(summary.tags)\(pending)</td>
                <td>\(summary.manifests)</td><td>\(ByteCount(summary.bytes))</td><td>\(Self.time(summary.pushed))</td></tr>
                """)
        }
        let totals = try registry.totals()
        let damage: HTML = totals.damaged > 0 ? ", <strong>\(totals.damaged) found damaged</strong>" : ""
        var next = HTML()
        if found.count > Self.rows, let last = found.prefix(Self.rows).last {
            next = "<p><a href=\"/?last=\(HTTPURL.encode(last.description))\">more</a></p>"
        }
        let free = (try? FileSystem.freeSpace(in: registry.path)).map { ByteCount($0).description } ?? "unknown"
        return Self.page(
            "Repositories",
            """
            <p>\(totals.contents) contents, \(ByteCount(totals.bytes))\(damage); \(ByteCount(totals.unnamedBytes)) that no
            manifest names; \(totals.uploads) uploads under way; \(free) free.</p>
            <table><tr><th>repository</th><th>tags</th><th>manifests</th><th>size</th><th>pushed</th></tr>\(rows)</table>
            \(next)
            """)
    }

    private func manifests(
        _ request: ServerRequest, _ name: RepositoryName, _ caller: RegistryCaller
    ) async throws -> ServerResponse {
        let skipped = max(0, request.query["skip"].flatMap { Int($0) } ?? 0)
        guard let summary = try registry.summary(of: name) else {
            return Self.missing("there is no repository \(name)")
        }
        let found = try registry.manifests(in: name, after: skipped, limit: Self.rows + 1)
        let page = found.prefix(Self.rows)
        let states = try await states(of: page, in: name, caller)
        let rows = page.map { manifest -> HTML in
            let tags: [HTML] = manifest.tags.map { tag in
                manifest.pendingTags.contains(tag) ? "<em>\(tag) (waiting)</em> " : "<b>\(tag)</b> "
            }
            let damage: HTML = manifest.isDamaged ? " <strong>damaged</strong>" : ""
            return """
                <tr><td>\(tags)</td><td><a href="/repositories/\(name)/-/\(manifest.digest)"><code>\
                \(manifest.digest.hex.prefix(12))</code></a>\(damage)</td><td>\(manifest.artifactType ?? manifest.mediaType)</td>
                \(states.isEmpty ? HTML() : "<td>\(states[manifest.digest] ?? HTML())</td>")<td>\(ByteCount(manifest.bytes))</td><td>\(Self.time(manifest.pushed))</td><td>\(manifest.by)</td></tr>
                """
        }
        let next: HTML =
            found.count > Self.rows
            ? "<p><a href=\"/repositories/\(name)?skip=\(skipped + Self.rows)\">more</a></p>" : ""
        return Self.page(
            name.description,
            """
            <p><a href="/">repositories</a> · \(summary.manifests) manifests, \(ByteCount(summary.bytes))</p>
            <table><tr><th>tags</th><th>manifest</th><th>type</th>\(states.isEmpty ? HTML() : "<th>signatures</th>")\
            <th>size</th><th>pushed</th><th>by</th></tr>\(rows)</table>
            \(next)
            """)
    }

    private func manifest(
        _ digest: Digest, _ name: RepositoryName, _ caller: RegistryCaller
    ) async throws -> ServerResponse {
        guard let summary = try registry.manifests(in: name, digest: digest, limit: 1).first,
            let content = try registry.manifest(.digest(digest), in: name)
        else { return Self.missing("\(name) has no manifest \(digest)") }
        let manifest = try OCIManifest(parsing: content.bytes, mediaType: content.mediaType, source: "\(digest)")
        let parts = manifest.children.map { child -> HTML in
            let label: HTML =
                manifest.isIndex
                ? "<a href=\"/repositories/\(name)/-/\(child.digest)\"><code>\(child.digest)</code></a>"
                : "<code>\(child.digest)</code>"
            return "<tr><td>\(label)</td><td>\(child.mediaType)</td><td>\(ByteCount(child.size))</td></tr>"
        }
        let annotations = manifest.annotations.sorted { $0.key < $1.key }.map { key, value -> HTML in
            "<tr><th>\(key)</th><td>\(value)</td></tr>"
        }
        let referrers = try registry.referrers(of: digest, in: name, limit: Self.rows).map { referrer -> HTML in
            """
            <tr><td><a href="/repositories/\(name)/-/\(referrer.digest)"><code>\(referrer.digest)</code></a></td>
            <td>\(referrer.json["artifactType"]?.string ?? "")</td></tr>
            """
        }
        var rows: [HTML] = [
            "<tr><th>digest</th><td><code>\(digest)</code></td></tr>",
            "<tr><th>type</th><td>\(summary.mediaType)</td></tr>",
            "<tr><th>tags</th><td>\(summary.tags.joined(separator: ", "))</td></tr>",
            "<tr><th>pushed</th><td>\(Self.time(summary.pushed)) by \(summary.by)</td></tr>",
            "<tr><th>size</th><td>\(ByteCount(summary.bytes))</td></tr>",
        ]
        if let state = try await states(of: [summary], in: name, caller)[digest] {
            rows.append("<tr><th>signatures</th><td>\(state)</td></tr>")
        }
        if let type = manifest.artifactType { rows.append("<tr><th>artifact</th><td>\(type)</td></tr>") }
        if let subject = summary.subject {
            rows.append(
                """
                <tr><th>subject</th><td><a href="/repositories/\(name)/-/\(subject)"><code>\(subject)</code></a></td></tr>
                """)
        }
        func section(_ title: HTML, _ rows: [HTML]) -> HTML {
            rows.isEmpty ? HTML() : "<h2>\(title)</h2><table>\(rows)</table>"
        }
        return Self.page(
            "\(name)",
            """
            <p><a href="/">repositories</a> · <a href="/repositories/\(name)">\(name)</a></p><table>\(rows)</table>
            \(section(manifest.isIndex ? "Manifests" : "Config and layers", parts))\
            \(section("Annotations", annotations))\(section("Referrers", referrers))
            """)
    }

    static func time(_ milliseconds: Int64?) -> String {
        milliseconds.map { Timestamp(seconds: $0 / 1000).description } ?? ""
    }
}

extension RegistryPages {
    /// Nothing is loaded from elsewhere, nothing runs, and no other page can frame it.
    private static let policy =
        "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"

    static func page(_ title: String, _ body: HTML, status: Int = 200) -> ServerResponse {
        let page: HTML = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <title>\(title)</title><link rel="stylesheet" href="/style.css"></head>
            <body><h1>\(title)</h1>
            \(body)
            </body></html>

            """
        return ServerResponse(
            status: status,
            headers: [
                "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy,
                "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
            ], body: .bytes(Array(page.description.utf8)))
    }

    static func missing(_ what: String) -> ServerResponse {
        page("Not found", "<p>\(what)</p><p><a href=\"/\">repositories</a></p>", status: 404)
    }

    static let style = ServerResponse(
        status: 200, headers: ["Content-Type": "text/css", "X-Content-Type-Options": "nosniff"],
        body: .bytes(
            Array(
                """
                body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
                table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .6rem; vertical-align: top }
                tr:nth-child(even) { background: #f4f6f8 } th { font-weight: 600 } code { font-size: 13px; word-break: break-all }
                strong { color: #a00 } a { color: #04579c; text-decoration: none } a:hover { text-decoration: underline }
                @media (prefers-color-scheme: dark) {
                  body { background: #16191d; color: #dde } tr:nth-child(even) { background: #1e2329 } a { color: #7db8f0 }
                  strong { color: #f77 }
                }

                """.utf8)))
}
