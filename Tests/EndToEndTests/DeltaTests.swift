// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import TestServers
import Testing

@Suite("Deltas, made and applied, and in archives that hold only what is new") struct DeltaTests {
    static let next = Workshop.nextProduct

    /// Versions 1.0.0 and 1.1.0, of whose 300 000 bytes of data a few are others.
    static func workshop() async throws -> Workshop {
        let workshop = try Workshop()
        let old = Workshop.noise(300_000, seed: 1)
        try FileSystem.write(old, to: "\(workshop.path)/data.bin")
        try await workshop.build()
        let new = old[..<100_000] + Workshop.noise(2000, seed: 8) + old[100_500...]
        try FileSystem.write(Array(new), to: "\(workshop.path)/data.bin")
        try await workshop.buildNext()
        return workshop
    }

    static func size(of path: String) throws -> Int {
        guard FileSystem.isFolder(path) else { return try FileSystem.read(path, limit: 1 << 26).count }
        return try Workshop.files(in: path).values.reduce(0) { $0 + $1.count }
    }

    @Test("what changed a little travels as a delta, and arrives whole", arguments: Receiver.installed)
    func sinceVersion(receiver: Receiver) async throws {
        let workshop = try await Self.workshop()
        let (target, server) = try await receiver.make(workshop)
        let first = try await DifferenceTests.carry(workshop, Workshop.product, workshop.archive, target)
        #expect(first.status == 0, "\(first.errors)")
        for (number, demand) in [["--since", "1.0.0"], ["--have", "receiver.inventory"]].enumerated() {
            let difference = "\(workshop.path)/difference-\(number).tar"
            try await workshop.done("inventory", "create", target, "-O", "receiver.inventory")
            let cut = try await workshop.ocm(
                ["transfer", "cv", "--recursive", "--copy-resources", "--deltas"] + demand + [
                    "\(workshop.archive)//\(Self.next)", difference,
                ])
            #expect(cut.status == 0 && cut.errors.contains("1 of them travel as deltas"), "\(cut.errors)")
            #expect(try Self.size(of: difference) < 60_000)
            // Whoever has no 1.0.0 is told so before anything is written.
            let refused = try await DifferenceTests.carry(
                workshop, Self.next, difference, "\(workshop.path)/stranger-\(number)")
            #expect(refused.status != 0, "\(refused.errors)")
            #expect(!FileSystem.exists("\(workshop.path)/stranger-\(number)/artifact-index.json"))
            guard number == 1 else { continue }
            let carried = try await DifferenceTests.carry(workshop, Self.next, difference, target)
            #expect(carried.status == 0, "\(carried.errors)")
            let verified = try await workshop.verify(target, Self.next)
            #expect(verified.status == 0, "\(verified.errors)")
            try await workshop.done(
                "download", "resource", "--identity", "name=data", "-O", "data.out",
                "\(target)//example.org/app/leaf:1.1.0")
            #expect(try workshop.read("data.out") == workshop.read("data.bin"))
        }
        withExtendedLifetime(server) {}
    }

    @Test("a damaged delta is refused, and nothing becomes visible")
    func damaged() async throws {
        let workshop = try await Self.workshop()
        let target = "\(workshop.path)/receiver", difference = "\(workshop.path)/difference"
        _ = try await DifferenceTests.carry(workshop, Workshop.product, workshop.archive, target)
        try await workshop.done(
            "transfer", "cv", "--recursive", "--copy-resources", "--deltas", "--since", "1.0.0",
            "\(workshop.archive)//\(Self.next)", difference)
        let record = try JSON(
            parsing: FileSystem.read("\(difference)/omitted-blobs.json", limit: 1 << 20), source: "the record")
        let delta = try #require(record["blobs"]?.array?.compactMap { $0["delta"] }.first)
        let old = try #require(delta["digest"]?.string)
        let path = "\(difference)/blobs/\(old.replacing(":", with: "."))"
        var bytes = try FileSystem.read(path, limit: 1 << 20)
        let forgeries: [() throws -> Void] = [
            // Another byte under the same name, and a forged delta under a name that fits it.
            {
                bytes[bytes.count - 500] ^= 1
                try FileSystem.remove(path)
                try FileSystem.write(bytes, to: path)
            },
            {
                let new = Digest(of: bytes)
                try FileSystem.write(bytes, to: "\(difference)/blobs/sha256.\(new.hex)")
                let text = String(decoding: record.encoded(), as: UTF8.self).replacing(old, with: "\(new)")
                try FileSystem.write(Array(text.utf8), to: "\(difference)/omitted-blobs.json")
            },
        ]
        for forge in forgeries {
            try forge()
            let result = try await DifferenceTests.carry(workshop, Self.next, difference, target)
            #expect([1, 3].contains(result.status), "\(result.errors)")
            #expect(try await workshop.verify(target, Self.next).status != 0)
            #expect(try await workshop.verify(target, Workshop.product).status == 0)
        }
    }

    @Test("make and apply give the file again, and nothing but the file")
    func commands() async throws {
        let workshop = try Workshop()
        let old = Workshop.noise(200_000, seed: 1), new = old[..<50_000] + Workshop.noise(10, seed: 2) + old[50_000...]
        try FileSystem.write(old, to: "\(workshop.path)/old")
        try FileSystem.write(Array(new), to: "\(workshop.path)/new")
        let made = try await workshop.done("delta", "make", "--base", "old", "new", "delta", "-o", "json")
        let size = try #require(JSON(parsing: Array(made.utf8), source: "the answer")["size"]?.int)
        #expect(try Int64(workshop.read("delta").count) == size && size < 500)
        let digest = "\(Digest(of: Array(new)))\n"
        #expect(try await workshop.done("delta", "apply", "--base", "old", "delta", "out") == digest)
        #expect(try workshop.read("out") == Array(new))
        for (arguments, status) in [
            (["delta", "apply", "delta", "none"], 1), (["delta", "apply", "--base", "new", "delta", "none"], 1),
            (["delta", "apply", "--base", "old", "old", "none"], 1),
            (["delta", "apply", "--base", "old", "--digest", "\(Digest(of: old))", "delta", "none"], 3),
        ] as [([String], Int32)] {
            #expect(try await workshop.ocm(arguments).status == status)
            #expect(!FileSystem.exists("\(workshop.path)/none"))
        }
    }
}
