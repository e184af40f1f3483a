// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import Repositories
import Testing
import Web
import WebClient
import WebServer

@Suite("Accesses to package repositories are read, with the credentials of their consumers") struct PackageAccessTests {
    /// A web server that holds files and notes who asked for what.
    private struct Server {
        let server: HTTPServer
        let seen: Guarded<[(path: String, authorization: String?)]>
        var url: String { "http://127.0.0.1:\(server.port)" }

        init(_ files: [String: [UInt8]], redirects: [String: String] = [:]) throws {
            let seen = Guarded<[(path: String, authorization: String?)]>([])
            server = try HTTPServer { request in
                seen.withLock { $0.append((request.path, request.headers["Authorization"])) }
                if let target = redirects[request.path] {
                    return ServerResponse(status: 302, headers: ["Location": target])
                }
                guard let bytes = files[request.path] else { return .error(404, "nothing here") }
                return ServerResponse(status: 200, headers: ["Content-Type": "a/b"], body: .bytes(bytes))
            }
            self.seen = seen
        }
    }

    private static let commit = "3ff8ed0e7386aa6fe19dcbbb8955f34a88745fd0"
    private static let bytes = Array("content".utf8)

    private static func files() -> [String: [UInt8]] {
        let integrity = "sha512-\(Digest(of: bytes, algorithm: .sha512).bytes.base64)"
        let packument = """
            {"name":"app","versions":{"1.0.0":{"name":"app","version":"1.0.0",\
            "dist":{"tarball":"/npm/app/-/app-1.0.0.tgz","integrity":"\(integrity)"}}}}
            """
        return [
            "/maven/org/acme/app/1.0/app-1.0.zip": bytes,
            "/maven/org/acme/app/1.0/app-1.0.zip.sha256": Array(Digest(of: bytes).hex.utf8),
            "/maven/org/acme/app/1.0/app-1.0.pom": Array("<project><artifactId>app</artifactId></project>".utf8),
            "/npm/app": Array(packument.utf8), "/npm/app/-/app-1.0.0.tgz": bytes, "/bucket/a/k": bytes,
            "/api/v3/repos/acme/app/tarball/\(commit)": bytes,
        ]
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let access: JSON
        let mediaType: String
        let consumer: String?
        var testDescription: String { access["type"]?.string ?? "" }
    }

    /// `URL` stands for the server's address.
    static let cases = [
        Case(
            access: [
                "type": "maven", "repoUrl": "URL/maven", "groupId": "org.acme", "artifactId": "app", "version": "1.0",
                "extension": "zip",
            ], mediaType: "application/zip", consumer: "MavenRepository"),
        Case(
            access: [
                "type": "Maven/v1", "repoUrl": "URL/maven/", "groupId": "org.acme", "artifactId": "app",
                "version": "1.0", "extension": "zip", "mediaType": "x/y",
            ], mediaType: "x/y", consumer: "Wget"),
        Case(
            access: ["type": "npm", "registry": "URL/npm", "package": "app", "version": "1.0.0"],
            mediaType: "application/x-tgz", consumer: "NpmRegistry"),
        Case(
            access: ["type": "s3/v1", "region": "eu", "bucket": "bucket", "key": "a/k", "endpoint": "URL"],
            mediaType: "a/b", consumer: nil),
        Case(
            access: [
                "type": "s3/v2", "bucketName": "bucket", "objectKey": "a/k", "endpoint": "URL", "mediaType": "x/y",
            ], mediaType: "x/y", consumer: nil),
        Case(
            access: [
                "type": "S3Bucket/v1", "bucketName": "bucket", "objectName": "a/k", "endpoint": "URL",
                "usePathStyle": true,
            ], mediaType: "a/b", consumer: nil),
        Case(
            access: ["type": "gitHub", "repoUrl": "URL/acme/app", "commit": .string(commit), "ref": "main"],
            mediaType: "application/x-tgz", consumer: "Github"),
    ]

    private func connections(_ server: Server, consumer: String?) throws -> RepositoryConnections {
        let consumers = consumer.map { type in
            CredentialResolver.Consumer(
                identities: [
                    ["type": type, "hostname": "127.0.0.1", "port": "\(server.server.port)", "scheme": "http"]
                ], credential: Credential(["username": "u", "password": "p"]))
        }
        var settings = HTTPClientSettings()
        settings.retry.sleep = { _ in }
        return RepositoryConnections(
            credentials: CredentialResolver(consumers: consumers.map { [$0] } ?? []), http: HTTPClient(settings))
    }

    private func access(_ json: JSON, _ server: Server) throws -> TypedSpecification {
        let text = String(decoding: json.encoded(), as: UTF8.self).replacing("URL", with: server.url)
        return try TypedSpecification(JSON(parsing: Array(text.utf8), source: "access"))
    }

    @Test("the content is read, verified, and asked for with the credential of its consumer", arguments: cases)
    func reading(example: Case) async throws {
        let server = try Server(Self.files())
        let connections = try connections(server, consumer: example.consumer)
        let specification = try access(example.access, server)
        let content = try #require(
            try await AccessMethods(connections).remoteContent(of: specification, thing: "resource “app”"))
        #expect(content.mediaType == example.mediaType)
        let expected = DigestSpecification(blob: Digest(of: Self.bytes))
        let size = try await ContentVerifier().verify(content, against: expected, thing: "resource “app”")
        #expect(size == Int64(Self.bytes.count))
        let wrong = DigestSpecification(blob: Digest(of: [1]))
        await #expect {
            _ = try await ContentVerifier().verify(content, against: wrong, thing: "resource “app”")
        } throws: { Fault(wrapping: $0).code == .mismatch }
        let authorization = example.consumer == nil ? nil : "Basic dTpw"
        #expect(server.seen.withLock { !$0.isEmpty && $0.allSatisfy { $0.authorization == authorization } })
        await server.server.stop(deadline: .zero)
    }

    @Test("a consumer of another port, scheme or type is not used")
    func foreignConsumer() async throws {
        let server = try Server(Self.files())
        for identity in [
            ["type": "MavenRepository", "hostname": "127.0.0.1"],
            ["type": "MavenRepository", "hostname": "127.0.0.1", "port": "\(server.server.port)", "scheme": "https"],
            ["type": "NpmRegistry", "hostname": "127.0.0.1", "port": "\(server.server.port)", "scheme": "http"],
            ["type": "MavenRepository", "hostname": "localhost", "port": "\(server.server.port)", "scheme": "http"],
        ] {
            let consumer = CredentialResolver.Consumer(
                identities: [identity], credential: Credential(["username": "u", "password": "p"]))
            let connections = RepositoryConnections(
                credentials: CredentialResolver(consumers: [consumer]), http: HTTPClient())
            _ = try await AccessMethods(connections).remoteContent(
                of: access(Self.cases[0].access, server), thing: "resource “app”")
        }
        #expect(server.seen.withLock { !$0.isEmpty && $0.allSatisfy { $0.authorization == nil } })
        await server.server.stop(deadline: .zero)
    }

    @Test("a redirect to another origin loses the credential", arguments: [cases[0], cases[2], cases[6]])
    func redirect(example: Case) async throws {
        let thief = try Server(["/stolen": Self.bytes])
        let ends = [
            "/maven/org/acme/app/1.0/app-1.0.zip", "/npm/app/-/app-1.0.0.tgz",
            "/api/v3/repos/acme/app/tarball/\(Self.commit)",
        ]
        let server = try Server(
            Self.files(), redirects: Dictionary(uniqueKeysWithValues: ends.map { ($0, "\(thief.url)/stolen") }))
        let connections = try connections(server, consumer: example.consumer)
        let content = try #require(
            try await AccessMethods(connections).remoteContent(of: access(example.access, server), thing: "app"))
        guard case .blob(let blob) = content else { return }
        #expect(try await blob.open().collect(limit: 100) == Self.bytes)
        #expect(thief.seen.withLock { !$0.isEmpty && $0.allSatisfy { $0.authorization == nil } })
        await server.server.stop(deadline: .zero)
        await thief.server.stop(deadline: .zero)
    }

    static let wrong: [JSON] = [
        ["type": "maven", "repoUrl": "URL", "groupId": "org.acme", "artifactId": "app"],
        ["type": "maven", "repoUrl": "file:///etc", "groupId": "org.acme", "artifactId": "app", "version": "1"],
        ["type": "maven", "repoUrl": "URL", "groupId": "../..", "artifactId": "app", "version": "1"],
        ["type": "maven", "repoUrl": "URL", "groupId": "org", "artifactId": ["x"], "version": "1"],
        ["type": "npm", "registry": "URL", "package": "../../x", "version": "1.0.0"],
        ["type": "npm", "registry": "URL", "package": "app", "version": "latest"],
        ["type": "s3", "bucketName": "bucket", "endpoint": "URL"],
        ["type": "s3", "bucketName": "bucket", "objectKey": "../k", "endpoint": "URL"],
        ["type": "s3", "bucketName": "bucket", "objectKey": "k", "endpoint": "URL", "usePathStyle": "yes"],
        ["type": "gitHub", "repoUrl": "URL/acme/app"], ["type": "gitHub", "repoUrl": "URL/acme/app", "commit": "main"],
        ["type": "gitHub", "repoUrl": "URL/../app", "commit": .string(commit)],
    ]

    @Test("an access that names nothing, or leads elsewhere, is refused before anything is asked", arguments: wrong)
    func refusal(json: JSON) async throws {
        let server = try Server(Self.files())
        let methods = try AccessMethods(connections(server, consumer: nil))
        await #expect {
            _ = try await methods.remoteContent(of: access(json, server), thing: "resource “app”")
        } throws: { Fault(wrapping: $0).code == .invalid }
        #expect(server.seen.withLock { $0.isEmpty })
        await server.server.stop(deadline: .zero)
    }
}
