// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import TestServers
import Testing

@Suite(
    "Evidence of contents that go to repositories of packages", .serialized,
    .enabled(if: FileServer.isInstalled, "\(FileServer.missing)"))
struct PackageEvidenceTests {
    private static let component = "example.org/packages"
    private static let version = "example.org/packages:1.0.0"

    /// A component version in `archive` with a file, a packed chart and a packed npm package.
    private func workshop() async throws -> Workshop {
        let workshop = try Workshop()
        let packed = try await ChildProcess.run(
            [
                "sh", "-ec",
                """
                mkdir -p demo package
                printf 'apiVersion: v2\\nname: demo\\nversion: 1.2.3\\n' > demo/Chart.yaml
                printf '{"name":"demo","version":"1.2.3"}' > package/package.json
                head -c 30000 /dev/urandom > package/data
                tar czf chart.tgz demo
                tar czf package.tgz package
                """,
            ], workingFolder: workshop.path)
        try #require(packed.status == 0)
        try workshop.write(
            "packages.yaml",
            """
            components:
              - name: \(Self.component)
                version: 1.0.0
                provider: {name: example.org}
                resources:
                  - {name: file, type: file, relation: local, input: {type: file, path: ./data.bin}}
                  - {name: chart, type: chart, relation: local, input: {type: file, path: ./chart.tgz}}
                  - {name: package, type: npmPackage, relation: local, input: {type: file, path: ./package.tgz}}

            """)
        try await workshop.done("add", "cv", "--create", "--file", "archive", "packages.yaml")
        try await workshop.done(
            "sign", "cv", "--signature", "release", "--private-key", "private.pem", "archive//\(Self.version)")
        return workshop
    }

    /// An uploader of a specification, what it uploads, and where that goes.
    struct Upload: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let resource: String
        let file: String
        let properties: String
        /// How evidence names the place, behind the server's address.
        let place: String
    }

    static let uploads = [
        Upload(
            testDescription: "maven", resource: "file", file: "data.bin",
            properties: "repoUrl: 'URL/m', groupId: org.acme, artifactId: demo, version: 1.0.0, extension: bin",
            place: "/m org.acme:demo:"),
        Upload(
            testDescription: "npm", resource: "package", file: "package.tgz", properties: "registry: 'URL/npm'",
            place: "/npm"),
        Upload(
            testDescription: "helm", resource: "chart", file: "chart.tgz", properties: "helmRepository: 'URL/charts'",
            place: "/charts"),
        Upload(
            testDescription: "http", resource: "file", file: "data.bin",
            properties: "url: 'URL/files/data.bin?token=sesame'", place: "/files/data.bin"),
    ]

    private func events(_ workshop: Workshop, _ log: String, of resource: String) throws -> [(String, JSON)] {
        try EvidenceTests.entries(workshop, log).filter { $0["data"]?["resource"]?.string == resource }.map {
            ($0["event"]?.string ?? "", $0["data"] ?? [:])
        }
    }

    @Test("what an operation uploads is told with digest, size and place, and counts as it moves", arguments: uploads)
    func operation(upload: Upload) async throws {
        let server = try await FileServer()
        try await check(upload, workshop(), server.url)
    }

    @Test(
        "an object of a bucket is told as well",
        .enabled(if: ObjectServer.isInstalled, "\(ObjectServer.missing)")) func object() async throws
    {
        let server = try await ObjectServer(), workshop = try await workshop()
        try workshop.write(
            ".ocmconfig",
            """
            type: credentials.config.ocm.software
            consumers:
              - identity: {type: S3, hostname: 127.0.0.1, port: "\(server.port)", scheme: http}
                credentials:
                  - type: Credentials/v1
                    properties: {accessKeyId: \(server.keyID), secretAccessKey: \(server.secret)}

            """)
        let upload = Upload(
            testDescription: "s3", resource: "file", file: "data.bin",
            properties:
                "bucketName: \(ObjectServer.bucket), objectKey: a/data.bin, endpoint: 'URL', usePathStyle: true",
            place: "/\(ObjectServer.bucket)/a/data.bin")
        try await check(upload, workshop, server.url)
    }

    /// The specification that reads a local blob of the archive and sends it.
    private func write(_ upload: Upload, _ workshop: Workshop, _ url: String) throws {
        try workshop.write(
            "spec.yaml",
            """
            type: transformation.ocm.component/v1alpha1
            transformations:
            - {type: downloader.component.ctf/v1alpha1, id: read, name: \(Self.component), version: 1.0.0, filePath: ./archive}
            - type: downloader.localblob.ctf/v1alpha1
              id: blob
              filePath: ./archive
              componentDescriptor: ${read.outputs.descriptor}
              resource: {name: \(upload.resource)}
            - {type: uploader.resource.\(upload.testDescription)/v1alpha1, id: upload, data: "${blob.outputs.data}", \
            \(upload.properties.replacing("URL", with: url))}

            """)
    }

    private func check(_ upload: Upload, _ workshop: Workshop, _ url: String) async throws {
        try write(upload, workshop, url)
        let bytes = try workshop.read(upload.file)
        let command = [
            "transfer", "specification", "spec.yaml", "--evidence", "log.jsonl", "--progress", "json", "-o", "json",
        ]
        let first = try await workshop.ocm(command)
        #expect(first.status == 0, "\(first.output)\(first.errors)")
        #expect(Self.moved(first.errors) == bytes.count, "\(first.errors)")
        let report = try JSON(parsing: first.stdout, source: "the report").array?.first { $0["id"] == "upload" }
        #expect(report?["bytesMoved"]?.int == Int64(bytes.count) && report?["bytesSpared"]?.int == 0)
        let told = try events(workshop, "log.jsonl", of: upload.resource)
        let moved = try #require(told.first { $0.0 == "content-moved" }?.1, "\(told)")
        #expect(moved["digest"]?.string == "\(Digest(of: bytes))" && moved["moved"]?.int == Int64(bytes.count))
        #expect(moved["spared"]?.int == 0 && moved["component"]?.string == Self.component)
        #expect(moved["from"] == "./archive")
        #expect(moved["to"]?.string?.hasPrefix(url + upload.place) == true, "\(moved)")
        #expect(told.contains { $0.0 == "digest-verified" && $0.1["digest"] == moved["digest"] })
        let log = String(decoding: try workshop.read("log.jsonl"), as: UTF8.self)
        #expect(!log.contains("sesame"))

        // Once more: it is there, and nothing moves.
        let second = try await workshop.ocm(command)
        #expect(second.status == 0, "\(second.output)\(second.errors)")
        let spared = try events(workshop, "log.jsonl", of: upload.resource).filter { $0.0 == "content-spared" }
        #expect(spared.count == 1 && spared[0].1["spared"]?.int == Int64(bytes.count), "\(spared)")
        #expect(try await workshop.ocm("evidence", "verify", "log.jsonl").status == 0)
    }

    @Test("content whose bytes are not those of its digest is refused, and that is told", arguments: uploads)
    func refused(upload: Upload) async throws {
        let workshop = try await workshop(), server = try await FileServer()
        // The bytes in the archive are not those of their digest.
        let blob = "\(workshop.path)/archive/blobs/sha256.\(Digest(of: try workshop.read(upload.file)).hex)"
        var bytes = try FileSystem.read(blob, limit: 1 << 20)
        bytes[bytes.count - 1] ^= 1
        try FileSystem.write(bytes, to: blob)
        try write(upload, workshop, server.url)
        let result = try await workshop.ocm("transfer", "specification", "spec.yaml", "--evidence", "log.jsonl")
        #expect(result.status != 0, "\(result.output)")
        let told = try events(workshop, "log.jsonl", of: upload.resource)
        let refusal = try #require(told.first { $0.0 == "content-refused" }?.1, "\(told)")
        #expect(refusal["to"]?.string?.hasPrefix(server.url + upload.place) == true)
        #expect(refusal["digest"]?.string?.hasPrefix("sha256:") == true)
        #expect(!told.contains { $0.0 == "content-moved" || $0.0 == "digest-verified" })
    }

    @Test("what upload handlers of the configuration send elsewhere counts in plan, progress, report and evidence")
    func handlers() async throws {
        let workshop = try await workshop(), server = try await FileServer()
        try workshop.write(
            "uploads.yaml",
            """
            type: uploader.ocm.config.ocm.software
            registrations:
            - {name: ocm/mavenPackage, artifactType: file, config: {url: "\(server.url)/m"}}
            - {name: ocm/npmPackage, artifactType: npmPackage, config: {registry: "\(server.url)/npm"}}
            """)
        let (file, chart) = (try workshop.read("data.bin").count, try workshop.read("chart.tgz").count)
        let total = file + chart + (try workshop.read("package.tgz").count)
        let plan = try JSON(
            parsing: Array(
                try await workshop.done(
                    "transfer", "plan", "archive//\(Self.version)", "copy", "-o", "json", "--config", "uploads.yaml"
                ).utf8), source: "the plan")
        #expect(plan["targets"]?[0]?["survey"]?["bytesToMove"]?.int == Int64(total), "\(plan)")
        #expect(plan["targets"]?[0]?["survey"]?["diskNeeded"]?.int == Int64(chart))
        let done = try await workshop.ocm(
            "transfer", "cv", "archive//\(Self.version)", "copy", "--config", "uploads.yaml", "-o", "json",
            "--evidence", "log.jsonl", "--progress", "json")
        #expect(done.status == 0, "\(done.errors)")
        let report = try JSON(parsing: done.stdout, source: "the report")
        #expect(report["bytesMoved"]?.int == Int64(total))
        #expect(Self.moved(done.errors) == total)
        for (resource, name, place) in [
            ("file", "data.bin", "\(server.url)/m org.example.packages:file:"),
            ("package", "package.tgz", "\(server.url)/npm"),
            ("chart", "chart.tgz", "copy"),
        ] {
            let bytes = try workshop.read(name)
            let told = try events(workshop, "log.jsonl", of: resource).filter { $0.0 == "content-moved" }
            #expect(told.count == 1 && told[0].1["moved"]?.int == Int64(bytes.count), "\(told)")
            #expect(told.first?.1["digest"]?.string == "\(Digest(of: bytes))")
            #expect(told.first?.1["to"]?.string?.hasPrefix(place) == true, "\(told)")
        }
    }

    @Test("contents that go with a component version or beside it are told as well", arguments: [true, false])
    func local(asWhole: Bool) async throws {
        let workshop = try await workshop()
        let store = """
            - type: downloader.localblob.ctf/v1alpha1
              id: blob
              filePath: ./archive
              componentDescriptor: ${read.outputs.descriptor}
              resource: {name: file}
            - type: uploader.localblob.ctf/v1alpha1
              id: store
              filePath: ./copy
              componentDescriptor: ${read.outputs.descriptor}
              data: ${blob.outputs.data}

            """
        try workshop.write(
            "spec.yaml",
            """
            type: transformation.ocm.component/v1alpha1
            transformations:
            - {type: downloader.component.ctf/v1alpha1, id: read, name: \(Self.component), version: 1.0.0, filePath: ./archive}
            \(asWhole ? "" : store)- {type: uploader.component.ctf/v1alpha1, id: write, filePath: ./copy, data: "${read.outputs.data}"}

            """)
        let done = try await workshop.ocm(
            "transfer", "specification", "spec.yaml", "--evidence", "log.jsonl", "--progress", "json")
        #expect(done.status == 0, "\(done.output)\(done.errors)")
        var total = 0
        for (resource, name) in [("file", "data.bin"), ("package", "package.tgz"), ("chart", "chart.tgz")] {
            let bytes = try workshop.read(name)
            total += bytes.count
            let told = try events(workshop, "log.jsonl", of: resource).filter { $0.0 == "content-moved" }
            #expect(told.count == 1 && told[0].1["moved"]?.int == Int64(bytes.count), "\(told)")
            #expect(told.first?.1["digest"]?.string == "\(Digest(of: bytes))" && told.first?.1["to"] == "./copy")
        }
        #expect(Self.moved(done.errors) == total)
        let committed = try EvidenceTests.entries(workshop, "log.jsonl").filter { $0["event"] == "version-committed" }
        #expect(committed.count == 1 && committed[0]["data"]?["component"]?.string == Self.component)
    }

    /// What events of progress say has moved.
    private static func moved(_ errors: String) -> Int {
        errors.split(separator: "\n").compactMap { try? JSON(parsing: Array($0.utf8), source: "an event") }
            .filter { $0["event"] == "moved" }.reduce(0) { $0 + Int($1["bytes"]?.int ?? 0) }
    }
}
