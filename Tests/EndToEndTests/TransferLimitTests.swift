// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestServers
import Testing

@Suite("Bounds of a transfer") struct TransferLimitTests {
    /// An archive with a component of six blobs, 300 MiB together.
    private func source() async throws -> TemporaryFolder {
        let folder = try TemporaryFolder(prefix: "limits")
        var resources = ""
        for index in 0..<6 {
            let file = try FileHandle(creating: "\(folder.path)/blob\(index)")
            for piece in 0..<50 {
                try file.write(Workshop.noise(1 << 12, seed: UInt64(100 * index + piece)).repeated(256)[...])
            }
            resources +=
                "  - {name: blob\(index), type: blob, relation: local, input: {type: file, path: blob\(index)}}\n"
        }
        let constructor =
            "components:\n- name: acme.org/large\n  version: 1.0.0\n  provider: {name: acme.org}\n  resources:\n\(resources)"
        try FileSystem.write(Array(constructor.utf8), to: "\(folder.path)/constructor.yaml")
        let added = try await OCM.run(
            ["add", "cv", "--create", "--file", "source", "constructor.yaml"], home: folder.path)
        try #require(added.status == 0, "\(added.errors)")
        for index in 0..<6 { try FileSystem.removeFile("\(folder.path)/blob\(index)") }
        return folder
    }

    /// Runs `ocm` below GNU time, which says how much of it was in memory at most, in KiB.
    private func peak(_ arguments: [String], home: String) async throws -> (kilobytes: Int, result: ChildProcess.Result)
    {
        let report = "\(home)/time"
        let result = try await ChildProcess.run(
            ["/usr/bin/time", "-f", "%M", "-o", report, OCM.path] + arguments,
            environment: Environment(["HOME": home, "PATH": "/usr/bin:/bin", "TMPDIR": home]), workingFolder: home,
            deadline: .seconds(300))
        let text = String(decoding: try FileSystem.read(report, limit: 1000), as: UTF8.self).trimmed
        return (Int(text.split(separator: "\n").last ?? "") ?? .max, result)
    }

    @Test(
        "300 MiB go from an archive to a registry and back within --max-memory",
        .enabled(if: RegistryServer.isInstalled, "\(RegistryServer.missing)"))
    func memory() async throws {
        let folder = try await source()
        let server = try await RegistryServer()
        let target = "\(server.url)/ocm"
        let limit = 76
        let routes = [("./source", target), (target, "./copy"), ("./source", "./other")]
        for (from, to) in routes {
            let (kilobytes, result) = try await peak(
                [
                    "transfer", "cv", "--copy-resources", "--jobs", "16", "--max-memory", "\(limit)MiB",
                    "\(from)//acme.org/large:1.0.0", to,
                ], home: folder.path)
            #expect(result.status == 0, "\(result.errors)")
            #expect(kilobytes < limit * 1024, "\(from) to \(to): \(kilobytes / 1024) MiB")
        }
        withExtendedLifetime(server) {}
    }

    static let wrong: [([String], String)] = [
        (["--max-memory", "1MiB"], "--max-memory 1.00 MiB is not enough"), (["--max-memory", "much"], "is no size"),
        (["--rate", "fast"], "is no rate"), (["--jobs", "0"], "--jobs 0 is not between"),
    ]

    @Test("what could never work is said before anything moves", arguments: wrong)
    func refused(_ options: [String], _ says: String) async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let target = "\(workshop.path)/target"
        let result = try await workshop.ocm(
            ["transfer", "cv"] + options + ["\(workshop.archive)//\(Workshop.product)", target])
        #expect(result.status != 0 && result.errors.contains(says), "\(result.errors)")
        #expect(!FileSystem.exists(target))
    }

    @Test("temporary files that would be more than --max-disk are refused, and none is left")
    func disk() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        for (size, status) in [("20KiB", Int32(1)), ("10MiB", 0)] {
            // A packed archive is made beside its place first.
            let result = try await workshop.ocm(
                "transfer", "cv", "--recursive", "--copy-resources", "--max-disk", size, "--type", "tar",
                "\(workshop.archive)//\(Workshop.product)", "\(workshop.path)/packed-\(status).tar")
            #expect(result.status == status, "\(result.errors)")
            if status != 0 { #expect(result.errors.contains("--max-disk"), "\(result.errors)") }
            let left = try FileSystem.names(in: workshop.path).filter { $0.hasPrefix(".tmp") }
            #expect(left.isEmpty)
        }
    }
}

extension [UInt8] {
    fileprivate func repeated(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(self.count * count)
        for _ in 0..<count { bytes += self }
        return bytes
    }
}
