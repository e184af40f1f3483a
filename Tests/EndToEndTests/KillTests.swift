// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing

@Suite("Killed at any moment, the target has whole versions only, and a rerun succeeds", .serialized)
struct KillTests {
    /// Enough bytes that most moments fall into moving them.
    private func workshop() throws -> Workshop {
        let workshop = try Workshop()
        try FileSystem.removeFile("\(workshop.path)/data.bin")
        try FileSystem.write(Workshop.noise(6_000_000, seed: 7), to: "\(workshop.path)/data.bin")
        return workshop
    }

    /// Parts of the time a whole run takes, the same ones in every run of the tests.
    private func parts(_ count: Int, seed: UInt64) -> [Double] {
        Workshop.noise(count, seed: seed).map { (Double($0) + 1) / 257 }
    }

    /// Runs a command into a target of a new name and kills it with SIGKILL after that part of the time it takes;
    /// returns the name.
    ///
    /// How long it takes depends on what else the machine does: a run that ended too early tells, and the next is killed.
    private func kill(
        _ workshop: Workshop, _ whole: inout Duration, part: Double,
        prepare: (String) async throws -> Void = { _ in }, _ arguments: (String) -> [String]
    ) async throws -> String {
        for attempt in 0..<20 {
            let name = "target-\(part)-\(attempt)"
            try await prepare(name)
            do {
                let took = try await ContinuousClock().measure {
                    _ = try await OCM.run(arguments(name), home: workshop.path, deadline: whole * part)
                }
                whole = min(whole, took)
            } catch let fault as Fault where fault.code == .unavailable {
                return name
            }
        }
        throw Fault(.internal, "no moment fell into the run")
    }

    /// Every version that the target lists can be read to its last byte.
    private func expectWhole(_ workshop: Workshop, _ target: String, signed: Bool, _ moment: String) async throws {
        for version in [Workshop.leaf, Workshop.product] {
            let name = String(version.prefix { $0 != ":" })
            let listed = try await workshop.ocm("get", "cv", "\(target)//\(name)")
            guard listed.status == 0, listed.output.contains("1.0.0") else { continue }
            if signed {
                let verdict = try await workshop.verify(target, version)
                #expect(verdict.status == 0, "\(moment): \(verdict.errors)")
            } else {
                let copy = try TemporaryFolder()
                let read = try await workshop.ocm(
                    "transfer", "cv", "--recursive", "--copy-resources", "\(target)//\(version)", "\(copy.path)/copy")
                #expect(read.status == 0, "\(moment): \(read.errors)")
            }
        }
    }

    private func leftovers(in path: String) throws -> [String] {
        guard FileSystem.isFolder(path) else { return [] }
        return try Workshop.files(in: path).keys.filter { $0.contains(".tmp") }
    }

    @Test("add", arguments: [("directory", 15), ("tgz", 8)])
    func add(format: String, count: Int) async throws {
        let workshop = try workshop()
        var whole = try await ContinuousClock().measure {
            try await workshop.done(
                "add", "cv", "--create", "-t", format, "--file", "\(workshop.path)/whole", "constructor.yaml")
        }
        for moment in parts(count, seed: 11) {
            let command = { (target: String) in
                ["add", "cv", "--create", "-t", format, "--file", target, "constructor.yaml"]
            }
            let name = try await kill(workshop, &whole, part: moment, command)
            let target = "\(workshop.path)/\(name)"
            if FileSystem.exists(target) { try await expectWhole(workshop, target, signed: false, "\(moment)") }
            let again = try await workshop.ocm(command(name))
            #expect(again.status == 0, "\(moment): \(again.errors)")
            try await workshop.sign(target)
            let verdict = try await workshop.verify(target)
            #expect(verdict.status == 0, "\(moment): \(verdict.errors)")
            #expect(try leftovers(in: target) == [])
            try FileSystem.remove(target)
        }
        #expect(try leftovers(in: workshop.path) == [])
    }

    @Test("transfer to an archive", arguments: [("directory", 10), ("tgz", 7)])
    func transfer(format: String, count: Int) async throws {
        let workshop = try workshop()
        try await workshop.build()
        var whole = try await ContinuousClock().measure {
            let carried = try await workshop.transfer(workshop.archive, "\(workshop.path)/whole", ["-t", format])
            #expect(carried.status == 0)
        }
        for moment in parts(count, seed: 12) {
            let command = { (target: String) in
                [
                    "transfer", "cv", "--recursive", "--copy-resources", "-t", format,
                    "\(workshop.archive)//\(Workshop.product)", "ctf::\(target)",
                ]
            }
            let name = try await kill(workshop, &whole, part: moment, command)
            let target = "\(workshop.path)/\(name)"
            if FileSystem.exists(target) { try await expectWhole(workshop, target, signed: true, "\(moment)") }
            let again = try await workshop.ocm(command(name))
            #expect(again.status == 0, "\(moment): \(again.errors)")
            let verdict = try await workshop.verify(target)
            #expect(verdict.status == 0, "\(moment): \(verdict.errors)")
            #expect(try leftovers(in: target) == [])
            try FileSystem.remove(target)
        }
        #expect(try leftovers(in: workshop.path) == [])
    }

    @Test("sign", arguments: [("directory", 6), ("tgz", 4)])
    func sign(format: String, count: Int) async throws {
        let workshop = try workshop()
        try await workshop.done("add", "cv", "--create", "-t", format, "--file", "unsigned", "constructor.yaml")
        func copy(_ name: String) async throws {
            let copied = try await ChildProcess.run(["cp", "-r", "unsigned", name], workingFolder: workshop.path)
            try #require(copied.status == 0, "\(copied.errors)")
        }
        let command = { (target: String) in
            [
                "sign", "cv", "--signature", "release", "--private-key", workshop.privateKey, "--recursive",
                "\(target)//\(Workshop.product)",
            ]
        }
        try await copy("whole")
        var whole = try await ContinuousClock().measure { try await workshop.done(command("whole")) }
        for moment in parts(count, seed: 14) {
            let name = try await kill(workshop, &whole, part: moment, prepare: copy, command)
            let target = "\(workshop.path)/\(name)"
            let listed = try await workshop.done("get", "cv", target)
            #expect(listed.split(separator: "\n").count == 3, "\(moment): \(listed)")
            try await expectWhole(workshop, target, signed: false, "\(moment)")
            let again = try await workshop.ocm(command(name))
            #expect(again.status == 0, "\(moment): \(again.errors)")
            let verdict = try await workshop.verify(target)
            #expect(verdict.status == 0, "\(moment): \(verdict.errors)")
            #expect(try leftovers(in: target) == [])
            try FileSystem.remove(target)
        }
        #expect(try leftovers(in: workshop.path) == [])
    }

    @Test(
        "transfer to a registry",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
    func transferToRegistry() async throws {
        let workshop = try workshop()
        try await workshop.build()
        let registry = try await RegistryServer()
        var whole = try await ContinuousClock().measure {
            let carried = try await workshop.transfer(workshop.archive, "\(registry.url)/whole")
            #expect(carried.status == 0, "\(carried.errors)")
        }
        for moment in parts(10, seed: 13) {
            let command = { (target: String) in
                [
                    "transfer", "cv", "--recursive", "--copy-resources", "\(workshop.archive)//\(Workshop.product)",
                    "\(registry.url)/\(target)",
                ]
            }
            let name = try await kill(workshop, &whole, part: moment, command)
            let target = "\(registry.url)/\(name)"
            try await expectWhole(workshop, target, signed: true, "\(moment)")
            let again = try await workshop.ocm(command(name))
            #expect(again.status == 0, "\(moment): \(again.errors)")
            let verdict = try await workshop.verify(target)
            #expect(verdict.status == 0, "\(moment): \(verdict.errors)")
        }
    }
}
