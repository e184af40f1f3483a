// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing

@Suite(
    "What was changed after signing is refused when a registry serves it, and when an archive is packed", .serialized,
    .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)),
    .enabled(if: BadRegistryTests.python != nil, "python3 is not installed"))
struct TamperedRegistryTests {
    private static let registry = Task { try await RegistryServer() }

    /// An archive with a version that nobody tampers with, as a tar.
    private static let other = Task { () async throws -> [UInt8] in
        let workshop = try Workshop()
        try workshop.write(
            "other.yaml",
            """
            components:
              - name: example.org/other
                version: 1.0.0
                provider: {name: example.org}
                resources: [{name: text, type: blob, relation: local, input: {type: utf8, text: other}}]

            """)
        try await workshop.done("add", "cv", "--create", "--file", "other.tar", "other.yaml")
        return try FileSystem.read("\(workshop.path)/other.tar", limit: 1 << 20)
    }

    /// Puts the content of an archive into the registry's storage, behind its back.
    private func plant(_ archive: String) async throws -> RegistryServer {
        let registry = try await Self.registry.value
        let script = FileSystem.join(FileSystem.folder(of: #filePath), "Fixtures/plant_in_registry.py")
        let planted = try await ChildProcess.run([
            BadRegistryTests.python ?? "python3", script, archive, "\(registry.folder.path)/data",
        ])
        try #require(planted.status == 0, "\(planted.errors)")
        return registry
    }

    @Test("the attacks are there") func attacks() { #expect(Tampering.some.count == 10) }

    @Test("what is planted as it was signed is accepted") func untouched() async throws {
        let workshop = try await TamperTests.original.value
        let registry = try await plant(workshop.archive)
        let verdict = try await workshop.verify(registry.url)
        #expect(verdict.status == 0, "\(verdict.errors)")
    }

    @Test("verify and a verified transfer refuse it, and nothing appears", arguments: Tampering.some)
    func registry(tampering: Tampering) async throws {
        let (workshop, archive, folder) = try await TamperTests.tampered(tampering)
        let registry = try await plant(archive)
        let verdict = try await workshop.verify(registry.url)
        #expect(verdict.status == 3, "\(verdict.output)\(verdict.errors)")
        #expect(verdict.errors.contains(tampering.named) && verdict.errors.contains("fix:"), "\(verdict.errors)")
        let carried = try await workshop.transfer(registry.url, "\(folder.path)/copy.tgz")
        #expect(carried.status == 3, "\(carried.output)\(carried.errors)")
        #expect(try FileSystem.names(in: folder.path) == ["archive"])
    }

    @Test("packed as a tar it is refused too", arguments: Tampering.some, ["tar", "tgz"])
    func packed(tampering: Tampering, format: String) async throws {
        let (workshop, archive, folder) = try await TamperTests.tampered(tampering)
        let packed = "\(folder.path)/packed.\(format)"
        let tar = try await ChildProcess.run(
            ["tar", format == "tgz" ? "-czf" : "-cf", packed, "artifact-index.json", "blobs"], workingFolder: archive)
        try #require(tar.status == 0, "\(tar.errors)")
        let verdict = try await workshop.verify(packed)
        #expect(verdict.status == 3, "\(verdict.output)\(verdict.errors)")
        #expect(verdict.errors.contains(tampering.named) && verdict.errors.contains("fix:"), "\(verdict.errors)")
    }

    @Test("an archive that has another version stays as it was", arguments: Tampering.some)
    func existing(tampering: Tampering) async throws {
        let (workshop, archive, folder) = try await TamperTests.tampered(tampering)
        let target = "\(folder.path)/existing.tar"
        let before = try await Self.other.value
        try FileSystem.write(before, to: target)
        let carried = try await workshop.transfer(archive, target)
        #expect(carried.status == 3, "\(carried.output)\(carried.errors)")
        #expect(try FileSystem.read(target, limit: 1 << 20) == before)
        #expect(try FileSystem.names(in: folder.path).sorted() == ["archive", "existing.tar"])
    }
}
