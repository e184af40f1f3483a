// SPDX-License-Identifier: Apache-2.0

import AccessControl
import Basics
import ComponentModel
import Cryptography
import Documents
import Registry
import RegistryRules
import RegistryServer
import Repositories
import TestServers
import TestSite
import Testing

@Suite("Everything that is shown is checked again when an operator asks") struct ExamineTests {
    private static let name = "acme/component-descriptors/acme.org/app", image = "acme/images/app"
    private let keys: TemporaryFolder
    init() throws { keys = try TemporaryFolder(prefix: "examine") }

    /// Asks the process that serves; returns the numbers and a line for each tag.
    private func recheck(_ site: SignedSite, isHiding: Bool = false) async throws -> (JSON, [String]) {
        let lines = Guarded<[String]>([])
        let report = try await OperatorSocket.ask(
            .recheck(isHiding: isHiding), of: site.site.host.registry.path,
            progress: { part in
                for tag in part["tags"]?.array ?? [] {
                    let line = [tag["repository"], tag["tag"], tag["outcome"], tag["reason"]].map { $0?.string ?? "" }
                    lines.withLock { $0.append(line.joined(separator: " ").trimmed) }
                }
            })
        return (try #require(report), lines.withLock { $0 })
    }

    private func use(_ key: PrivateKey) throws {
        try FileSystem.write(Array(key.publicKey.pem().utf8), to: "\(keys.path)/release.pem")
    }

    /// A version with an image in a repository of its own, and an image that nothing names.
    private func filled() async throws -> (SignedSite, SampleImage) {
        let site = try await SignedSite(keys)
        let image = SampleImage("a layer")
        try await image.push(to: site.client(), Self.image, tag: "v1")
        try await SampleImage("another").push(to: site.client(), Self.image, tag: "loose")
        var sample = try Sample("acme.org/app:1.0.0")
        sample.add("image", imageAt: "registry.example.org/\(Self.image):v1", image.digest)
        try await site.repository().commit(sample.descriptor(), contents: sample.contents)
        return (site, image)
    }

    @Test("what holds, what does not, and what waits is told, and nothing changes") func report() async throws {
        let (site, _) = try await filled()
        let loose = "\(Self.image) loose waits no verified component version below “acme” names it as a resource"
        let (sound, lines) = try await recheck(site)
        #expect(sound == ["holding": 2, "failing": 0, "waiting": 1, "hidden": 0])
        #expect(lines == ["\(Self.name) 1.0.0 holds", loose, "\(Self.image) v1 holds"])
        try use(SignedSite.stranger)
        let (failed, others) = try await recheck(site)
        #expect(failed == ["holding": 0, "failing": 2, "waiting": 1, "hidden": 0])
        #expect(others[0].contains("was not made with the key"))
        #expect(others[2].hasPrefix("\(Self.image) v1 fails no verified"))
        #expect(try await site.tags(Self.name) == ["1.0.0"])
        #expect(try await site.tags(Self.image) == ["v1"])
    }

    @Test("what does not hold is hidden on demand, keeps its content, and comes back with the key")
    func hiding() async throws {
        let (site, image) = try await filled()
        try use(SignedSite.stranger)
        let (report, _) = try await recheck(site, isHiding: true)
        #expect(report == ["holding": 0, "failing": 2, "waiting": 1, "hidden": 2])
        for name in [Self.name, Self.image] { #expect(try await site.tags(name) == []) }
        let path = "\(Self.image)/manifests/\(image.digest)"
        #expect(try await !site.isShown(path))
        #expect(try await site.ask(path, isPusher: true).status == 200)
        // Those that were shown wait for ever, the other one does not.
        let pending = try site.site.host.registry.pendingTags()
        #expect(pending.filter { $0.expires == nil }.map(\.entry.tag) == ["1.0.0", "v1"])
        let again = try await recheck(site, isHiding: true)
        #expect(again.0 == ["holding": 0, "failing": 0, "waiting": 3, "hidden": 0])
        try use(SignedSite.signer)
        let (verifying, lines) = try await recheck(site)
        #expect(verifying["waiting"] == 3 && lines[0].contains("it verifies now"))
        let after = try await site.restarted()
        #expect(try await after.tags(Self.name) == ["1.0.0"])
        #expect(try await after.tags(Self.image) == ["v1"])
    }

    @Test("a damaged content takes its version and those that refer to it along, however far") func damage()
        async throws
    {
        let site = try await SignedSite(keys)
        var leaf = try Sample("acme.org/leaf:1.0.0")
        try await leaf.add("text", "the text", to: site.repository())
        try await site.repository().commit(leaf.descriptor(), contents: leaf.contents)
        var middle = try Sample("acme.org/app/middle:1.0.0")
        try middle.refer(to: leaf.descriptor())
        let (descriptor, contents) = (try middle.descriptor(), middle.contents)
        try await site.repository().commit(descriptor, contents: contents)
        var top = try Sample("acme.org/app:1.0.0")
        try top.refer(to: descriptor)
        try await site.repository().commit(top.descriptor(), contents: .init())
        try await site.repository().commit(Sample("acme.org/app:0.9.0").descriptor(), contents: .init())
        let digest = Digest(of: Array("the text".utf8))
        let path = "\(site.site.host.registry.path)/blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex)"
        try FileSystem.removeFile(path)
        try FileSystem.write(Array("the tixt".utf8), to: path)
        for isHiding in [false, true] {
            let (report, _) = try await recheck(site, isHiding: isHiding)
            #expect(report == ["holding": 1, "failing": 3, "waiting": 0, "hidden": isHiding ? 3 : 0])
        }
        #expect(try await site.tags(Self.name) == ["0.9.0"])
    }

    @Test("at a start with other rules, a damaged content takes along what refers to its version") func start()
        async throws
    {
        let site = try await SignedSite(keys)
        var leaf = try Sample("acme.org/leaf:1.0.0")
        try await leaf.add("text", "the text", to: site.repository())
        try await site.repository().commit(leaf.descriptor(), contents: leaf.contents)
        var top = try Sample("acme.org/app:1.0.0")
        try top.refer(to: leaf.descriptor())
        try await site.repository().commit(top.descriptor(), contents: .init())
        #expect(try await site.tags(Self.name) == ["1.0.0"])
        await site.site.host.stop(deadline: .zero)
        let digest = Digest(of: Array("the text".utf8))
        let path = "\(site.site.host.registry.path)/blobs/sha256/\(digest.hex.prefix(2))/\(digest.hex)"
        try FileSystem.removeFile(path)
        try FileSystem.write(Array("the tixt".utf8), to: path)
        let after = try await site.restarted { rule in
            [
                try SignatureRule(
                    prefix: rule.prefix, demands: rule.demands,
                    components: ["acme.org/**"].compactMap { RepositoryPattern($0) })
            ]
        }
        for name in [Self.name, "acme/component-descriptors/acme.org/leaf"] {
            #expect(try await after.tags(name) == [])
        }
    }

    @Test("what is pushed meanwhile and holds is not hidden, nor told not to hold") func meanwhile() async throws {
        let site = try await SignedSite(keys)
        let isOver = Guarded(false)
        async let checks: Int = {
            var count = 0
            while !isOver.withLock({ $0 }) {
                let (report, lines) = try await recheck(site, isHiding: count % 2 == 0)
                #expect(report["failing"] == 0, "\(lines)")
                count += 1
                try await Task.sleep(for: .milliseconds(20))
            }
            return count
        }()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                let image = SampleImage("layer \(number)")
                group.addTask { try await image.push(to: site.client(), "acme/images/\(number)", tag: "v1") }
                group.addTask {
                    var sample = try Sample("acme.org/app:1.0.\(number)")
                    sample.add("image", imageAt: "registry.example.org/\(Self.image):v1", image.digest)
                    try await site.repository().commit(sample.descriptor(), contents: sample.contents)
                }
            }
            try await group.waitForAll()
        }
        isOver.withLock { $0 = true }
        #expect(try await checks > 0)
        for number in 0..<8 { #expect(try await site.tags("acme/images/\(number)") == ["v1"], "\(number)") }
        #expect(try await site.tags(Self.name)?.count == 8)
    }

    @Test("nothing is hidden when keys cannot be read, and the operator is told which") func unreadable() async throws {
        let (site, _) = try await filled()
        try FileSystem.removeFile("\(keys.path)/release.pem")
        let fault = try await #require(throws: Fault.self) { try await recheck(site, isHiding: true) }
        #expect(fault.code == .unverified && fault.message.contains("release.pem"))
        #expect(try await site.tags(Self.name) == ["1.0.0"])
    }

    @Test("a registry that nobody serves is checked by rules that are given") func offline() async throws {
        let (site, _) = try await filled()
        await site.site.host.stop(deadline: .zero)
        let registry = try RegistryFolder(site.site.host.registry.path)
        func examine(_ name: String) async throws -> SignatureExamination {
            let rule = try SignatureRule(
                prefix: "acme", demands: [.init(name: name, keys: [.publicKey(path: "\(keys.path)/release.pem")])])
            let tags = Guarded(0)
            let report = try await SignatureGuard([rule], over: registry).examine(hiding: false) { findings in
                tags.withLock { $0 += findings.count }
            }
            #expect(tags.withLock { $0 } == 3)
            return report
        }
        #expect(try await examine("release").holding == 2)
        #expect(try await examine("other").failing == 2)
        await registry.close()
    }

    @Test("a successor that waits stays when what is shown is hidden") func successor() async throws {
        let (site, image) = try await filled()
        let next = SampleImage("the next layer")
        try await next.push(to: site.client(), Self.image, tag: "v1")
        let name = try RepositoryName(Self.image)
        let shown = TagEntry(repository: name, tag: "v1", digest: image.digest, isPending: false)
        let registry = site.site.host.registry
        #expect(try await registry.hideTags([shown]) == [shown])
        let left = try registry.tagEntries(in: name).filter { $0.tag == "v1" }
        #expect(left == [TagEntry(repository: name, tag: "v1", digest: next.digest, isPending: true)])
        // What shows something else by now is let alone.
        #expect(try await registry.hideTags([shown]).isEmpty)
        #expect(try registry.hasManifest(image.digest, in: name))
    }
}
