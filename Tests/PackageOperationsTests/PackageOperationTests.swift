// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Orchestration
import Repositories
import TestServers
import Testing

@Suite("Operations over package repositories, against real servers") struct PackageOperationTests {
    /// A layer that is a gzipped tar.
    private static func layer() async throws -> [UInt8] {
        try await Tar.stream([.bytes("bin/app", Array("#!/bin/sh\n".utf8), mode: 0o755)]).gzipped()
            .collect(limit: 1 << 20)
    }
    private static let layerType = "application/vnd.oci.image.layer.v1.tar+gzip"

    private static func toMaven(_ url: String, _ more: String = "", version: String = "1.0.0") -> String {
        """
        - id: get
          type: CTFGetLocalResource/v1alpha1
          spec:
            <<: *from
            resourceIdentity: {name: image}
        - id: convert
          type: oci.to.maven/v1alpha1
          data: ${get.output.file}
        \(more)
        - id: upload
          type: uploader.resource.maven/v1alpha1
          data: ${convert.data}
          pom: ${convert.pom}
          extension: ${convert.extension}
          componentDescriptor: ${read.output.descriptor}
          resource: {name: image}
          repoUrl: \(url)
          groupId: org.acme
          artifactId: demo
          version: \(version)
        """
    }

    @Test(
        "an OCI artifact becomes a Maven artifact on nginx, with checksums and description, and is read back by its access",
        .enabled(if: FileServer.isInstalled, "\(FileServer.missing)"))
    func artifactToMaven() async throws {
        let server = try await FileServer()
        let run = try OperationRun()
        let layer = try await Self.layer()
        var contents = LocalContents()
        let image = try await run.local(
            "image", .artifact(OperationRun.artifact(layer: layer, mediaType: Self.layerType)), &contents)
        try await run.archive([image], contents: contents)
        let outcomes = try await run.run(Self.toMaven("\(server.url)/maven"))
        let outputs = try #require(outcomes["upload"]?.outputs, "\(outcomes)")
        #expect(outputs["outcome"] == "published")
        #expect(outputs["resource"]?["access"]?["repoUrl"]?.string == "\(server.url)/maven")
        #expect(outputs["resource"]?["access"]?["extension"] == "tar.gz")
        #expect(outputs["resource"]?["digest"]?["value"]?.string == Digest(of: layer).hex)
        #expect(outputs["descriptor"]?["component"]?["resources"]?[0]?["access"]?["type"] == "maven")
        let path = "maven/org/acme/demo/1.0.0/demo-1.0.0"
        #expect(server.file("\(path).tar.gz") == layer)
        #expect(server.file("\(path).tar.gz.sha256") == Array(Digest(of: layer).hex.utf8))
        #expect(server.file("\(path).tar.gz.sha1")?.count == 40 && server.file("\(path).tar.gz.md5")?.count == 32)
        let pom = String(decoding: server.file("\(path).pom") ?? [], as: UTF8.self)
        #expect(pom.contains("<name>Demo &lt;app&gt;</name>") && pom.contains("shows &amp; tells"))
        #expect(pom.contains("<packaging>tar.gz</packaging>") && pom.contains("https://git.acme.org/demo"))
        #expect(server.file("maven/org/acme/demo/maven-metadata.xml") != nil)

        // The new access is read as any other: by a download that checks the digest.
        let reader = try OperationRun()
        try await reader.archive([outputs["resource"] ?? [:]])
        let download = """
            - id: download
              type: downloader.resource.maven/v1alpha1
              componentDescriptor: ${read.output.descriptor}
              resource: {name: image}
            - id: put
              type: uploader.resource.http/v1alpha1
              data: ${download.data}
              url: \(server.url)/copy.tar.gz
            """
        let copied = try await reader.run(download)
        #expect(copied["put"]?.outputs?["resource"]?["access"]?["type"] == "wget", "\(copied)")
        #expect(server.file("copy.tar.gz") == layer)

        // The same again is no error, and a damaged file does not pass.
        #expect(try await run.run(Self.toMaven("\(server.url)/maven"))["upload"]?.outputs?["outcome"] == "alreadyThere")
        for end in ["", ".md5", ".sha1", ".sha256", ".sha512"] {
            try FileSystem.removeFile("\(server.folder.path)/files/\(path).tar.gz\(end)")
        }
        try FileSystem.write([1, 2, 3], to: "\(server.folder.path)/files/\(path).tar.gz")
        #expect(try await run.run(Self.toMaven("\(server.url)/maven"))["upload"]?.fault?.code == .conflict)
        let damaged = try await reader.run(download.replacing("copy.tar.gz", with: "other.tar.gz"))
        #expect(damaged["put"]?.fault?.code == .mismatch && server.file("other.tar.gz") == nil)
    }

    @Test(
        "Maven fetches what was published and finds nothing wrong with it",
        .enabled(if: FileServer.isInstalled, "\(FileServer.missing)"),
        .enabled(if: MavenProgram.isInstalled, "\(MavenProgram.missing)"))
    func maven() async throws {
        let server = try await FileServer()
        let run = try OperationRun()
        let layer = try await Self.layer()
        var contents = LocalContents()
        let image = try await run.local(
            "image", .artifact(OperationRun.artifact(layer: layer, mediaType: Self.layerType)), &contents)
        try await run.archive([image], contents: contents)
        let outcomes = try await run.run(Self.toMaven("\(server.url)/maven"))
        #expect(outcomes["upload"]?.outputs != nil, "\(outcomes)")
        let folder = try TemporaryFolder(prefix: "maven")
        let fetched = try await MavenProgram.get("org.acme:demo:1.0.0:tar.gz", from: "\(server.url)/maven", in: folder)
        #expect(fetched.file == layer)
        #expect(!fetched.said.contains("available from under-test"), "\(fetched.said)")
        #expect(!fetched.said.contains("Checksum validation failed, expected"), "\(fetched.said)")
    }

    @Test(
        "of a snapshot the next build is published, Maven fetches the last one, and each access stays with its bytes",
        .enabled(if: FileServer.isInstalled, "\(FileServer.missing)"),
        .enabled(if: MavenProgram.isInstalled, "\(MavenProgram.missing)"))
    func snapshot() async throws {
        let server = try await FileServer()
        var accesses: [(access: JSON, layer: [UInt8])] = []
        for text in ["first", "second"] {
            let run = try OperationRun()
            let layer = try await Tar.stream([.bytes("app", Array(text.utf8))]).gzipped().collect(limit: 1 << 20)
            var contents = LocalContents()
            let image = try await run.local(
                "image", .artifact(OperationRun.artifact(layer: layer, mediaType: Self.layerType)), &contents)
            try await run.archive([image], contents: contents)
            let outcomes = try await run.run(Self.toMaven("\(server.url)/maven", version: "2.0-SNAPSHOT"))
            let access = try #require(outcomes["upload"]?.outputs?["resource"]?["access"], "\(outcomes)")
            accesses.append((access, layer))
        }
        #expect(accesses[0].access["version"]?.string?.hasSuffix("-1") == true)
        #expect(accesses[1].access["version"]?.string?.hasSuffix("-2") == true)
        let folder = try TemporaryFolder(prefix: "maven")
        let fetched = try await MavenProgram.get(
            "org.acme:demo:2.0-SNAPSHOT:tar.gz", from: "\(server.url)/maven", in: folder)
        #expect(fetched.file == accesses[1].layer)
        #expect(!fetched.said.contains("Checksum validation failed, expected"), "\(fetched.said)")

        // What each access names, and what the snapshot's own name leads to, is read through the lists.
        var current = accesses[1].access
        current["version"] = "2.0-SNAPSHOT"
        for (index, (access, layer)) in (accesses + [(current, accesses[1].layer)]).enumerated() {
            let reader = try OperationRun()
            try await reader.archive([])
            let outcomes = try await reader.run(
                """
                - {id: get, type: downloader.resource.maven/v1alpha1, access: \(String(decoding: access.encoded(), as: UTF8.self))}
                - {id: put, type: uploader.resource.http/v1alpha1, data: "${get.data}", url: "\(server.url)/\(index)"}
                """)
            #expect(server.file("\(index)") == layer, "\(outcomes)")
        }
    }

    @Test(
        "a whole artifact becomes one file; what could be meant twice is refused",
        .enabled(if: FileServer.isInstalled, "\(FileServer.missing)"),
        arguments: [("layout: true", true), ("layer: 0", true), ("layer: 7", false), ("mediaType: a/b", false)])
    func choices(property: String, isGood: Bool) async throws {
        let server = try await FileServer()
        let run = try OperationRun()
        var contents = LocalContents()
        let image = try await run.local(
            "image", .artifact(OperationRun.artifact(layer: Self.layer(), mediaType: Self.layerType)), &contents)
        try await run.archive([image], contents: contents)
        let outcomes = try await run.run(Self.toMaven("\(server.url)/maven", "  \(property)"))
        #expect((outcomes["upload"]?.outputs != nil) == isGood, "\(outcomes)")
        if property == "layout: true" {
            let tar = try #require(server.file("maven/org/acme/demo/1.0.0/demo-1.0.0.tar"))
            let reader = TarReader(ByteStream(tar), source: "layout")
            var names: [String] = []
            while let entry = try await reader.next() { names.append(entry.path) }
            #expect(names.contains("index.json") && names.contains("oci-layout"))
        }
    }

    @Test(
        "a chart goes to a web server and comes back with its provenance",
        .enabled(if: FileServer.isInstalled, "\(FileServer.missing)"))
    func chart() async throws {
        let server = try await FileServer()
        let run = try OperationRun()
        let packed = try await Tar.stream([
            .bytes("app/Chart.yaml", Array("apiVersion: v2\nname: app\nversion: 1.0.0+b1\n".utf8))
        ]).gzipped().collect(limit: 1 << 20)
        var contents = LocalContents()
        let chart = try await run.local("chart", .blob(BlobContent(mediaType: "a/b", bytes: packed)), &contents)
        let proof = try await run.local(
            "proof", .blob(BlobContent(mediaType: "a/b", bytes: Array("signed".utf8))), &contents)
        try await run.archive([chart, proof], contents: contents)
        let outcomes = try await run.run(
            """
            - {id: chart, type: CTFGetLocalResource/v1alpha1, spec: {<<: *from, resourceIdentity: {name: chart}}}
            - {id: proof, type: CTFGetLocalResource/v1alpha1, spec: {<<: *from, resourceIdentity: {name: proof}}}
            - id: upload
              type: uploader.resource.helm/v1alpha1
              data: ${chart.output.file}
              provFile: ${proof.output.file}
              componentDescriptor: ${read.output.descriptor}
              resource: {name: chart}
              helmRepository: \(server.url)/charts
            - id: get
              type: GetHelmChart/v1alpha1
              spec: {resource: "${upload.resource}"}
            - id: put
              type: uploader.resource.http/v1alpha1
              data: ${get.output.chartFile}
              url: \(server.url)/copy.tgz
            - id: putProof
              type: uploader.resource.http/v1alpha1
              data: ${get.output.provFile}
              url: \(server.url)/copy.prov
            """)
        #expect(outcomes.values.allSatisfy { $0.outputs != nil }, "\(outcomes)")
        #expect(server.file("charts/app-1.0.0+b1.tgz") == packed)
        #expect(server.file("copy.tgz") == packed && server.file("copy.prov") == Array("signed".utf8))
    }

    @Test(
        "a chart that is an OCI artifact goes to a chart repository as the file in it",
        .enabled(if: FileServer.isInstalled, "\(FileServer.missing)"))
    func chartArtifact() async throws {
        let server = try await FileServer()
        let run = try OperationRun()
        let packed = try await Tar.stream([.bytes("app/Chart.yaml", Array("name: app\nversion: 1.0.0\n".utf8))])
            .gzipped().collect(limit: 1 << 20)
        var contents = LocalContents()
        let type = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
        let chart = try await run.local(
            "chart", .artifact(OperationRun.artifact(layer: packed, mediaType: type)), &contents)
        try await run.archive([chart], contents: contents)
        let outcomes = try await run.run(
            """
            - {id: chart, type: CTFGetLocalResource/v1alpha1, spec: {<<: *from, resourceIdentity: {name: chart}}}
            - id: upload
              type: uploader.resource.helm/v1alpha1
              data: ${chart.output.file}
              helmRepository: \(server.url)/charts
            """)
        let resource = outcomes["upload"]?.outputs?["resource"]
        #expect(resource?["access"]?["helmChart"] == "app:1.0.0", "\(outcomes)")
        #expect(resource?["digest"]?["value"]?.string == Digest(of: packed).hex)
        #expect(server.file("charts/app-1.0.0.tgz") == packed && server.file("charts/index.yaml") != nil)
    }

    @Test(
        "a branch becomes a commit when it is read",
        .enabled(if: FileServer.isInstalled, "\(FileServer.missing)"))
    func commit() async throws {
        let server = try await FileServer()
        let commit = "3ff8ed0e7386aa6fe19dcbbb8955f34a88745fd0"
        let api = "\(server.folder.path)/files/api/v3/repos/acme/app"
        for folder in ["commits", "tarball"] { try FileSystem.makeFolder("\(api)/\(folder)") }
        try FileSystem.write(Array(commit.utf8), to: "\(api)/commits/main")
        try FileSystem.write(Array("files".utf8), to: "\(api)/tarball/\(commit)")
        let run = try OperationRun()
        try await run.archive([])
        let outcomes = try await run.run(
            """
            - id: get
              type: GetGitHubCommit/v1alpha1
              spec:
                resource:
                  {name: code, version: 1.0.0, type: blob, relation: external,
                   access: {type: gitHub, repoUrl: "\(server.url)/acme/app", ref: main}}
            - id: put
              type: uploader.resource.http/v1alpha1
              data: ${get.output.file}
              url: \(server.url)/copy
            """)
        #expect(outcomes["get"]?.outputs?["resource"]?["access"]?["commit"]?.string == commit, "\(outcomes)")
        #expect(server.file("copy") == Array("files".utf8))
    }

    @Test(
        "an object goes to a store that checks signatures and comes back",
        .enabled(if: ObjectServer.isInstalled, "\(ObjectServer.missing)"))
    func object() async throws {
        let server = try await ObjectServer()
        let key = CredentialResolver.Consumer(
            identities: [["type": "S3", "hostname": "127.0.0.1", "port": "\(server.port)", "scheme": "http"]],
            credential: Credential(["awsAccessKeyID": server.keyID, "awsSecretAccessKey": server.secret]))
        for consumers in [[key], []] {
            let run = try OperationRun(consumers: consumers)
            var contents = LocalContents()
            let bytes = Array("object".utf8)
            let blob = try await run.local("blob", .blob(BlobContent(mediaType: "text/plain", bytes: bytes)), &contents)
            try await run.archive([blob], contents: contents)
            let outcomes = try await run.run(
                """
                - {id: blob, type: CTFGetLocalResource/v1alpha1, spec: {<<: *from, resourceIdentity: {name: blob}}}
                - id: upload
                  type: uploader.resource.s3/v1alpha1
                  data: ${blob.output.file}
                  endpoint: \(server.url)
                  bucketName: \(ObjectServer.bucket)
                  objectKey: app/1.0.0/object.txt
                - id: download
                  type: downloader.resource.s3/v1alpha1
                  access: ${upload.resource.access}
                - id: again
                  type: uploader.resource.s3/v1alpha1
                  data: ${download.data}
                  endpoint: \(server.url)
                  bucketName: \(ObjectServer.bucket)
                  objectKey: app/1.0.0/copy.txt
                """)
            guard !consumers.isEmpty else {
                #expect(outcomes["upload"]?.fault?.code == .forbidden)
                continue
            }
            let access = outcomes["again"]?.outputs?["resource"]?["access"]
            #expect(access?["type"] == "S3Bucket/v1" && access?["version"]?.string != nil, "\(outcomes)")
            #expect(access?["mediaType"] == "text/plain")
            #expect(
                outcomes["again"]?.outputs?["resource"]?["digest"]?["value"]?.string == Digest(of: bytes).hex)
        }
    }

    @Test("an operation refuses accesses of other kinds, and artifacts where files are wanted") func otherKinds()
        async throws
    {
        let run = try OperationRun()
        var contents = LocalContents()
        let image = try await run.local(
            "image", .artifact(OperationRun.artifact(layer: [1], mediaType: "a/b")), &contents)
        try await run.archive([image], contents: contents)
        let outcomes = try await run.run(
            """
            - {id: get, type: CTFGetLocalResource/v1alpha1, spec: {<<: *from, resourceIdentity: {name: image}}}
            - id: upload
              type: uploader.resource.http/v1alpha1
              data: ${get.output.file}
              url: http://127.0.0.1:1/x
            - id: maven
              type: downloader.resource.maven/v1alpha1
              access: {type: wget, url: "http://127.0.0.1:1/x"}
            - id: nothing
              type: downloader.resource.npm/v1alpha1
            """)
        #expect(outcomes["upload"]?.fault?.code == .unsupported && outcomes["maven"]?.fault?.code == .unsupported)
        #expect(outcomes["nothing"]?.fault?.code == .invalid)
    }
}
