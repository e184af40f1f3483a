// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Documents
import PackageRepositories
import TestInputs
import Testing
import Web
import WebServer

@Suite("Helm charts are published, to web servers and to ChartMuseum") struct HelmTests {
    static func chart(_ name: String = "app", _ version: String = "1.0.0", text: String = "") async throws -> [UInt8] {
        try await Tar.stream([
            .bytes("\(name)/Chart.yaml", Array("apiVersion: v2\nname: \(name)\nversion: \(version)\n".utf8)),
            .bytes("\(name)/templates/x.yaml", Array("# \(text)\n".utf8)),
        ]).gzipped().collect(limit: 1 << 20)
    }
    private static let time = Timestamp(seconds: 1_700_000_000)

    @Test("a web server gets chart, provenance and an entry; newer versions stand in front; twice is no error")
    func files() async throws {
        let old = "apiVersion: v1\nentries:\n  other:\n  - {name: other, version: 2.0.0, urls: [x.tgz]}\nx-kept: yes\n"
        let server = try PackageServer(["/charts/index.yaml": Array(old.utf8)])
        let repository = ChartRepository(try server.address("/charts"), PackageServer.connection())
        for version in ["1.0.0", "1.1.0-rc.1", "1.1.0", "0.9.0"] {
            let bytes = try await Self.chart("app", version)
            let published = try await repository.publish(
                PackageContent(bytes), provenance: Array("signed".utf8), time: Self.time)
            #expect(published.outcome == .published && published.chart.name == "app")
            #expect(server.file("/charts/app-\(version).tgz") == bytes)
            #expect(server.text("/charts/app-\(version).tgz.prov") == "signed")
        }
        let index = try HelmIndex(parsing: server.file("/charts/index.yaml") ?? [], source: "index")
        #expect(index.entries(of: "app").map { $0["version"]?.string } == ["1.1.0", "1.1.0-rc.1", "1.0.0", "0.9.0"])
        #expect(index.entries(of: "other").count == 1 && server.text("/charts/index.yaml").contains("x-kept"))
        #expect(index.entry(of: "app", "1.0.0")?["digest"]?.string?.count == 64)
        let again = try await repository.publish(PackageContent(Self.chart()), time: Self.time)
        #expect(again.outcome == .alreadyThere)
        let other = try await Self.chart(text: "other")
        #expect(await fault { try await repository.publish(PackageContent(other)) }?.code == .conflict)
        await server.stop()
    }

    @Test("ChartMuseum gets the chart as it is, below the path of its repository", arguments: ["", "/team/stable"])
    func chartMuseum(path: String) async throws {
        let bytes = try await Self.chart()
        let seen = Guarded<[UInt8]>([])
        let listed = Guarded<[UInt8]?>(nil)
        let server = try PackageServer { request, body in
            if request.path == "/api\(path)/charts" {
                let isNew = seen.withLock { $0.isEmpty }
                if isNew { seen.withLock { $0 = body } }
                return ServerResponse(status: isNew ? 201 : 409)
            }
            if request.path == "\(path)/index.yaml" {
                return listed.withLock { $0 }.map { ServerResponse(status: 200, body: .bytes($0)) }
            }
            return request.path == "/api\(path)/prov" ? ServerResponse(status: 201) : nil
        }
        let repository = ChartRepository(try server.address(path), PackageServer.connection())
        let published = try await repository.publish(PackageContent(bytes), provenance: [1], form: .chartMuseum)
        #expect(published.outcome == .published && seen.withLock { $0 } == bytes)
        #expect(server.lines == ["POST /api\(path)/charts", "POST /api\(path)/prov"])
        var index = HelmIndex()
        _ = try index.add(published.chart, time: Self.time)
        listed.withLock { [index] in $0 = index.encoded() }
        #expect(try await repository.publish(PackageContent(bytes), form: .chartMuseum).outcome == .alreadyThere)
        let other = try await Self.chart(text: "other")
        let conflict = await fault { try await repository.publish(PackageContent(other), form: .chartMuseum) }
        #expect(conflict?.code == .conflict)
        await server.stop()
    }

    @Test(
        "what is no chart, or has a name that leads elsewhere, is refused",
        arguments: [
            ("../../x", "1.0.0"), ("a/b", "1.0.0"), (".", "1.0.0"), ("app", "../1"), ("app", "latest"), ("-a", "1.0.0"),
        ])
    func refusal(name: String, version: String) async throws {
        let server = try PackageServer()
        let repository = ChartRepository(try server.address(), PackageServer.connection())
        let yaml = "name: \"\(name)\"\nversion: \"\(version)\"\n"
        let bytes = try await Tar.stream([.bytes("app/Chart.yaml", Array(yaml.utf8))]).gzipped().collect(limit: 1 << 20)
        #expect(await fault { try await repository.publish(PackageContent(bytes)) }?.code == .invalid)
        #expect(server.lines.isEmpty)
        await server.stop()
    }

    @Test(
        "a list that is none stays as it is",
        arguments: ["<html>", "- a", "apiVersion: v2", "apiVersion: v1\nentries: 7"])
    func foreignIndex(text: String) async throws {
        let server = try PackageServer(["/index.yaml": Array(text.utf8)])
        let repository = ChartRepository(try server.address(), PackageServer.connection())
        #expect(await fault { try await repository.publish(PackageContent(try await Self.chart())) }?.code == .invalid)
        #expect(server.text("/index.yaml") == text)
        await server.stop()
    }

    @Test("damaged lists are refused or keep what they hold when a chart is added", arguments: [1, 2] as [UInt64])
    func damage(seed: UInt64) async throws {
        let sample = """
            apiVersion: v1
            entries:
              app:
              - {name: app, version: 0.9.0, urls: [a.tgz], digest: 00}
              other: [{version: 1}]
            generated: "2024-01-01T00:00:00Z"
            """
        let chart = try await PackedChart(reading: PackageContent(Self.chart()))
        var mutator = ByteMutator(
            samples: [Array(sample.utf8)], tokens: ["app:", "- ", "null", "{}", "[]", "&a ", "*a", "1.0.0"], seed: seed)
        var accepted = 0
        for _ in 0..<1500 {
            guard var index = try? HelmIndex(parsing: mutator.next(), source: "index") else { continue }
            let before = index.json["entries"]?.object?.keys ?? []
            guard (try? index.add(chart, time: Self.time)) == true else { continue }
            accepted += 1
            let again = try HelmIndex(parsing: index.encoded(), source: "again")
            #expect(again.entry(of: "app", "1.0.0") != nil)
            #expect(Set(before).isSubset(of: Set(again.json["entries"]?.object?.keys ?? [])))
        }
        #expect(accepted > 50)
    }
}
