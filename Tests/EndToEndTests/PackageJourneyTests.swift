// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import TestServers
import Testing

@Suite(
    "Contents of package repositories", .enabled(if: FileServer.isInstalled, "\(FileServer.missing)"))
struct PackageJourneyTests {
    private static let content = "the package\n"
    private static let commit = "3ff8ed0e7386aa6fe19dcbbb8955f34a88745fd0"

    /// What a server holds and the access that leads to it; `URL` stands for the server.
    struct Sample: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let access: String
        let path: String
        var more: [String: String] = [:]

        /// Puts the content and what leads to it where the server has its files.
        func write(to folder: String) throws {
            for (path, text) in more.merging([path: content], uniquingKeysWith: { $1 }) {
                try FileSystem.makeFolder(FileSystem.folder(of: "\(folder)/\(path)"))
                try FileSystem.write(Array(text.utf8), to: "\(folder)/\(path)")
            }
        }
    }

    static let samples = [
        Sample(
            testDescription: "maven",
            access: "{type: maven, repoUrl: URL/m, groupId: org.acme, artifactId: app, version: 1.0, extension: zip}",
            path: "m/org/acme/app/1.0/app-1.0.zip"),
        Sample(
            testDescription: "npm", access: "{type: npm, registry: URL/npm, package: app, version: 1.0.0}",
            path: "files/app-1.0.0.tgz",
            more: [
                "npm/app": """
                {"name":"app","versions":{"1.0.0":{"name":"app","version":"1.0.0","dist":{"tarball":"/files/app-1.0.0.tgz",\
                "integrity":"sha512-\(Digest(of: Array(content.utf8), algorithm: .sha512).bytes.base64)"}}}}
                """
            ]),
        Sample(
            testDescription: "s3", access: "{type: s3/v2, bucketName: bucket, objectKey: a/k, endpoint: \"URL\"}",
            path: "bucket/a/k"),
        Sample(
            testDescription: "gitHub", access: "{type: gitHub, repoUrl: URL/acme/app, commit: \(commit)}",
            path: "api/v3/repos/acme/app/tarball/\(commit)"),
    ]

    @Test("are added, signed, verified, downloaded and carried by value; damaged ones are refused", arguments: samples)
    func journey(sample: Sample) async throws {
        let server = try await FileServer()
        let files = "\(server.folder.path)/files"
        try sample.write(to: files)
        let workshop = try Workshop()
        let version = "example.org/one:1.0.0"
        try workshop.writeThing("access: \(sample.access.replacing("URL", with: server.url))")
        try await workshop.done("add", "cv", "--create", "--file", "one", "one.yaml")
        let listed = try JSON(
            parsing: Array(try await workshop.done("get", "resources", "-o", "json", "one//\(version)").utf8),
            source: "resources")
        let type = listed.array?.first?["element"]?["access"]?["type"]
        #expect(type?.string?.hasPrefix(sample.testDescription) == true, "\(listed)")
        try await workshop.done(
            "sign", "cv", "--signature", "release", "--private-key", "private.pem", "one//\(version)")
        let verify = [
            "verify", "cv", "--signature", "release", "--public-key", "public.pem", "one//\(version)",
        ]
        try await workshop.done(verify)
        try await workshop.done("download", "resource", "one//\(version)", "thing", "-O", "thing")
        #expect(try workshop.read("thing") == Array(Self.content.utf8))
        try await workshop.done(
            "transfer", "cv", "--copy-resources", "--verify", "release=public.pem", "one//\(version)", "carried")

        // The same length, so that nothing but the digest tells.
        try FileSystem.write(Array(Self.content.uppercased().utf8), to: "\(files)/\(sample.path)")
        for arguments in [
            verify, ["download", "resource", "one//\(version)", "thing", "-O", "bad"],
            ["transfer", "cv", "--copy-resources", "one//\(version)", "bad-copy"],
        ] {
            let result = try await workshop.ocm(arguments)
            #expect(result.status != 0 && result.errors.contains("should have the digest"), "\(result.errors)")
        }
        #expect(!FileSystem.exists("\(workshop.path)/bad"))
        // What was carried needs the server no more.
        try FileSystem.remove("\(files)/\(sample.path)")
        try await workshop.done("download", "resource", "carried//\(version)", "thing", "-O", "carried.thing")
        #expect(try workshop.read("carried.thing") == Array(Self.content.utf8))
    }

    /// A configuration with one consumer at a server.
    private func configure(_ workshop: Workshop, _ type: String, port: Int, _ properties: String) throws {
        try workshop.write(
            ".ocmconfig",
            """
            type: credentials.config.ocm.software
            consumers:
              - identity: {type: \(type), hostname: 127.0.0.1, port: "\(port)", scheme: http}
                credentials: [{type: Credentials/v1, properties: {\(properties)}}]

            """)
    }

    static let inputs = [
        (
            Sample(
                testDescription: "maven",
                access:
                    "{type: maven, repoUrl: URL/private/m, groupId: org.acme, artifactId: app, version: 1.0, extension: zip}",
                path: "private/m/org/acme/app/1.0/app-1.0.zip",
                more: [
                    "private/m/org/acme/app/1.0/app-1.0.zip.sha256": Digest(of: Array(content.utf8)).hex,
                    "private/m/org/acme/app/1.0/app-1.0.zip.sha1": "0000",
                ]), "MavenRepository", "application/zip"
        ),
        (
            Sample(
                testDescription: "npm", access: "{type: npm, registry: URL/private/npm, package: app, version: 1.0.0}",
                path: "private/files/app-1.0.0.tgz",
                more: [
                    "private/npm/app": """
                    {"name":"app","versions":{"1.0.0":{"name":"app","version":"1.0.0","dist":{\
                    "tarball":"/private/files/app-1.0.0.tgz",\
                    "integrity":"sha512-\(Digest(of: Array(content.utf8), algorithm: .sha512).bytes.base64)"}}}}
                    """
                ]), "NpmRegistry", "application/x-tgz"
        ),
    ]

    @Test("are inputs too: taken in once, with the server's checks and the credential of its origin", arguments: inputs)
    func input(sample: Sample, consumer: String, mediaType: String) async throws {
        let server = try await FileServer()
        let files = "\(server.folder.path)/files"
        try sample.write(to: files)
        let workshop = try Workshop()
        try workshop.writeThing("input: \(sample.access.replacing("URL", with: server.url))")
        let add = ["add", "cv", "--create", "--file"]
        let anonymous = try await workshop.ocm(add + ["anonymous", "one.yaml"])
        #expect(anonymous.status == 4, "\(anonymous.errors)")
        try configure(
            workshop, consumer, port: server.port, "username: \(FileServer.user), password: \(FileServer.password)")
        try await workshop.done(add + ["one", "one.yaml"])
        let again = try await workshop.ocm(add + ["one", "one.yaml"])
        #expect(again.status == 0, "\(again.errors)")

        // The same length, so that nothing but what the server says of it tells.
        try FileSystem.write(Array(Self.content.uppercased().utf8), to: "\(files)/\(sample.path)")
        let damaged = try await workshop.ocm(add + ["damaged", "one.yaml"])
        #expect(damaged.status == 3, "\(damaged.errors)")
        #expect(!damaged.errors.contains(FileServer.password))
        let version = "one//example.org/one:1.0.0"
        let listed = try await workshop.done("get", "resources", "-o", "json", version)
        #expect(listed.contains("localBlob") && listed.contains(mediaType), "\(listed)")
        try await workshop.done("download", "resource", "--offline", version, "thing", "-O", "thing")
        #expect(try workshop.read("thing") == Array(Self.content.utf8))
    }

    static let badInputs = [
        ("{type: maven, repoUrl: URL, groupId: org.acme, artifactId: app}", "the input of", "no “version”"),
        (
            "{type: maven, repoUrl: URL, groupId: org.acme, artifactId: app, version: LATEST}", "LATEST",
            "names no version"
        ),
        ("{type: maven, repoUrl: URL, groupId: org.acme, artifactId: ../x, version: 1.0}", "../x", "artifactId"),
        ("{type: maven, repoUrl: URL, groupId: g, artifactId: a, version: 1.0, path: p}", "unknown field", "“path”"),
        ("{type: npm, registry: URL, package: app}", "the input of", "no “version”"),
        ("{type: npm, registry: URL, package: app, version: 1.0.0, tag: x}", "unknown field", "“tag”"),
        ("{type: npm, registry: URL, package: ../app, version: 1.0.0}", "../app", "npm"),
    ]

    @Test("inputs that name nothing are refused before anything is asked for", arguments: badInputs)
    func badInput(text: String, says: String, more: String) async throws {
        let workshop = try Workshop()
        try workshop.writeThing("input: \(text.replacing("URL", with: "\"http://127.0.0.1:9\""))")
        let result = try await workshop.ocm("add", "cv", "--create", "--file", "one", "one.yaml")
        #expect(result.status != 0 && result.errors.contains(says) && result.errors.contains(more), "\(result.errors)")
    }

    @Test("a Maven snapshot is added as its current build, and stays that when there is another") func snapshot()
        async throws
    {
        let server = try await FileServer()
        let folder = "\(server.folder.path)/files/m/org/acme/app/2-SNAPSHOT"
        try FileSystem.makeFolder(folder)
        func publish(_ build: String, _ number: Int) throws {
            try FileSystem.write(Array("build \(number)".utf8), to: "\(folder)/app-2-\(build)-\(number).zip")
            let list = """
                <metadata><versioning><snapshot><timestamp>\(build)</timestamp><buildNumber>\(number)</buildNumber>
                </snapshot></versioning></metadata>
                """
            try? FileSystem.removeFile("\(folder)/maven-metadata.xml")
            try FileSystem.write(Array(list.utf8), to: "\(folder)/maven-metadata.xml")
        }
        let workshop = try Workshop()
        let access =
            "{type: maven, repoUrl: \(server.url)/m, groupId: org.acme, artifactId: app, version: 2-SNAPSHOT, extension: zip}"
        try workshop.writeThing("access: \(access)")
        try publish("20260102.030405", 1)
        try await workshop.done("add", "cv", "--create", "--file", "one", "one.yaml")
        try publish("20260103.030405", 2)
        let version = "one//example.org/one:1.0.0"
        let listed = try await workshop.done("get", "resources", "-o", "json", version)
        #expect(listed.contains("2-20260102.030405-1"), "\(listed)")
        try await workshop.done("download", "resource", version, "thing", "-O", "thing")
        #expect(try workshop.read("thing") == Array("build 1".utf8))
        try await workshop.done("transfer", "cv", "--copy-resources", version, "carried")
    }

    @Test(
        "objects of a store that checks signatures are read with the key of the configuration alone",
        .enabled(if: ObjectServer.isInstalled, "\(ObjectServer.missing)"))
    func object() async throws {
        let server = try await ObjectServer()
        let workshop = try Workshop()
        try workshop.write("object", Self.content)
        let put = try await ChildProcess.run([
            "curl", "-sS", "--fail-with-body", "--aws-sigv4", "aws:amz:us-east-1:s3", "--user",
            "\(server.keyID):\(server.secret)", "-H",
            "x-amz-content-sha256: \(Digest(of: Array(Self.content.utf8)).hex)", "-T", "\(workshop.path)/object",
            "\(server.url)/\(ObjectServer.bucket)/a/k",
        ])
        try #require(put.status == 0, "\(put.output)\(put.errors)")
        try workshop.writeThing(
            "access: {type: S3Bucket/v1, bucketName: \(ObjectServer.bucket), objectKey: a/k, endpoint: \"\(server.url)\", usePathStyle: true}"
        )
        let add = ["add", "cv", "--create", "--file", "one", "one.yaml"]
        #expect(try await workshop.ocm(add).status == 4)
        try configure(
            workshop, "S3", port: server.port, "accessKeyId: \(server.keyID), secretAccessKey: \(server.secret)")
        try await workshop.done(add)
        let version = "one//example.org/one:1.0.0"
        #expect(try await workshop.done("get", "resources", "-o", "json", version).contains("S3Bucket/v1"))
        try await workshop.done("download", "resource", version, "thing", "-O", "thing")
        #expect(try workshop.read("thing") == Array(Self.content.utf8))
        try await workshop.done("transfer", "cv", "--copy-resources", version, "carried")
        try await workshop.done(
            "download", "resource", "--offline", "carried//example.org/one:1.0.0", "thing", "-O", "two")
        #expect(try workshop.read("two") == Array(Self.content.utf8))
    }

    @Test("an access that says that there is none is listed and carried, and has nothing to download") func none()
        async throws
    {
        let workshop = try Workshop()
        try workshop.writeThing("access: {type: none}")
        try await workshop.done("add", "cv", "--create", "--file", "one", "one.yaml")
        try await workshop.done("transfer", "cv", "--copy-resources", "one//example.org/one:1.0.0", "carried")
        let version = "carried//example.org/one:1.0.0"
        #expect(try await workshop.done("get", "resources", "-o", "json", version).contains("none"))
        let result = try await workshop.ocm("download", "resource", version, "thing", "-O", "thing")
        #expect(result.status != 0 && result.errors.contains("no content"), "\(result.errors)")
    }
}
