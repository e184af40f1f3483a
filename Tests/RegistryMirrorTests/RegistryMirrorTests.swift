// SPDX-License-Identifier: Apache-2.0

import AccessControl
import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Registry
import RegistryMirror
import RegistryRules
import RegistryServer
import Repositories
import TestServers
import TestSite
import Testing
import Web
import WebClient

@Suite(
    "Repositories are kept in step with another registry",
    .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
struct RegistryMirrorTests {
    private func rule(
        _ source: RegistryServer, _ change: (inout MirrorRule) -> Void = { _ in }
    ) throws -> MirrorRule {
        let registry = MirrorRegistry(origin: try HTTPURL(source.url).origin, prefix: "up")
        var rule = try MirrorRule(name: "test", source: .registry(registry), target: "here")
        change(&rule)
        return rule
    }

    @Test("what is wanted is brought byte for byte with what refers to it, and once only") func inStep() async throws {
        let source = try await RegistryServer(), target = try await MirrorTarget()
        let client = try source.client()
        let images = (0..<3).map { MirrorImage("layer \($0)") }
        let signature = MirrorImage("a signature", subject: images[0])
        try await images[0].push(to: client, "up/images/app", tag: "1.0.0")
        try await images[1].push(to: client, "up/images/app", tag: "2.0.0")
        try await images[2].push(to: client, "up/images/app", tag: "latest")
        try await signature.push(to: client, "up/images/app", tag: nil)
        try await images[2].push(to: client, "up/secret", tag: "1.0.0")
        try await images[2].push(to: client, "other/app", tag: "1.0.0")
        let leaf = try MirrorVersion("acme.org/zleaf:1.0.0")
        let descriptor = try await leaf.write(to: client, "up")
        try await MirrorVersion("acme.org/app:1.0.0", refersTo: descriptor).write(to: client, "up")
        let patterns = ["images/**", "component-descriptors/**"].compactMap { RepositoryPattern($0) }
        let wanted = try rule(source) { rule in
            rule.repositories = patterns
            rule.versions = VersionConstraint("<2.0.0")
        }
        let report = try await target.mirror.run(wanted)
        #expect(report.isComplete, "\(report.json)")
        #expect(try target.tags("here/images/app") == ["1.0.0"])
        #expect(try target.digest("here/images/app", "1.0.0") == images[0].digest)
        #expect(
            try target.registry.manifest(.digest(signature.digest), in: RepositoryName("here/images/app")) != nil)
        #expect(try target.tags("here/component-descriptors/acme.org/app") == ["1.0.0"])
        #expect(try target.tags("here/secret") == [] && target.tags("here/app") == [])
        let again = try await target.mirror.run(wanted)
        #expect(again.isComplete && again.repositories.allSatisfy { $0.copied.isEmpty && $0.bytesMoved == 0 })
        #expect(again.repositories.reduce(0) { $0 + $1.unchanged } == 3)
        // What moves there moves here.
        try await images[1].push(to: client, "up/images/app", tag: "1.0.0")
        #expect(try await target.mirror.run(wanted).repositories.flatMap(\.copied) == ["1.0.0"])
        #expect(try target.digest("here/images/app", "1.0.0") == images[1].digest)
    }

    @Test("tags that are gone there go here when that is wanted, unless there are none left at all")
    func prune() async throws {
        let source = try await RegistryServer(), target = try await MirrorTarget()
        let client = try source.client()
        let (first, second) = (MirrorImage("one"), MirrorImage("two"))
        try await first.push(to: client, "up/app", tag: "1.0.0")
        try await second.push(to: client, "up/app", tag: "2.0.0")
        let names = ["app"].compactMap { RepositoryPattern($0) }
        let keeping = try rule(source) { $0.repositories = names }
        let pruning = try rule(source) {
            $0.repositories = names
            $0.prunes = true
        }
        _ = try await target.mirror.run(keeping)
        try await first.push(to: target.store, "here/app", tag: "own")
        try await delete(first.digest, source)
        #expect(try await target.mirror.run(keeping).isComplete)
        #expect(try target.tags("here/app") == ["1.0.0", "2.0.0", "own"])
        var limited = pruning
        limited.tags = [Glob("[0-9]*")]
        let report = try await target.mirror.run(limited)
        #expect(report.isComplete && report.repositories.flatMap(\.pruned) == ["1.0.0"])
        #expect(try target.tags("here/app") == ["2.0.0", "own"])
        try await delete(second.digest, source)
        #expect(try await !target.mirror.run(limited).isComplete)
        #expect(try target.tags("here/app") == ["2.0.0", "own"])
    }

    private func delete(_ digest: Digest, _ source: RegistryServer) async throws {
        let url = try HTTPURL("\(source.url)/v2/up/app/manifests/\(digest)")
        let status = try await HTTPClient(HTTPClientSettings()).open(HTTPRequest(method: .delete, url: url)).status
        #expect(status == 202)
    }

    @Test("a repository that fails does not keep the others from being brought") func failure() async throws {
        let source = try await RegistryServer(), target = try await MirrorTarget()
        let client = try source.client()
        let (broken, whole) = (MirrorImage("broken"), MirrorImage("whole"))
        try await broken.push(to: client, "up/a", tag: "1.0.0")
        try await whole.push(to: client, "up/b", tag: "1.0.0")
        let hex = Digest(of: broken.blobs[1]).hex
        let blobs = "\(source.folder.path)/data/docker/registry/v2/blobs/sha256/\(hex.prefix(2))/\(hex)"
        try FileSystem.write(Array("br0ken".utf8), to: "\(blobs)/data")
        let report = try await target.mirror.run(try rule(source))
        #expect(!report.isComplete)
        #expect(report.repositories.first { $0.name == "here/a" }?.failures.first?.tag == "1.0.0")
        #expect(report.repositories.first { $0.name == "here/b" }?.isComplete == true)
        #expect(try target.digest("here/a", "1.0.0") == nil)
        #expect(try target.digest("here/b", "1.0.0") == whole.digest)
    }

    @Test("a source that is not there is a report that says so") func noSource() async throws {
        let target = try await MirrorTarget()
        let registry = MirrorRegistry(origin: try HTTPURL("http://localhost:\(ServerProgram.freePort())").origin)
        let report = try await target.mirror.run(try MirrorRule(name: "test", source: .registry(registry)))
        #expect(!report.isComplete && report.failure != nil)
    }

    @Test("a repository that is named and not there is a failure") func noRepository() async throws {
        let source = try await RegistryServer(), target = try await MirrorTarget()
        try await MirrorImage("a layer").push(to: source.client(), "up/app", tag: "1.0.0")
        let names = ["app", "ap"].compactMap { RepositoryPattern($0) }
        let report = try await target.mirror.run(try rule(source) { $0.repositories = names })
        #expect(report.repositories.map(\.isComplete) == [false, true])
    }

    @Test("a registry that runs is written to over HTTP") func running() async throws {
        let source = try await RegistryServer(), site = try await SiteRegistry()
        let image = MirrorImage("a layer")
        try await image.push(to: source.client(), "up/app", tag: "1.0.0")
        let client = RegistryClient(
            origin: try HTTPURL(site.url).origin, http: HTTPClient(HTTPClientSettings()), credentials: { _ in nil })
        let mirror = RegistryMirror(to: client, clock: { RegistryFolder.wallClock() })
        #expect(try await mirror.run(try rule(source)).isComplete)
        let name = try RepositoryName("here/app")
        #expect(try site.host.registry.manifest(.tag("1.0.0"), in: name)?.digest == image.digest)
    }

    @Test("the schedule runs each rule at its interval and goes on after failures") func schedule() async throws {
        let target = try await MirrorTarget()
        let registry = MirrorRegistry(origin: try HTTPURL("http://localhost:\(ServerProgram.freePort())").origin)
        var rule = try MirrorRule(name: "test", source: .registry(registry))
        rule.interval = 77
        let (reports, waits) = (Guarded(0), Guarded<[Int64]>([]))
        let schedule = MirrorSchedule([rule], target.mirror) { seconds in
            waits.withLock { $0.append(seconds) }
            if waits.withLock({ $0.count }) == 3 { throw CancellationError() }
        } report: { report in
            #expect(report.failure != nil)
            reports.withLock { $0 += 1 }
        }
        await schedule.run()
        #expect(reports.withLock { $0 } == 3)
        #expect(waits.withLock { $0 } == [77, 77, 77])
    }
}
