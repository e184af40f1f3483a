// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
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
        for (path, text) in sample.more.merging([sample.path: Self.content], uniquingKeysWith: { $1 }) {
            try FileSystem.makeFolder(FileSystem.folder(of: "\(files)/\(path)"))
            try FileSystem.write(Array(text.utf8), to: "\(files)/\(path)")
        }
        let workshop = try Workshop()
        let version = "example.org/one:1.0.0"
        try workshop.write(
            "one.yaml",
            """
            components:
              - name: example.org/one
                version: 1.0.0
                provider: {name: example.org}
                resources:
                  - {name: thing, type: blob, version: 1.0.0, access: \(sample.access.replacing("URL", with: server.url))}

            """)
        try await workshop.done("add", "cv", "--create", "--file", "one", "one.yaml")
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
}
