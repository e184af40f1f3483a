// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import PackageRepositories
import TestServers
import Testing
import Web
import WebServer

@Suite("Maven artifacts are found, checked and published") struct MavenTests {
    private static func coordinates(
        _ version: String = "1.0", _ fileExtension: String = "jar", classifier: String? = nil
    ) throws -> MavenCoordinates {
        try .app(version, fileExtension, classifier: classifier)
    }
    private static let folder = "/maven/org/acme/app"

    static let badParts = [
        ("..", "app", "1.0", "jar"), ("org..acme", "app", "1.0", "jar"), ("org/acme", "app", "1.0", "jar"),
        ("org.acme", "..", "1.0", "jar"), ("org.acme", "../../etc", "1.0", "jar"), ("org.acme", "app", "..", "jar"),
        ("org.acme", "app", "1.0/../../x", "jar"), ("org.acme", "app", "%2e%2e", "jar"), ("", "app", "1.0", "jar"),
        ("org.acme", "app", "1.0", "jar/../x"), ("org.acme", "app", "1.0", "sha1"),
        ("org.acme", "app", "1.0", "jar.md5"),
        ("org.acme", "app", "LATEST", "jar"), ("org.acme", "app", "release", "jar"),
        ("org.acme", "app?x", "1.0", "jar"),
        ("org.acme", "app\\x", "1.0", "jar"), ("org.acme", "app", "1.0", ""), ("orgé", "app", "1.0", "jar"),
        ("org.acme", String(repeating: "a", count: 256), "1.0", "jar"), (".org", "app", "1.0", "jar"),
    ]

    @Test("parts that are no names are refused", arguments: badParts)
    func badCoordinates(group: String, artifact: String, version: String, fileExtension: String) {
        let fault = #expect(throws: Fault.self) {
            try MavenCoordinates(group: group, artifact: artifact, version: version, fileExtension: fileExtension)
        }
        #expect(fault?.code == .invalid)
    }

    @Test("a published file has checksums, a description and a place in the list; it reads back; twice is no error")
    func publishing() async throws {
        let server = try PackageServer()
        let repository = try server.maven()
        let bytes = Array("the artifact".utf8)
        var details = MavenPOM.Details()
        (details.name, details.summary) = ("App <1>", "does \"this\" & that")
        details.licenses = ["Apache-2.0"]
        let coordinates = try Self.coordinates()
        #expect(
            try await repository.publish(PackageContent(bytes), as: coordinates, details: details).outcome == .published
        )
        let pom = server.text("\(Self.folder)/1.0/app-1.0.pom")
        #expect(pom.contains("<name>App &lt;1&gt;</name>") && pom.contains("&quot;this&quot; &amp; that"))
        for (name, value) in [
            ("md5", "7baf5861c4cfebb033a5ebf507cb7f4b"), ("sha1", "df8419382543043a6f6b87551c6138022fa58c8c"),
        ] {
            #expect(server.text("\(Self.folder)/1.0/app-1.0.jar.\(name)") == value)
        }
        let list = try MavenMetadata(
            parsing: server.file("\(Self.folder)/maven-metadata.xml") ?? [], group: "org.acme", artifact: "app",
            source: "list")
        #expect(list.versions == ["1.0"] && list.release == "1.0" && list.latest == "1.0")
        let file = try await repository.file(coordinates)
        #expect(file.checksum?.kind == .sha512)
        #expect(try await file.content.bytes() == bytes)
        #expect(try await repository.publish(PackageContent(bytes), as: coordinates).outcome == .alreadyThere)
        #expect(try await repository.publish(PackageContent(bytes), as: Self.coordinates("1.1")).outcome == .published)
        #expect(server.text("\(Self.folder)/maven-metadata.xml").contains("<version>1.1</version>"))
        // A second file of a version leaves the description alone.
        try await repository.publish(PackageContent([1]), as: Self.coordinates("1.0", "zip", classifier: "dist"))
        #expect(server.text("\(Self.folder)/1.0/app-1.0.pom") == pom)
        await server.stop()
    }

    @Test("a release is not written over, whether the server knows conditions or not", arguments: [true, false])
    func conflict(knowsConditions: Bool) async throws {
        let server = try PackageServer(knowsConditions: knowsConditions)
        let repository = try server.maven()
        let coordinates = try Self.coordinates()
        try await repository.publish(PackageContent([1, 2]), as: coordinates)
        for other: [UInt8] in [[1, 3], [1, 2, 3], []] {
            let found = await fault { try await repository.publish(PackageContent(other), as: coordinates) }
            #expect(found?.code == .conflict)
        }
        #expect(server.file("\(Self.folder)/1.0/app-1.0.jar") == [1, 2])
        await server.stop()
    }

    @Test("content that does not match its checksum is refused before its end", arguments: ChecksumKind.allCases)
    func damage(kind: ChecksumKind) async throws {
        let server = try PackageServer()
        let repository = try server.maven()
        let coordinates = try Self.coordinates()
        try await repository.publish(PackageContent(Array("good".utf8)), as: coordinates)
        let path = "\(Self.folder)/1.0/app-1.0.jar"
        for other in ChecksumKind.allCases where other != kind {
            server.files.withLock { $0["\(path).\(other)"] = nil }
        }
        let file = try await repository.file(coordinates)
        #expect(file.checksum?.kind == kind)
        #expect(try await file.content.bytes() == Array("good".utf8))
        server.files.withLock { $0[path] = Array("evil".utf8) }
        let found = await fault { _ = try await repository.file(coordinates).content.bytes() }
        #expect(found?.code == .mismatch)
        await server.stop()
    }

    static let checksumTexts: [(String, Bool)] = [
        ("0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33", true), ("0BEEC7B5EA3F0FDBC95D0DD47F3C5BC275DA8A33\n", true),
        ("0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33  app-1.0.jar\n", true),
        ("SHA1(app-1.0.jar)= 0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33", true),
        ("<html>0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33</html>", false), ("", false), ("0beec7b5", false),
    ]

    @Test("checksum files of different tools are read, and pages that are none are refused", arguments: checksumTexts)
    func checksumFiles(text: String, isGood: Bool) async throws {
        let path = "\(Self.folder)/1.0/app-1.0.jar"
        let server = try PackageServer([path: Array("foo".utf8), "\(path).sha1": Array(text.utf8)])
        let repository = try server.maven()
        let found = await fault { _ = try await repository.file(Self.coordinates()).content.bytes() }
        #expect(isGood ? found == nil : found?.code == .corrupt)
        await server.stop()
    }

    @Test("two who publish at once are both listed", arguments: [true, false])
    func race(knowsConditions: Bool) async throws {
        let server = try PackageServer(knowsConditions: knowsConditions)
        let repository = try server.maven()
        if knowsConditions {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for version in ["1", "2", "3"] {
                    group.addTask {
                        try await repository.publish(PackageContent([1]), as: Self.coordinates(version))
                    }
                }
                try await group.waitForAll()
            }
        } else {
            for version in ["1", "2", "3"] {
                try await repository.publish(PackageContent([1]), as: Self.coordinates(version))
            }
        }
        let list = try MavenMetadata(
            parsing: server.file("\(Self.folder)/maven-metadata.xml") ?? [], group: "org.acme", artifact: "app",
            source: "list")
        #expect(list.versions.sorted() == ["1", "2", "3"])
        await server.stop()
    }

    private static func snapshotList(_ value: String) -> [UInt8] {
        Array(
            """
            <metadata><versioning><snapshot><timestamp>20240102.030405</timestamp><buildNumber>7</buildNumber></snapshot>
            <snapshotVersions><snapshotVersion><extension>jar</extension><value>\(value)</value></snapshotVersion>
            <snapshotVersion><extension>jar.sha1</extension><value>x</value></snapshotVersion></snapshotVersions>
            </versioning></metadata>
            """.utf8)
    }

    @Test("a snapshot is the build that the repository names") func snapshot() async throws {
        let folder = "\(Self.folder)/2-SNAPSHOT"
        let server = try PackageServer([
            "\(folder)/maven-metadata.xml": Self.snapshotList("2-20240102.030405-6"),
            "\(folder)/app-2-20240102.030405-6.jar": [6], "\(folder)/app-2-20240102.030405-7.zip": [7],
        ])
        let repository = try server.maven()
        #expect(try await repository.file(Self.coordinates("2-SNAPSHOT")).content.bytes() == [6])
        #expect(try await repository.file(Self.coordinates("2-SNAPSHOT", "zip")).content.bytes() == [7])
        // One build is read by its own name, in the folder of the snapshot.
        let build = try Self.coordinates("2-20240102.030405-7", "zip")
        #expect(try await repository.file(build).content.bytes() == [7])
        let refused = await fault { try await repository.publish(PackageContent([1]), as: build) }
        #expect(refused?.code == .invalid)
        await server.stop()
    }

    @Test(
        "a list of builds cannot lead to another folder or version", arguments: ["../../../other/1/o-1", "3-1", ".."])
    func hostileSnapshot(value: String) async throws {
        let server = try PackageServer(["\(Self.folder)/2-SNAPSHOT/maven-metadata.xml": Self.snapshotList(value)])
        let repository = try server.maven()
        let found = await fault { _ = try await repository.file(Self.coordinates("2-SNAPSHOT")) }
        #expect(found?.code == .invalid || found?.code == .corrupt)
        #expect(server.lines == ["GET \(Self.folder)/2-SNAPSHOT/maven-metadata.xml"])
        await server.stop()
    }

    @Test("all files of a version come as one archive, always the same bytes") func archive() async throws {
        let server = try PackageServer()
        let repository = try server.maven()
        try await repository.publish(PackageContent([1]), as: Self.coordinates())
        try await repository.publish(PackageContent([2]), as: Self.coordinates("1.0", "jar", classifier: "sources"))
        let archive = try await repository.archive(Self.coordinates())
        let bytes = try await archive.bytes()
        #expect(try await archive.bytes() == bytes)
        #expect(try await repository.archive(Self.coordinates()).bytes() == bytes)
        let reader = TarReader(ByteStream(bytes).gunzipped(source: "archive"), source: "archive")
        var names: [String] = []
        while let entry = try await reader.next() { names.append(entry.path) }
        #expect(names == ["app-1.0-sources.jar", "app-1.0.jar", "app-1.0.pom"])
        await server.stop()
    }

    @Test("a description of another artifact is refused, and one that Maven computes is not") func descriptions()
        async throws
    {
        let server = try PackageServer()
        let repository = try server.maven()
        let pom = { (artifact: String, version: String) in
            Array("<project><groupId>org.acme</groupId><artifactId>\(artifact)</artifactId>\(version)</project>".utf8)
        }
        let wrong = await fault {
            try await repository.publish(
                PackageContent([1]), as: Self.coordinates(), pom: pom("other", "<version>1.0</version>"))
        }
        #expect(wrong?.code == .invalid && server.lines.isEmpty)
        let inherited = pom("app", "<parent><version>${revision}</version></parent>")
        try await repository.publish(PackageContent([1]), as: Self.coordinates(), pom: inherited)
        #expect(server.file("\(Self.folder)/1.0/app-1.0.pom") == inherited)
        await server.stop()
    }

    @Test(
        "a real server is asked with a name and password, and is not without",
        .enabled(if: FileServer.isInstalled, "\(FileServer.missing)"))
    func realServer() async throws {
        let server = try await FileServer()
        let url = try HTTPURL("\(server.url)/private/maven")
        let known = PackageServer.connection { _, _ in
            .basic(username: FileServer.user, password: FileServer.password)
        }
        let bytes = [UInt8](repeating: 0x2E, count: 3_000_000)
        // A version with a plus is one path, however servers read the sign.
        for version in ["1.0", "1.1+build.7"] {
            let coordinates = try Self.coordinates(version)
            try await MavenRepository(url, known).publish(PackageContent(bytes), as: coordinates)
            #expect(server.file("private/maven/org/acme/app/\(version)/app-\(version).jar") == bytes)
            #expect(try await MavenRepository(url, known).file(coordinates).content.bytes() == bytes)
        }
        for connection in [
            PackageServer.connection(), PackageServer.connection { _, _ in .basic(username: "carrier", password: "x") },
        ] {
            let repository = MavenRepository(url, connection)
            #expect(await fault { _ = try await repository.file(Self.coordinates()) }?.code == .unauthorized)
            let refused = await fault { try await repository.publish(PackageContent([1]), as: Self.coordinates("2.0")) }
            #expect(refused?.code == .unauthorized)
        }
        #expect(server.file("private/maven/org/acme/app/2.0/app-2.0.jar") == nil)
    }

    @Test("a redirect to another origin gets no credential") func redirect() async throws {
        let thief = try PackageServer(["/app-1.0.jar": [1]])
        let server = try PackageServer { [url = thief.url] request, _ in
            request.path.hasSuffix("app-1.0.jar")
                ? ServerResponse(status: 302, headers: ["Location": "\(url)/app-1.0.jar"]) : nil
        }
        let own = try server.address().origin
        let connection = PackageServer.connection { _, url in
            url.origin == own ? .basic(username: "u", password: "p") : nil
        }
        let repository = MavenRepository(try server.address("/maven"), connection)
        #expect(try await repository.file(Self.coordinates()).content.bytes() == [1])
        #expect(server.requests.withLock { $0.allSatisfy { $0.headers["Authorization"] == "Basic dTpw" } })
        #expect(thief.requests.withLock { !$0.isEmpty && $0.allSatisfy { $0.headers["Authorization"] == nil } })
        await server.stop()
        await thief.stop()
    }
}
