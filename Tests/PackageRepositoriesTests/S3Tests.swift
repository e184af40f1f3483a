// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import PackageRepositories
import TestInputs
import TestServers
import Testing
import Web
import WebServer

@Suite("Objects are read and written over the protocol of S3") struct S3Tests {
    private static func credential(_ server: ObjectServer, secret: String? = nil) -> PackageCredential {
        .accessKey(id: server.keyID, secret: secret ?? server.secret, sessionToken: nil)
    }

    static let addresses: [(String?, String, String, Bool?, String)] = [
        (nil, "bucket", "a/b c+ü.tgz", nil, "https://bucket.s3.eu-central-1.amazonaws.com/a/b%20c%2B%C3%BC.tgz"),
        (nil, "dotted.bucket", "k", nil, "https://s3.eu-central-1.amazonaws.com/dotted.bucket/k"),
        (nil, "bucket", "k", true, "https://s3.eu-central-1.amazonaws.com/bucket/k"),
        ("http://127.0.0.1:9000", "bucket", "k//x", nil, "http://127.0.0.1:9000/bucket/k//x"),
        ("https://store.acme.org/base/", "bucket", "k", false, "https://bucket.store.acme.org/base/k"),
    ]

    @Test("an object has one address", arguments: addresses)
    func address(endpoint: String?, bucket: String, key: String, usesPath: Bool?, expected: String) throws {
        let location = try S3Location(
            bucket: bucket, key: key, region: "eu-central-1", endpoint: endpoint.map { try HTTPURL($0) },
            usesPathStyle: usesPath)
        #expect(try location.url.description == expected)
    }

    static let bad: [(String, String, String?)] = [
        ("b", "k", nil), ("Bucket", "k", nil), ("a..b", "k", nil), ("../x", "k", nil), ("bucket.", "k", nil),
        ("bucket", "", nil), ("bucket", "../k", nil), ("bucket", "a/../../k", nil), ("bucket", "a/.", nil),
        ("bucket", "a\nb", nil), ("bucket", "k", "eu central"), ("bucket", "k", "evil.org/"), ("evil.org#", "k", nil),
        ("bucket", String(repeating: "k", count: 1025), nil),
    ]

    @Test("names that could lead elsewhere are refused", arguments: bad)
    func refusal(bucket: String, key: String, region: String?) {
        #expect(throws: Fault.self) { try S3Location(bucket: bucket, key: key, region: region) }
    }

    @Test(
        "a real server accepts what is signed: one request, many parts, versions, and nothing written over",
        .enabled(if: ObjectServer.isInstalled, "\(ObjectServer.missing)"))
    func realServer() async throws {
        let server = try await ObjectServer()
        let endpoint = try HTTPURL(server.url)
        let client = S3Client(PackageServer.connection { _, _ in Self.credential(server) })
        func location(_ key: String, _ version: String? = nil) throws -> S3Location {
            try S3Location(bucket: ObjectServer.bucket, key: key, version: version, endpoint: endpoint)
        }
        // The server reads most other characters of a path in another way than its own client; `$` is among the examples
        // of the reference.
        for key in ["small.txt", "a b/c~d-e_f.txt", "x//y"] {
            let content = PackageContent(Array("content of \(key)".utf8))
            let written = try await client.publish(content, at: location(key), mediaType: "text/plain")
            #expect(written.outcome == .published && written.version != nil)
            #expect(try await client.open(location(key)).collect(limit: 100) == Array("content of \(key)".utf8))
            #expect(try await client.information(location(key))?.mediaType == "text/plain")
            let again = try await client.publish(content, at: location(key), mediaType: "text/plain")
            #expect(again.outcome == .alreadyThere && again.version == written.version)
            let other = await fault {
                _ = try await client.publish(PackageContent([1]), at: location(key), mediaType: "text/plain")
            }
            #expect(other?.code == .conflict)
        }
        // Versions: the one that is named is read, even when another is the current one.
        let first = try await client.information(location("small.txt"))?.version
        let replaced = try await client.publish(
            PackageContent([7]), at: location("small.txt"), mediaType: "text/plain", replacing: true)
        #expect(replaced.outcome == .replaced)
        #expect(try await client.open(location("small.txt")).collect(limit: 100) == [7])
        #expect(
            try await client.open(location("small.txt", first)).collect(limit: 100)
                == Array("content of small.txt".utf8))
        // Three parts.
        let large = [UInt8](repeating: 0x61, count: 17 << 20)
        let parts = PackageContent(large)
        let digest = Digest(of: large)
        let written = try await client.publish(
            parts, at: location("large"), mediaType: "application/octet-stream", digest: digest)
        #expect(written.outcome == .published)
        #expect(try await client.information(location("large"))?.size == Int64(large.count))
        #expect(try await client.open(location("large")).collect(limit: 1 << 28) == large)
        // Content with another digest is given up before it becomes visible.
        let wrong = await fault {
            _ = try await client.publish(
                parts, at: location("wrong"), mediaType: "application/octet-stream", digest: Digest(of: [1]))
        }
        #expect(wrong?.code == .mismatch)
        #expect(try await client.information(location("wrong")) == nil)
        let missing = await fault { _ = try await client.open(location("none")) }
        #expect(missing?.code == .notFound && missing?.message.contains("NoSuchKey") == true)
        for connection in [
            PackageServer.connection { _, _ in Self.credential(server, secret: "wrong") }, PackageServer.connection(),
        ] {
            let refused = await fault { _ = try await S3Client(connection).open(location("small.txt")) }
            #expect(refused?.code == .forbidden || refused?.code == .unauthorized)
        }
    }

    /// Answers of services that lie or fail, by the request that they answer.
    static let hostile: [(String, Int, String, Fault.Code, String)] = [
        ("GET", 200, "", .corrupt, "instead of wanted"),
        (
            "GET", 403, "<Error><Code>AccessDenied</Code><Message>no’\u{7F}</Message></Error>", .forbidden,
            "AccessDenied, no’"
        ),
        ("GET", 500, "<!DOCTYPE a><Error/>", .unavailable, "answered 500"),
        ("GET", 301, "<Error><Code>PermanentRedirect</Code></Error>", .invalid, "the bucket is in eu-west-9"),
    ]

    @Test("answers that are no success say what is wrong", arguments: hostile)
    func hostileAnswers(method: String, status: Int, body: String, code: Fault.Code, words: String) async throws {
        let server = try PackageServer { request, _ in
            var headers: HTTPHeaders = ["x-amz-version-id": "another"]
            if status == 301 {
                headers["Location"] = "http://127.0.0.1:1/elsewhere"
                headers["x-amz-bucket-region"] = "eu-west-9"
            }
            return ServerResponse(status: status, headers: headers, body: .bytes(Array(body.utf8)))
        }
        let location = try S3Location(
            bucket: "bucket", key: "k", version: "wanted", endpoint: server.address())
        let found = await fault { _ = try await S3Client(PackageServer.connection()).open(location) }
        #expect(found?.code == code && found?.message.contains(words) == true, "\(found?.message ?? "nothing")")
        await server.stop()
    }

    @Test("a failure that a service tells with status 200 is one, and the parts are given up") func lateFailure()
        async throws
    {
        let server = try PackageServer { request, _ in
            switch (request.method, request.query["uploads"], request.query["uploadId"]) {
            case (.head, _, _): ServerResponse(status: 404)
            case (.post, .some, _):
                ServerResponse(
                    "application/xml",
                    "<InitiateMultipartUploadResult><UploadId>u/1</UploadId></InitiateMultipartUploadResult>")
            case (.post, _, .some):
                ServerResponse("application/xml", "<Error><Code>InternalError</Code><Message>x</Message></Error>")
            default: ServerResponse(status: 200, headers: ["ETag": "\"t\""])
            }
        }
        let location = try S3Location(bucket: "bucket", key: "k", endpoint: server.address())
        let large = PackageContent([UInt8](repeating: 1, count: 9 << 20))
        let found = await fault {
            _ = try await S3Client(PackageServer.connection()).publish(large, at: location, mediaType: "a/b")
        }
        #expect(found?.code == .unavailable && found?.message.contains("InternalError") == true)
        #expect(server.lines.last == "DELETE /bucket/k?…")
        await server.stop()
    }

    @Test("a service that knows no conditions is asked without them") func noConditions() async throws {
        let server = try PackageServer { request, _ in
            if request.method == .head { return ServerResponse(status: 404) }
            return ServerResponse(status: request.headers["If-None-Match"] == nil ? 200 : 501)
        }
        let location = try S3Location(bucket: "bucket", key: "k", endpoint: server.address())
        let client = S3Client(PackageServer.connection())
        let written = try await client.publish(PackageContent([1]), at: location, mediaType: "a/b")
        #expect(written.outcome == .published)
        #expect(server.lines == ["HEAD /bucket/k", "PUT /bucket/k", "PUT /bucket/k"])
        await server.stop()
    }

    @Test("damaged error documents are refused or read within bounds") func damage() {
        let sample = "<Error><Code>NoSuchKey</Code><Message>The key &lt;k&gt; is not there</Message></Error>"
        var mutator = ByteMutator(samples: [Array(sample.utf8)], tokens: ["<Code>", "</Code>", "&#7;"], seed: 7)
        var accepted = 0
        for _ in 0..<3000 {
            guard let error = try? S3ErrorDocument(parsing: mutator.next()) else { continue }
            accepted += 1
            #expect(error.code.unicodeScalars.allSatisfy { $0.value >= 0x20 } && error.message.count <= 300)
        }
        #expect(accepted > 50)
    }
}
