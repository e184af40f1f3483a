// SPDX-License-Identifier: Apache-2.0

import Basics
import PackageRepositories
import Testing
import Web
import WebServer

@Suite("Files are put on web servers, and commits of GitHub are found") struct WebFileTests {
    @Test("a file is put once; the same is no error, other content a conflict unless it may be replaced")
    func upload() async throws {
        let server = try PackageServer()
        let file = WebFile(try server.address("/a/b.bin"), PackageServer.connection())
        var options = WebFile.Options()
        options.headers = ["X-Team": "blue"]
        #expect(try await file.publish(PackageContent([1, 2]), mediaType: "a/b", options: options) == .published)
        let put = try #require(server.requests.withLock { $0.first { $0.line.hasPrefix("PUT") } })
        #expect(put.headers["X-Team"] == "blue" && put.headers["Content-Type"] == "a/b")
        #expect(put.headers["If-None-Match"] == "*")
        #expect(try await file.publish(PackageContent([1, 2]), mediaType: "a/b") == .alreadyThere)
        #expect(await fault { _ = try await file.publish(PackageContent([3]), mediaType: "a/b") }?.code == .conflict)
        options.replacing = true
        #expect(try await file.publish(PackageContent([3]), mediaType: "a/b", options: options) == .replaced)
        #expect(server.file("/a/b.bin") == [3])
        await server.stop()
    }

    @Test("what another writer put there in between is found out") func race() async throws {
        let server = try PackageServer { request, _ in
            request.method == .head ? ServerResponse(status: 404) : nil
        }
        server.files.withLock { $0["/f"] = [9] }
        let file = WebFile(try server.address("/f"), PackageServer.connection())
        let found = await fault { _ = try await file.publish(PackageContent([1]), mediaType: "a/b") }
        #expect(found?.code == .conflict && server.file("/f") == [9])
        await server.stop()
    }

    @Test("a server that keeps another size is found out") func shortened() async throws {
        let server = try PackageServer { request, body in
            request.method == .put ? ServerResponse(status: 201) : nil
        }
        let file = WebFile(try server.address("/f"), PackageServer.connection())
        #expect(await fault { _ = try await file.publish(PackageContent([1]), mediaType: "a/b") }?.code == .mismatch)
        await server.stop()
    }

    @Test(
        "fields that are the client's business are refused",
        arguments: ["Authorization", "host", "Content-Length", "a b", "X\r\nY"])
    func fields(name: String) async throws {
        let server = try PackageServer()
        var options = WebFile.Options()
        options.headers = HTTPHeaders([(name, "x")])
        let file = WebFile(try server.address("/f"), PackageServer.connection())
        let found = await fault { [options] in
            _ = try await file.publish(PackageContent([1]), mediaType: "a/b", options: options)
        }
        #expect(found?.code == .invalid && server.lines.isEmpty)
        await server.stop()
    }

    private static let commit = "3ff8ed0e7386aa6fe19dcbbb8955f34a88745fd0"

    @Test("a commit is fetched over the API; the credential stays with it") func commit() async throws {
        let files = try PackageServer(["/legacy.tar.gz": [7]])
        let server = try PackageServer { [url = files.url] request, _ in
            switch request.path {
            case "/api/v3/repos/acme/app/commits/release/1": ServerResponse("text/plain", Self.commit)
            case "/api/v3/repos/acme/app/tarball/\(Self.commit)":
                ServerResponse(status: 302, headers: ["Location": "\(url)/legacy.tar.gz"])
            default: nil
            }
        }
        let own = try server.address().origin
        let connection = PackageServer.connection { _, url in url.origin == own ? .bearer("t") : nil }
        for commit in [Self.commit, nil] {
            let found = try GitHubCommit(
                repository: "\(server.url)/acme/app.git", commit: commit, reference: "release/1")
            #expect(try await found.resolved(connection) == Self.commit)
            #expect(try await found.content(connection).bytes() == [7])
        }
        #expect(server.requests.withLock { $0.allSatisfy { $0.headers["Authorization"] == "Bearer t" } })
        #expect(files.requests.withLock { $0.count == 2 && $0.allSatisfy { $0.headers["Authorization"] == nil } })
        await server.stop()
        await files.stop()
    }

    static let badCommits: [(String, String?, String?, String?)] = [
        ("github.com/acme", commit, nil, nil), ("github.com/acme/app/x", commit, nil, nil),
        ("github.com/../app", commit, nil, nil), ("github.com/a/b?x", commit, nil, nil),
        ("github.com/acme/app", "3ff8ed0", nil, nil), ("github.com/acme/app", commit.uppercased(), nil, nil),
        ("github.com/acme/app", commit + "/..", nil, nil), ("github.com/acme/app", nil, nil, nil),
        ("github.com/acme/app", nil, "../../user", nil), ("github.com/acme/app", nil, "a b", nil),
        ("github.com/acme/app", commit, nil, "evil.org/x"), ("ftp://github.com/acme/app", commit, nil, nil),
    ]

    @Test("what names no commit is refused", arguments: badCommits)
    func badCommit(repository: String, commit: String?, reference: String?, host: String?) {
        #expect(throws: Fault.self) {
            try GitHubCommit(repository: repository, commit: commit, reference: reference, apiHost: host)
        }
    }

    @Test(
        "an answer that is no commit is refused",
        arguments: ["<html>", "", "3ff8ed0", String(repeating: "z", count: 40)])
    func badAnswer(text: String) async throws {
        let server = try PackageServer { _, _ in ServerResponse("text/plain", text) }
        let found = await fault {
            _ = try await GitHubCommit(repository: "\(server.url)/a/b", commit: nil, reference: "main")
                .resolved(PackageServer.connection())
        }
        #expect(found?.code == .invalid)
        await server.stop()
    }
}
