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

    /// Moments spread over the time a whole run takes, the same ones in every run of the tests.
    private func moments(_ count: Int, within whole: Duration, seed: UInt64) -> [Duration] {
        Workshop.noise(count, seed: seed).map { whole * (Int($0) + 1) / 256 }
    }

    /// Runs the command and kills it with SIGKILL after a while; false when it had ended by then.
    private func kill(_ workshop: Workshop, _ arguments: [String], after moment: Duration) async throws -> Bool {
        do {
            _ = try await OCM.run(arguments, home: workshop.path, deadline: moment)
            return false
        } catch let fault as Fault where fault.code == .unavailable {
            return true
        }
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
        let whole = try await ContinuousClock().measure {
            try await workshop.done(
                "add", "cv", "--create", "-t", format, "--file", "\(workshop.path)/whole", "constructor.yaml")
        }
        var kills = 0
        for (number, moment) in moments(count, within: whole, seed: 11).enumerated() {
            let target = "\(workshop.path)/target-\(number)"
            let command = ["add", "cv", "--create", "-t", format, "--file", target, "constructor.yaml"]
            if try await kill(workshop, command, after: moment) { kills += 1 }
            if FileSystem.exists(target) { try await expectWhole(workshop, target, signed: false, "\(moment)") }
            let again = try await workshop.ocm(command)
            #expect(again.status == 0, "\(moment): \(again.errors)")
            try await workshop.sign(target)
            let verdict = try await workshop.verify(target)
            #expect(verdict.status == 0, "\(moment): \(verdict.errors)")
            #expect(try leftovers(in: target) == [])
            try FileSystem.remove(target)
        }
        #expect(kills > count / 3, "the moments must fall into the run")
        #expect(try leftovers(in: workshop.path) == [])
    }

    @Test("transfer to an archive", arguments: [("directory", 10), ("tgz", 7)])
    func transfer(format: String, count: Int) async throws {
        let workshop = try workshop()
        try await workshop.build()
        let whole = try await ContinuousClock().measure {
            let carried = try await workshop.transfer(workshop.archive, "\(workshop.path)/whole", ["-t", format])
            #expect(carried.status == 0)
        }
        for (number, moment) in moments(count, within: whole, seed: 12).enumerated() {
            let target = "\(workshop.path)/target-\(number)"
            let command = [
                "transfer", "cv", "--recursive", "--copy-resources", "-t", format,
                "\(workshop.archive)//\(Workshop.product)", target,
            ]
            _ = try await kill(workshop, command, after: moment)
            if FileSystem.exists(target) { try await expectWhole(workshop, target, signed: true, "\(moment)") }
            let again = try await workshop.ocm(command)
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
        let whole = try await ContinuousClock().measure {
            let carried = try await workshop.transfer(workshop.archive, "\(registry.url)/whole")
            #expect(carried.status == 0, "\(carried.errors)")
        }
        for (number, moment) in moments(10, within: whole, seed: 13).enumerated() {
            let target = "\(registry.url)/target-\(number)"
            let command = [
                "transfer", "cv", "--recursive", "--copy-resources", "\(workshop.archive)//\(Workshop.product)", target,
            ]
            _ = try await kill(workshop, command, after: moment)
            try await expectWhole(workshop, target, signed: true, "\(moment)")
            let again = try await workshop.ocm(command)
            #expect(again.status == 0, "\(moment): \(again.errors)")
            let verdict = try await workshop.verify(target)
            #expect(verdict.status == 0, "\(moment): \(verdict.errors)")
        }
    }
}
