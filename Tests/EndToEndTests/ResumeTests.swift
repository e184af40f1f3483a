// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing

@Suite(
    "Killed in the middle of a blob, a transfer moves at most 4 MiB of it again", .serialized,
    .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
struct ResumeTests {
    private static let size = 24_000_000
    private static let again = 4 * 1024 * 1024
    /// What all the rest of the product has: descriptors, manifests, small blobs, and the heads of requests.
    private static let rest = 400_000

    private func workshop() async throws -> Workshop {
        let workshop = try Workshop()
        let noise = try await ChildProcess.run(
            ["sh", "-c", "head -c \(Self.size) /dev/urandom > data.bin"], workingFolder: workshop.path)
        try #require(noise.status == 0)
        try await workshop.build()
        return workshop
    }

    private func arguments(_ source: String, _ target: String, _ workshop: Workshop) -> [String] {
        [
            "transfer", "cv", "--recursive", "--copy-resources", "--verify", "release=\(workshop.publicKey)",
            "\(source)//\(Workshop.product)", target,
        ]
    }

    /// Runs a transfer and kills it with SIGKILL as soon as `isThere` says so.
    private func kill(
        _ workshop: Workshop, _ source: String, _ target: String, when isThere: () throws -> Bool
    ) async throws {
        let command = arguments(source, target, workshop)
        let running = Task { try await OCM.run(command, home: workshop.path) }
        for _ in 0..<3000 where try !isThere() { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try isThere())
        running.cancel()
        let result = await running.result
        #expect(throws: (any Error).self) { try result.get() }
    }

    private func finish(_ workshop: Workshop, _ source: String, _ target: String) async throws {
        let again = try await workshop.ocm(arguments(source, target, workshop))
        #expect(again.status == 0, "\(again.errors)")
        let verdict = try await workshop.verify(target)
        #expect(verdict.status == 0, "\(verdict.errors)")
        let journals = try Workshop.files(in: "\(workshop.path)/.local/state/ocm/transfers").keys
        #expect(journals.isEmpty)
    }

    private func journal(_ workshop: Workshop) throws -> (path: String, text: String)? {
        let folder = "\(workshop.path)/.local/state/ocm/transfers"
        guard FileSystem.isFolder(folder), let name = try FileSystem.names(in: folder).first else { return nil }
        let bytes = try FileSystem.read("\(folder)/\(name)", limit: 1 << 20)
        return ("\(folder)/\(name)", String(decoding: bytes, as: UTF8.self))
    }

    @Test("on the way out", arguments: [700_000, 4_500_000, 13_000_000, 23_900_000])
    func out(offset: Int) async throws {
        let workshop = try await workshop(), registry = try await RegistryServer()
        let proxy = try await CountingProxy(to: registry.port)
        try proxy.begin("first", limit: offset)
        try await kill(workshop, workshop.archive, proxy.url + "/out") {
            proxy.count("first").up > offset - 40_000
        }
        try proxy.begin("second")
        try await finish(workshop, workshop.archive, proxy.url + "/out")
        // What passed while the process was gone counts as well.
        let moved = proxy.count("second").up
        #expect(moved <= Self.size - offset + Self.again + Self.rest, "\(moved) bytes")
    }

    @Test("on the way in", arguments: ["directory", "tgz"], [4_500_000, 23_000_000])
    func into(format: String, offset: Int) async throws {
        let workshop = try await workshop(), registry = try await RegistryServer()
        let carried = try await workshop.transfer(workshop.archive, registry.url + "/in")
        try #require(carried.status == 0, "\(carried.errors)")
        let proxy = try await CountingProxy(to: registry.port)
        let target = "ctf+\(format)::\(workshop.path)/copy"
        try proxy.begin("first", "down", limit: offset)
        var kept: Int64 = 0
        try await kill(workshop, proxy.url + "/in", target) {
            kept = try Self.sizes(in: workshop.path).filter { $0.key.contains(".part-") }.values.max() ?? 0
            return kept > offset - 2_000_000
        }
        try proxy.begin("second", "up")
        try await finish(workshop, proxy.url + "/in", target)
        let moved = proxy.count("second").down
        #expect(moved <= Self.size - offset + Self.again + Self.rest, "\(moved) bytes")
        #expect(try Self.sizes(in: workshop.path).keys.filter { $0.contains(".part-") || $0.contains(".tmp-") } == [])
    }

    @Test("from registry to registry", arguments: [1_000_000, 17_000_000])
    func through(offset: Int) async throws {
        let workshop = try await workshop()
        let first = try await RegistryServer(), second = try await RegistryServer()
        let carried = try await workshop.transfer(workshop.archive, first.url + "/from")
        try #require(carried.status == 0, "\(carried.errors)")
        let source = try await CountingProxy(to: first.port), target = try await CountingProxy(to: second.port)
        try source.begin("first")
        try target.begin("first", limit: offset)
        try await kill(workshop, source.url + "/from", target.url + "/to") {
            target.count("first").up > offset - 40_000
        }
        try source.begin("second")
        try target.begin("second")
        try await finish(workshop, source.url + "/from", target.url + "/to")
        #expect(target.count("second").up <= Self.size - offset + Self.again + Self.rest)
        #expect(source.count("second").down <= Self.size - offset + Self.again + Self.rest)
    }

    @Test(
        "and what is known that is wrong costs bytes, nothing else",
        arguments: ["lost session", "torn journal", "damaged journal", "no journal"])
    func wrong(what: String) async throws {
        let workshop = try await workshop(), registry = try await RegistryServer()
        let proxy = try await CountingProxy(to: registry.port)
        try proxy.begin("first", limit: 9_000_000)
        try await kill(workshop, workshop.archive, proxy.url + "/out") { proxy.count("first").up > 8_900_000 }
        try proxy.begin("second")
        // The process that sends has let the journal go when it has noted where the upload stands.
        let file = try #require(try journal(workshop))
        try await eventually("the journal is let go") { try FileLock(file.path) != nil }
        let text = try #require(try journal(workshop)).text
        #expect(try FileSystem.entry(at: file.path)?.mode == 0o600)
        switch what {
        case "lost session":
            try FileSystem.remove("\(registry.folder.path)/data/docker/registry/v2/repositories/out")
        case "torn journal": try FileSystem.write(Array(text.utf8.dropLast(25)), to: file.path)
        case "damaged journal": try FileSystem.write(Array(text.replacing("state", with: "stale").utf8), to: file.path)
        default: try FileSystem.removeFile(file.path)
        }
        try await finish(workshop, workshop.archive, proxy.url + "/out")
    }

    @Test("unless nobody wants a journal") func none() async throws {
        let workshop = try await workshop()
        let carried = try await workshop.transfer(workshop.archive, "\(workshop.path)/copy", ["--journal", "none"])
        #expect(carried.status == 0, "\(carried.errors)")
        #expect(!FileSystem.exists("\(workshop.path)/.local"))
        let named = try await workshop.transfer(
            workshop.archive, "\(workshop.path)/other", ["--journal", "\(workshop.path)/my.journal"])
        #expect(named.status == 0, "\(named.errors)")
        #expect(!FileSystem.exists("\(workshop.path)/.local") && !FileSystem.exists("\(workshop.path)/my.journal"))
    }

    static func sizes(in folder: String, depth: Int = 0) throws -> [String: Int64] {
        var result: [String: Int64] = [:]
        for name in try FileSystem.names(in: folder) {
            // What is listed may have its final name by now.
            guard let entry = try FileSystem.entry(at: "\(folder)/\(name)", followLinks: false) else { continue }
            if entry.kind == .folder, depth < 3 {
                for (inner, size) in (try? sizes(in: "\(folder)/\(name)", depth: depth + 1)) ?? [:] {
                    result["\(name)/\(inner)"] = size
                }
            } else {
                result[name] = entry.size
            }
        }
        return result
    }
}
