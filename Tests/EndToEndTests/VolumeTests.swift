// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Testing

@Suite("Archives on several media") struct VolumeTests {
    /// Volumes of the product, in a folder of their own.
    private func cut(_ workshop: Workshop, _ name: String = "airgap.tgz", _ more: String...) async throws -> [String] {
        try FileSystem.makeFolder("\(workshop.path)/media")
        let made = try await workshop.transfer(
            workshop.archive, "\(workshop.path)/media/\(name)", ["--volume-size", "20KB"] + more)
        try #require(made.status == 0, "\(made.errors)")
        return try FileSystem.names(in: "\(workshop.path)/media").map { "\(workshop.path)/media/\($0)" }
    }

    @Test(
        "are written within the size, checked one by one, and carried on from any folder, under any names",
        arguments: ["airgap.tgz", "airgap.tar", "airgap"])
    func journey(name: String) async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let volumes = try await cut(workshop, name)
        #expect(volumes.count >= 4 && volumes[0].hasSuffix("\(name).vol001"))
        for (index, path) in volumes.enumerated() {
            let size = try FileSystem.read(path, limit: 1 << 20).count
            #expect(size <= 20_000)
            // One medium after another: only this volume is there.
            let stick = "\(workshop.path)/stick-\(volumes.count - index)"
            try FileSystem.makeFolder(stick)
            try FileSystem.rename(path, to: "\(stick)/data.bin")
            let checked = try await workshop.done("volumes", "verify", stick)
            #expect(checked.contains("\(index + 1) of \(volumes.count)") && checked.contains("intact"), "\(checked)")
            #expect(checked.contains("not looked at: "), "\(checked)")
        }
        let incomplete = try await workshop.ocm("volumes", "verify", "--complete", "stick-1", "stick-2")
        #expect(incomplete.status == 1 && incomplete.errors.contains("are missing"), "\(incomplete.errors)")
        // All copied together, in another order.
        try FileSystem.makeFolder("\(workshop.path)/inbox")
        for index in 1...volumes.count {
            try FileSystem.rename("\(workshop.path)/stick-\(index)/data.bin", to: "\(workshop.path)/inbox/\(index).bin")
        }
        try await workshop.done("volumes", "verify", "--complete", "inbox")
        let listed = try await workshop.done("volumes", "list", "inbox/2.bin", "inbox/*.bin", "-o", "json")
        let json = try JSON(parsing: Array(listed.utf8), source: "the list")
        #expect(json[0]?["volumes"]?.array?.count == volumes.count && json[0]?["absent"]?.array?.isEmpty == true)
        for source in ["./inbox", "./inbox/2.bin", "./inbox/*.bin"] {
            let verdict = try await workshop.verify(source)
            #expect(verdict.status == 0, "\(verdict.errors)")
        }
        let carried = try await workshop.transfer("./inbox", "target")
        #expect(carried.status == 0, "\(carried.errors)")
        #expect(try await workshop.verify("target").status == 0)
        let joined = try await workshop.done("volumes", "join", "./inbox/3.bin", "-O", "joined")
        #expect(joined.contains("\(Digest(of: try workshop.read("joined")))"), "\(joined)")
        #expect(try await workshop.verify("./joined").status == 0)
    }

    @Test("name what is missing, damaged or foreign, and the target is not touched") func faults() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let volumes = try await cut(workshop)
        func refused(_ status: Int32, _ texts: String...) async throws {
            for command in [
                ["transfer", "ctf", "media", "target"], ["volumes", "join", "media", "-O", "target"],
                ["verify", "cv", "--public-key", workshop.publicKey, "\(volumes[0])//\(Workshop.product)"],
            ] {
                let result = try await workshop.ocm(command)
                #expect(result.status == status, "\(command): \(result.output)\(result.errors)")
                for text in texts { #expect(result.errors.contains(text), "\(text): \(result.errors)") }
                #expect(!FileSystem.exists("\(workshop.path)/target"))
            }
        }
        let second = try FileSystem.read(volumes[1], limit: 1 << 20)
        try FileSystem.removeFile(volumes[1])
        try await refused(1, "volume 2 of \(volumes.count) is missing")
        try FileSystem.write(Array(second.dropLast(10)), to: volumes[1])
        try await refused(3, "airgap.tgz.vol002", "cut off")
        var flipped = second
        flipped[9000] ^= 1
        try FileSystem.write(flipped, to: volumes[1])
        try await refused(3, "airgap.tgz.vol002", "volume 2 of \(volumes.count)", "damaged")
        let checked = try await workshop.ocm("volumes", "verify", "media")
        #expect(checked.status == 3 && checked.errors.contains("media/airgap.tgz.vol002"), "\(checked.errors)")
        #expect(checked.output.contains("damaged") && checked.output.contains("intact"))
    }

    @Test("hold what is new alone, too") func difference() async throws {
        let workshop = try await DifferenceTests.workshop()
        try #require(
            try await DifferenceTests.carry(workshop, Workshop.product, workshop.archive, "receiver").status == 0)
        let cut = try await DifferenceTests.carry(
            workshop, DifferenceTests.next, workshop.archive, "diff.tar", "--since", "1.0.0", "--volume-size", "8KiB")
        try #require(cut.status == 0, "\(cut.errors)")
        #expect(FileSystem.exists("\(workshop.path)/diff.tar.vol002"))
        let received = try await DifferenceTests.carry(
            workshop, DifferenceTests.next, "diff.tar.vol001", "receiver")
        try #require(received.status == 0, "\(received.errors)")
        #expect(try await workshop.verify("receiver", DifferenceTests.next).status == 0)
    }

    @Test("have a size that makes sense, and a name that is free") func arguments() async throws {
        let workshop = try Workshop()
        try await workshop.build()
        for (size, status) in [("much", Int32(2)), ("0", 2), ("-1GB", 2), ("1KB", 1)] {
            let result = try await workshop.transfer(workshop.archive, "a.tar", ["--volume-size=\(size)"])
            #expect(result.status == status, "\(size): \(result.errors)")
        }
        let registry = try await workshop.transfer(workshop.archive, "localhost:1", ["--volume-size", "1GB"])
        #expect(registry.status == 1 && registry.errors.contains("no archive"), "\(registry.errors)")
        let first = try await workshop.transfer(workshop.archive, "a.tar", ["--volume-size", "1GB"])
        #expect(first.status == 0, "\(first.errors)")
        #expect(try FileSystem.names(in: workshop.path).filter { $0.hasPrefix("a.tar") } == ["a.tar.vol001"])
        let second = try await workshop.transfer(workshop.archive, "a.tar", ["--volume-size", "1GB"])
        #expect(second.status == 1 && second.errors.contains("a.tar.vol001 exists"), "\(second.errors)")
    }
}
