// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import PackageRepositories
import TestInputs
import TestServers
import Testing
import Web
import WebServer

@Suite("Maven snapshots are published as builds") struct MavenSnapshotTests {
    private static let folder = "/maven/org/acme/app"
    private static let list = "\(folder)/2-SNAPSHOT/maven-metadata.xml"
    private static let time = Timestamp(seconds: 1_704_164_645)  // 2024-01-02T03:04:05Z

    private static func coordinates(
        _ version: String = "2-SNAPSHOT", _ fileExtension: String = "jar", classifier: String? = nil
    ) throws -> MavenCoordinates {
        try .app(version, fileExtension, classifier: classifier)
    }

    @Test("each is a file of its own with a description and checksums, and both lists name it last")
    func builds() async throws {
        let server = try PackageServer()
        let repository = try server.maven()
        let first = try await repository.publish(PackageContent([1]), as: Self.coordinates(), time: Self.time)
        #expect(first.coordinates.version == "2-20240102.030405-1" && first.outcome == .published)
        for end in ["jar", "pom"] {
            #expect(server.file("\(Self.folder)/2-SNAPSHOT/app-2-20240102.030405-1.\(end)") != nil)
            #expect(server.file("\(Self.folder)/2-SNAPSHOT/app-2-20240102.030405-1.\(end).sha512")?.count == 128)
        }
        #expect(
            server.text(Self.list) == """
                <?xml version="1.0" encoding="UTF-8"?>
                <metadata modelVersion="1.1.0">
                  <groupId>org.acme</groupId>
                  <artifactId>app</artifactId>
                  <version>2-SNAPSHOT</version>
                  <versioning>
                    <snapshot>
                      <timestamp>20240102.030405</timestamp>
                      <buildNumber>1</buildNumber>
                    </snapshot>
                    <lastUpdated>20240102030405</lastUpdated>
                    <snapshotVersions>
                      <snapshotVersion>
                        <extension>jar</extension>
                        <value>2-20240102.030405-1</value>
                        <updated>20240102030405</updated>
                      </snapshotVersion>
                      <snapshotVersion>
                        <extension>pom</extension>
                        <value>2-20240102.030405-1</value>
                        <updated>20240102030405</updated>
                      </snapshotVersion>
                    </snapshotVersions>
                  </versioning>
                </metadata>

                """)
        let versions = try MavenMetadata(
            parsing: server.file("\(Self.folder)/maven-metadata.xml") ?? [], group: "org.acme", artifact: "app",
            source: "list")
        #expect(versions.versions == ["2-SNAPSHOT"] && versions.release == nil)
        let puts = server.lines.filter { $0.hasPrefix("PUT") && !$0.contains(".xml.") && !$0.contains(".pom.") }
        #expect(puts.last == "PUT \(Self.folder)/maven-metadata.xml" && puts.dropLast().last == "PUT \(Self.list)")

        // The same bytes are the same build; others are the next one, and the first stays readable.
        let again = try await repository.publish(
            PackageContent([1]), as: Self.coordinates(), time: Timestamp(seconds: Self.time.seconds + 9))
        #expect(again.coordinates == first.coordinates && again.outcome == .alreadyThere)
        let second = try await repository.publish(
            PackageContent([2]), as: Self.coordinates(), time: Timestamp(seconds: Self.time.seconds + 60))
        #expect(second.coordinates.version == "2-20240102.030505-2")
        #expect(try await repository.file(Self.coordinates()).content.bytes() == [2])
        #expect(try await repository.file(first.coordinates).content.bytes() == [1])
        #expect(try await repository.pinned(Self.coordinates(), isWholeVersion: true) == second.coordinates)
        // Another file of the snapshot is a build of its own, and both are current.
        let zip = try await repository.publish(
            PackageContent([3]), as: Self.coordinates("2-SNAPSHOT", "zip", classifier: "dist"), time: Self.time)
        #expect(zip.coordinates.version == "2-20240102.030405-3")
        #expect(try await repository.file(Self.coordinates()).content.bytes() == [2])
        #expect(
            try await repository.files(Self.coordinates()).map(\.name) == [
                "app-2-20240102.030405-3-dist.zip", "app-2-20240102.030405-3.pom", "app-2-20240102.030505-2.jar",
            ])
        #expect(try await repository.pinned(Self.coordinates(), isWholeVersion: true) == Self.coordinates())
        await server.stop()
    }

    @Test("those who publish at once have a build each, and the lists and their checksums are whole") func race()
        async throws
    {
        let server = try PackageServer()
        let repository = try server.maven()
        let published = try await withThrowingTaskGroup(of: (UInt8, MavenCoordinates).self) { group in
            for byte: UInt8 in 1...3 {
                group.addTask {
                    let bytes = [UInt8](repeating: byte, count: 100_000)
                    let result = try await repository.publish(
                        PackageContent(bytes), as: Self.coordinates(), time: Self.time)
                    return (byte, result.coordinates)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        #expect(Set(published.values).count == 3, "\(published)")
        for (byte, coordinates) in published {
            let bytes = try await repository.file(coordinates).content.bytes()
            #expect(bytes == [UInt8](repeating: byte, count: 100_000))
        }
        // The current build is the one with the highest number.
        let current = try await repository.pinned(Self.coordinates(), isWholeVersion: false)
        #expect(current.version == published.values.map(\.version).max())
        for path in [Self.list, "\(Self.folder)/maven-metadata.xml"] {
            let sum = try #require(server.file("\(path).sha256"))
            #expect(String(decoding: sum, as: UTF8.self) == Digest(of: server.file(path) ?? []).hex)
        }
        await server.stop()
    }

    @Test("a build that another writer put over is published again under the next number", arguments: ["jar", "pom"])
    func overwritten(fileExtension: String) async throws {
        let path = "\(Self.folder)/2-SNAPSHOT/app-2-20240102.030405-1.\(fileExtension)"
        let other = Array("<project/>".utf8)
        let store = Guarded<Guarded<[String: [UInt8]]>?>(nil)
        // The other's file arrives between ours and the first of our checksums.
        let server = try PackageServer(knowsConditions: false) { request, _ in
            if request.path == "\(path).md5", request.method == .put {
                store.withLock { $0 }?.withLock { $0[path] = other }
            }
            return nil
        }
        store.withLock { $0 = server.files }
        let repository = try server.maven()
        let result = try await repository.publish(PackageContent([1]), as: Self.coordinates(), time: Self.time)
        #expect(result.coordinates.version == "2-20240102.030405-2" && result.outcome == .published)
        #expect(server.file(path) == other)
        #expect(try await repository.file(Self.coordinates()).content.bytes() == [1])
        await server.stop()
    }

    @Test("a later build that others have listed stays the current one") func older() async throws {
        let server = try PackageServer()
        let repository = try server.maven()
        try await repository.publish(PackageContent([1]), as: Self.coordinates(), time: Self.time)
        let later = server.text(Self.list).replacing("20240102.030405-1", with: "20250102.030405-9")
            .replacing("20240102", with: "20250102").replacing("<buildNumber>1<", with: "<buildNumber>9<")
        // Another lists its build between our reading and our listing: the first write of the list fails.
        let isFirst = Guarded(true)
        let racing = try PackageServer { request, _ in
            guard request.path == Self.list, request.method == .put, isFirst.withLock({ $0 }) else { return nil }
            isFirst.withLock { $0 = false }
            return .error(412, "it has changed")
        }
        racing.files.withLock { [files = server.files.withLock({ $0 })] in $0 = files }
        let second = MavenRepository(try racing.address("/maven"), PackageServer.connection())
        racing.files.withLock { $0[Self.list] = Array(later.utf8) }
        let result = try await second.publish(PackageContent([2]), as: Self.coordinates(), time: Self.time)
        #expect(result.coordinates.version == "2-20240102.030405-10")
        #expect(racing.text(Self.list).contains("<lastUpdated>20250102030405</lastUpdated>"))
        await server.stop()
        await racing.stop()
    }

    @Test(
        "what a list names that is no build of the snapshot is replaced",
        arguments: ["3-20990101.000000-9", "2-SNAPSHOT"])
    func strangers(value: String) async throws {
        let list = """
            <metadata><versioning><snapshot><localCopy>true</localCopy></snapshot><snapshotVersions><snapshotVersion>
            <extension>pom</extension><value>\(value)</value></snapshotVersion></snapshotVersions></versioning></metadata>
            """
        let server = try PackageServer([Self.list: Array(list.utf8)])
        let repository = try server.maven()
        let pom = MavenPOM.generate(try Self.coordinates())
        let found = await fault {
            let result = try await repository.publish(
                PackageContent([1]), as: Self.coordinates(), pom: pom, time: Self.time)
            #expect(result.coordinates.version == "2-20240102.030405-1")
            #expect(try await repository.file(Self.coordinates("2-SNAPSHOT", "pom")).content.bytes() == pom)
        }
        // A build of another version is damage, which is not written over.
        #expect(value == "2-SNAPSHOT" ? found == nil : found?.code == .corrupt)
        await server.stop()
    }

    static let badLists = [
        "<metadata><groupId>org.other</groupId></metadata>", "<metadata><version>3-SNAPSHOT</version></metadata>",
        "<html/>", "", "<metadata><versioning><snapshot>",
    ]

    @Test("a list of another version, or one that is none, is not written over", arguments: badLists)
    func badList(text: String) async throws {
        let server = try PackageServer([Self.list: Array(text.utf8)])
        let repository = try server.maven()
        let found = await fault { try await repository.publish(PackageContent([1]), as: Self.coordinates()) }
        #expect(found?.code == .invalid || found?.code == .corrupt, "\(String(describing: found))")
        #expect(server.text(Self.list) == text)
        await server.stop()
    }

    @Test("no build follows the last number that there can be") func lastNumber() async throws {
        let list = """
            <metadata><versioning><snapshot><timestamp>20240102.030405</timestamp><buildNumber>999999999</buildNumber>
            </snapshot></versioning></metadata>
            """
        let server = try PackageServer([Self.list: Array(list.utf8)])
        let repository = try server.maven()
        let found = await fault { try await repository.publish(PackageContent([1]), as: Self.coordinates()) }
        #expect(found?.code == .conflict && !server.lines.contains { $0.hasPrefix("PUT") })
        await server.stop()
    }

    @Test("a damaged list of builds fails with a fault, or names files of its version alone") func mutations()
        async throws
    {
        let server = try PackageServer()
        let repository = try server.maven()
        try await repository.publish(PackageContent([1]), as: Self.coordinates(), time: Self.time)
        let good = server.file(Self.list) ?? []
        var mutator = ByteMutator(samples: [good], seed: 20_260_102)
        for _ in 0..<200 {
            let bad = mutator.next()
            server.files.withLock { $0[Self.list] = bad }
            let found = await fault { _ = try await repository.pinned(Self.coordinates(), isWholeVersion: false) }
            #expect(found.map { [.invalid, .corrupt, .limitExceeded, .unsupported].contains($0.code) } ?? true)
        }
        #expect(server.lines.allSatisfy { $0.contains(Self.folder) })
        await server.stop()
    }

    @Test(
        "a real server without conditions takes builds of several writers, and a snapshot is read by its name",
        .enabled(if: FileServer.isInstalled, "\(FileServer.missing)"))
    func realServer() async throws {
        let server = try await FileServer()
        let repository = MavenRepository(try HTTPURL("\(server.url)/maven"), PackageServer.connection())
        var versions: Set<String> = []
        for byte: UInt8 in 1...2 {
            let result = try await repository.publish(PackageContent([byte]), as: Self.coordinates(), time: Self.time)
            versions.insert(result.coordinates.version)
        }
        #expect(versions == ["2-20240102.030405-1", "2-20240102.030405-2"])
        #expect(try await repository.file(Self.coordinates()).content.bytes() == [2])
    }
}
