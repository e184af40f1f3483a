// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@testable import Repositories

/// Something that happened to a set of volumes, and what is said of it.
struct VolumeFault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: Fault.Code
    let says: [String]
    let damage: @Sendable (CutArchive, [String]) async throws -> Void

    init(
        _ description: String, _ code: Fault.Code, says: String...,
        damage: @escaping @Sendable (CutArchive, [String]) async throws -> Void
    ) {
        (testDescription, self.code, self.says, self.damage) = (description, code, says, damage)
    }

    /// The bytes with a right checksum over the header, as an attacker would make it.
    static func sealed(_ bytes: inout [UInt8]) {
        bytes.replaceSubrange(480..<512, with: Digest(of: Array(bytes[..<480])).bytes)
    }

    /// Makes of a header that of a larger whole, whose numbers follow from one another.
    static func claimLarger(_ bytes: inout [UInt8]) {
        let count = bytes[27]
        bytes[27] = count + 1
        let total = (Int64(count) * 3584 + 100)
        for index in 0..<8 { bytes[32 + index] = UInt8(truncatingIfNeeded: total >> Int64(8 * (7 - index))) }
        sealed(&bytes)
    }

    static let all: [VolumeFault] = [
        VolumeFault("one is missing", .notFound, says: "volume 2 of", "missing") { _, volumes in
            try FileSystem.removeFile(volumes[1])
        },
        VolumeFault("three are missing", .notFound, says: "volumes 2, 3, 4 of", "missing") { _, volumes in
            for path in volumes[1...3] { try FileSystem.removeFile(path) }
        },
        VolumeFault("one is cut off", .mismatch, says: "vol002", "cut off at 700") { archive, volumes in
            try archive.edit(volumes[1]) { $0.removeLast($0.count - 700) }
        },
        VolumeFault("one is cut off in its header", .mismatch, says: "vol002", "header") { archive, volumes in
            try archive.edit(volumes[1]) { $0.removeLast($0.count - 100) }
        },
        VolumeFault("one is empty", .notFound, says: "vol002", "volume 2 of") { archive, volumes in
            try archive.edit(volumes[1]) { $0 = [] }
        },
        VolumeFault("one is too long", .mismatch, says: "vol002", "4097 bytes instead of 4096") { archive, volumes in
            try archive.edit(volumes[1]) { $0.append(0) }
        },
        VolumeFault("a bit of a payload flipped", .mismatch, says: "vol002", "volume 2 of", "damaged") {
            archive, volumes in
            try archive.edit(volumes[1]) { $0[3000] ^= 4 }
        },
        VolumeFault("bits of two payloads flipped", .mismatch, says: "vol002", "vol004") { archive, volumes in
            for path in [volumes[1], volumes[3]] { try archive.edit(path) { $0[512] ^= 1 } }
        },
        VolumeFault("a bit of a header flipped", .mismatch, says: "vol003", "header", "volume 3 of") {
            archive, volumes in
            try archive.edit(volumes[2]) { $0[23] ^= 1 }
        },
        VolumeFault("a bit of the magic flipped", .notFound, says: "vol003", "volume 3 of") { archive, volumes in
            try archive.edit(volumes[2]) { $0[3] ^= 1 }
        },
        VolumeFault("one is there twice", .invalid, says: "copy.bin", "vol002", "both volume 2") { archive, volumes in
            try FileSystem.write(
                FileSystem.read(volumes[1], limit: 1 << 20), to: "\(archive.folder.path)/copy.bin")
        },
        VolumeFault("one is of another set", .notFound, says: "vol002 belongs to another set", "volume 2 of") {
            archive, volumes in
            let other = try await CutArchive(sample: SampleArtifact(["{}", CutArchive.text(seed: 9, count: 15_000)]))
            try FileSystem.write(FileSystem.read(other.volumes()[1], limit: 1 << 20), to: volumes[1])
        },
        VolumeFault("one claims another count", .notFound, says: "vol002", "volumes", "of", "missing") {
            archive, volumes in
            try archive.edit(volumes[1], VolumeFault.claimLarger)
            try FileSystem.removeFile(volumes[2])
        },
        VolumeFault("two counts are claimed", .invalid, says: "vol001 says that there are", "vol002") {
            archive, volumes in
            try archive.edit(volumes[1], VolumeFault.claimLarger)
        },
        VolumeFault("a header contradicts itself", .corrupt, says: "vol002", "contradicts itself") {
            archive, volumes in
            try archive.edit(volumes[1]) { bytes in
                bytes[27] += 1
                VolumeFault.sealed(&bytes)
            }
        },
        VolumeFault("a header is of a later version", .notFound, says: "vol002", "version 2") { archive, volumes in
            try archive.edit(volumes[1]) { bytes in
                bytes[17] = 2
                VolumeFault.sealed(&bytes)
            }
        },
        VolumeFault("a payload was exchanged and its digest made to fit", .corrupt, says: "not those that the set") {
            archive, volumes in
            try archive.edit(volumes[1]) { bytes in
                bytes[3000] ^= 1
                bytes.replaceSubrange(80..<112, with: Digest(of: Array(bytes[512...])).bytes)
                VolumeFault.sealed(&bytes)
            }
        },
    ]
}

@Suite("Volumes that are not whole") struct VolumeFaultTests {
    @Test(
        "are refused with what is wrong by number or name, before anything is read from them",
        arguments: VolumeFault.all)
    func refused(fault: VolumeFault) async throws {
        let archive = try await CutArchive()
        let volumes = try archive.volumes()
        #expect(volumes.count >= 5)
        try await fault.damage(archive, volumes)
        for path in [volumes[0], archive.folder.path, "\(archive.folder.path)/*"] {
            let found = await faultOf { _ = try await CommonTransportArchive.open(path: path) }
            #expect(found?.code == fault.code, "\(path): \(found?.code.name ?? "nothing"): \(found?.message ?? "")")
            for text in fault.says {
                #expect(found?.message.contains(text) == true, "\(path): \(found?.message ?? "nothing")")
            }
            #expect(found?.fix != nil)
        }
    }

    @Test("each is checked for itself when the others are elsewhere") func alone() async throws {
        let archive = try await CutArchive()
        let volumes = try archive.volumes()
        for path in volumes {
            let medium = try TemporaryFolder(prefix: "medium")
            try FileSystem.write(FileSystem.read(path, limit: 1 << 20), to: "\(medium.path)/volume")
            let volume = try VolumeFile("\(medium.path)/volume")
            try await volume.verify()
            #expect(volume.header.count == volumes.count)
        }
        try archive.edit(volumes[0]) { $0[600] ^= 1 }
        let volume = try VolumeFile(volumes[0])
        let fault = await faultOf { try await volume.verify() }
        #expect(fault?.code == .mismatch && fault?.message.contains(volumes[0]) == true)
    }

    @Test("of another set beside a whole one are passed over, unless all of a folder is meant") func beside()
        async throws
    {
        let archive = try await CutArchive()
        let other = try await CutArchive("other.tar", sample: SampleArtifact(["{}", CutArchive.text(seed: 9)]))
        let stray = "\(archive.folder.path)/other.tar.vol001"
        try FileSystem.write(FileSystem.read(other.volumes()[0], limit: 1 << 20), to: stray)
        let store = try await CommonTransportArchive.open(path: "\(archive.path).vol002")
        #expect(try await CutArchive.read(store))
        let fault = await faultOf { _ = try await CommonTransportArchive.open(path: archive.folder.path) }
        #expect(fault?.message.contains("\(stray) belongs to another set") == true, "\(fault?.message ?? "")")
    }
}
