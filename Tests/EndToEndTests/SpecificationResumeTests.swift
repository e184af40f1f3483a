// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing

@Suite(
    "Killed in the middle of a blob, a specification moves at most 4 MiB of it again", .serialized,
    .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
struct SpecificationResumeTests {
    private static let size = 24_000_000
    private static let again = 4 * 1024 * 1024
    /// What all the rest has: descriptors, manifests, small blobs, and the heads of requests.
    private static let rest = 400_000

    /// How a specification came to be, and which command runs it.
    enum Way: String, CaseIterable, Sendable {
        /// Printed by a transfer, run as such.
        case printed
        /// Printed by a transfer, run as any specification.
        case printedAsSpecification
        /// By hand: a whole component version.
        case component
        /// By hand: a content is placed, and a descriptor written.
        case graph
        /// By hand: a blob becomes an artifact on its way, which becomes an image.
        case image

        var command: [String] {
            self == .printed
                ? ["transfer", "--transfer-spec", "spec.yaml"] : ["transfer", "specification", "spec.yaml"]
        }
    }

    private func workshop() async throws -> Workshop {
        let workshop = try Workshop()
        let noise = try await ChildProcess.run(
            ["sh", "-c", "head -c \(Self.size) /dev/urandom > data.bin"], workingFolder: workshop.path)
        try #require(noise.status == 0)
        try await workshop.build()
        return workshop
    }

    /// Writes `spec.yaml`, which carries the leaf from an archive to a registry.
    private func write(_ way: Way, _ workshop: Workshop, from archive: String = "./archive", to url: String)
        async throws
    {
        let text: String
        let leaf = "example.org/app/leaf"
        switch way {
        case .printed, .printedAsSpecification:
            text = try await workshop.done(
                "transfer", "cv", "--copy-resources", "\(archive)//\(Workshop.leaf)", url, "--dry-run", "-o", "yaml")
        case .component:
            text = """
                type: transformation.ocm.component/v1alpha1
                transformations:
                - {type: downloader.component.ctf/v1alpha1, id: read, name: \(leaf), version: 1.0.0, filePath: \(archive)}
                - type: verify.component/v1alpha1
                  id: verified
                  componentDescriptor: ${read.outputs.descriptor}
                  signature: release
                - type: uploader.component.oci/v1alpha1
                  id: written
                  baseUrl: '\(url)'
                  data: ${read.outputs.data}
                  componentDescriptor: ${verified.outputs.descriptor}

                """
        case .graph:
            let names = ["text", "data", "left", "right", "image"]
            let target = "{type: OCIRepository/v1, baseUrl: '\(url)'}"
            let operations = names.map { name in
                """
                - id: \(name)
                  type: CTFGetLocalResource/v1alpha1
                  spec:
                    repository: {type: CommonTransportFormat/v1, filePath: \(archive)}
                    component: \(leaf)
                    version: 1.0.0
                    resourceIdentity: {name: \(name)}
                - id: \(name)Placed
                  type: OCIAddLocalResource/v1alpha1
                  spec:
                    repository: \(target)
                    component: \(leaf)
                    version: 1.0.0
                    resource: ${\(name).output.resource}
                    file: ${\(name).output.file}

                """
            }
            text = """
                transformations:
                \(operations.joined())- id: read
                  type: CTFGetComponentVersion/v1alpha1
                  spec:
                    repository: {type: CommonTransportFormat/v1, filePath: \(archive)}
                    component: \(leaf)
                    version: 1.0.0
                - id: write
                  type: OCIAddComponentVersion/v1alpha1
                  spec:
                    repository: \(target)
                    descriptor: ${[read.output.descriptor, \(names.map { "\($0)Placed.output.resource" }.joined(separator: ", "))][0]}

                """
        case .image:
            text = """
                type: transformation.ocm.component/v1alpha1
                transformations:
                - {type: downloader.component.ctf/v1alpha1, id: read, name: \(leaf), version: 1.0.0, filePath: \(archive)}
                - type: downloader.localblob.ctf/v1alpha1
                  id: blob
                  filePath: \(archive)
                  componentDescriptor: ${read.outputs.descriptor}
                  resource: {name: data}
                - {type: localblob.to.oci/v1alpha1, id: artifact, data: '${blob.outputs.data}'}
                - type: uploader.resource.oci/v1alpha1
                  id: placed
                  imageReference: '\(url)/data:1.0.0'
                  data: ${artifact.outputs.data}

                """
        }
        try workshop.write("spec.yaml", text)
    }

    private static func keyed(_ way: Way) -> [String] {
        way == .component ? ["--public-key", "release=public.pem"] : []
    }

    /// Runs the specification and kills it with SIGKILL when so many bytes have passed.
    private func kill(_ way: Way, _ workshop: Workshop, _ proxy: CountingProxy, at offset: Int, _ more: [String] = [])
        async throws
    {
        try proxy.begin("first", limit: offset)
        let command = way.command + Self.keyed(way) + more
        let running = Task { try await OCM.run(command, home: workshop.path) }
        for _ in 0..<3000 where proxy.count("first").up <= offset - 40_000 {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(proxy.count("first").up > offset - 40_000)
        running.cancel()
        let result = await running.result
        #expect(throws: (any Error).self) { try result.get() }
    }

    private func journals(_ workshop: Workshop) throws -> [String] {
        let folder = "\(workshop.path)/.local/state/ocm/transfers"
        return FileSystem.isFolder(folder) ? try FileSystem.names(in: folder) : []
    }

    @Test("on the way out", arguments: Way.allCases, [4_500_000, 17_000_000])
    func out(way: Way, offset: Int) async throws {
        let workshop = try await workshop(), registry = try await RegistryServer()
        let proxy = try await CountingProxy(to: registry.port)
        try await write(way, workshop, to: proxy.url)
        try await kill(way, workshop, proxy, at: offset)
        #expect(try journals(workshop).count == 1)
        try proxy.begin("second")
        let again = try await workshop.ocm(way.command + Self.keyed(way))
        #expect(again.status == 0, "\(again.output)\(again.errors)")
        let moved = proxy.count("second").up
        #expect(moved <= Self.size - offset + Self.again + Self.rest, "\(moved) bytes")
        #expect(try journals(workshop) == [])
        if way == .image {
            let name = "\(registry.folder.path)/data/docker/registry/v2/repositories/data/_manifests/tags/1.0.0"
            #expect(FileSystem.isFolder(name))
        } else {
            let verdict = try await workshop.verify(registry.url, Workshop.leaf)
            #expect(verdict.status == 0, "\(verdict.errors)")
        }
    }

    @Test("on the way in, for a printed one") func into() async throws {
        let workshop = try await workshop(), registry = try await RegistryServer(), offset = 13_000_000
        try await workshop.done("transfer", "cv", "archive//\(Workshop.leaf)", registry.url)
        let proxy = try await CountingProxy(to: registry.port)
        try workshop.write(
            "spec.yaml",
            try await workshop.done(
                "transfer", "cv", "\(proxy.url)//\(Workshop.leaf)", "ctf+tgz::./copy", "--dry-run", "-o", "yaml"))
        try proxy.begin("first", "down", limit: offset)
        let running = Task { try await OCM.run(Way.printed.command, home: workshop.path) }
        var kept: Int64 = 0
        for _ in 0..<3000 where kept <= offset - 2_000_000 {
            try await Task.sleep(for: .milliseconds(10))
            kept =
                try ResumeTests.sizes(in: workshop.path).filter { $0.key.contains(".part-") }.values.max() ?? 0
        }
        #expect(kept > offset - 2_000_000)
        running.cancel()
        let result = await running.result
        #expect(throws: (any Error).self) { try result.get() }
        try proxy.begin("second", "up")
        try await workshop.done(Way.printed.command)
        let moved = proxy.count("second").down
        #expect(moved <= Self.size - offset + Self.again + Self.rest, "\(moved) bytes")
        #expect(try await workshop.verify("./copy", Workshop.leaf).status == 0)
        #expect(try journals(workshop) == [])
    }

    @Test("a specification that was changed begins anew, with a journal of its own") func changed() async throws {
        let workshop = try await workshop(), registry = try await RegistryServer(), offset = 13_000_000
        let proxy = try await CountingProxy(to: registry.port), named = ["--journal", "\(workshop.path)/my.journal"]
        try await write(.component, workshop, to: proxy.url)
        try await kill(.component, workshop, proxy, at: offset, named)
        let text = String(decoding: try workshop.read("spec.yaml"), as: UTF8.self)
        try workshop.write("spec.yaml", text + "- {type: attributes.transformation/v1alpha1, attributes: {a: 1}}\n")
        try proxy.begin("second")
        try await workshop.done(Way.component.command + Self.keyed(.component) + named)
        // What the journal of the other knew was not used.
        #expect(proxy.count("second").up > Self.size)
        #expect(FileSystem.exists("\(workshop.path)/my.journal.old"))
        #expect(!FileSystem.exists("\(workshop.path)/my.journal") && !FileSystem.exists("\(workshop.path)/.local"))
    }

    @Test("what was verified before the kill is verified again") func verified() async throws {
        let workshop = try await workshop(), registry = try await RegistryServer()
        let proxy = try await CountingProxy(to: registry.port)
        try await write(.component, workshop, to: proxy.url)
        try await kill(.component, workshop, proxy, at: 9_000_000)
        // What was on its way when the process was killed still comes through; then its journal is let go.
        try proxy.begin("between")
        let journal = try #require(try journals(workshop).first)
        let path = "\(workshop.path)/.local/state/ocm/transfers/\(journal)"
        try await eventually("the journal is let go") { try FileLock(path) != nil }
        try proxy.begin("second")
        let other = try await ChildProcess.run(
            ["sh", "-c", "openssl genrsa 2048 | openssl rsa -pubout -out other.pem"], workingFolder: workshop.path)
        try #require(other.status == 0)
        let refused = try await workshop.ocm(Way.component.command + ["--public-key", "release=other.pem"])
        #expect(refused.status == 3, "\(refused.output)\(refused.errors)")
        #expect(proxy.count("second").up < Self.rest)
        // Nothing became visible, and whoever has the right key goes on.
        #expect(try await workshop.ocm("get", "cv", "\(registry.url)//example.org/app/leaf").status != 0)
        try await workshop.done(Way.component.command + Self.keyed(.component))
        let moved = proxy.count("between").up + proxy.count("second").up
        #expect(moved <= Self.size - 9_000_000 + Self.again + Self.rest, "\(moved) bytes")
    }

    @Test("unless nobody wants a journal, and one in which nothing stands does not stay") func none() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        try await write(.component, workshop, to: "http://127.0.0.1:1")
        let command = Way.component.command + Self.keyed(.component)
        #expect(try await workshop.ocm(command).status != 0)
        #expect(try journals(workshop) == [])
        try FileSystem.remove("\(workshop.path)/.local")
        #expect(try await workshop.ocm(command + ["--journal", "none"]).status != 0)
        #expect(!FileSystem.exists("\(workshop.path)/.local"))
    }
}
