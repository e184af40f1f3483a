// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import Testing

@testable import Repositories

@Suite("Archives in volumes") struct VolumeReadingTests {
    @Test(
        "are read in place by any of their paths, as tar and as tgz, with none larger than allowed",
        arguments: ["airgap.tar", "airgap.tgz", "airgap"])
    func whole(name: String) async throws {
        let archive = try await CutArchive(name)
        let volumes = try archive.volumes()
        #expect(volumes.count >= 3 && volumes.first == "\(archive.path).vol001")
        for path in volumes { #expect(try SharedFile(reading: path).size() <= 4096) }
        for path in [volumes[0], volumes[2], archive.folder.path, "\(archive.path).vol*"] {
            let store = try await CommonTransportArchive.open(path: path)
            #expect(try await CutArchive.read(store), "\(path)")
            #expect(store.format == (name.hasSuffix(".tgz") ? .tgz : .tar))
        }
    }

    @Test("are joined to the very archive that is written in one file") func joined() async throws {
        let archive = try await CutArchive()
        let plain = try await CommonTransportArchive.create(path: "\(archive.folder.path)/plain.tar")
        try await CutArchive.sample.push(to: plain, CutArchive.repository, tag: "1.0.0")
        try await plain.finish()
        let set = try VolumeSet(at: "\(archive.path).vol001")
        try await set.verify()
        try await set.verifyWhole()
        try await set.join(to: "\(archive.folder.path)/joined.tar")
        let joined = try FileSystem.read("\(archive.folder.path)/joined.tar", limit: 1 << 20)
        #expect(try joined == FileSystem.read("\(archive.folder.path)/plain.tar", limit: 1 << 20))
        let again = await faultOf { try await set.join(to: "\(archive.folder.path)/joined.tar") }
        #expect(again?.code == .conflict)
    }

    @Test("are the same each time they are cut") func reproducible() async throws {
        let (a, b) = (try await CutArchive("airgap.tgz"), try await CutArchive("airgap.tgz"))
        #expect(try files(in: a.folder.path) == files(in: b.folder.path))
        let other = try await CutArchive("airgap.tgz", volumeSize: 5000)
        let sets = try [a, other].map { try VolumeSet(at: $0.folder.path).volumes[0].header }
        #expect(sets[0].whole == sets[1].whole && sets[0].set != sets[1].set)
    }

    @Test("are read in any order, under any names, from a folder with other things") func shuffled() async throws {
        let archive = try await CutArchive()
        let volumes = try archive.volumes()
        var renamed: [String] = []
        for (index, path) in volumes.reversed().enumerated() {
            let new = "\(archive.folder.path)/\(["stick", "disc", "tape"][index % 3])-\(index * 7 % 11).bin"
            try FileSystem.rename(path, to: new)
            renamed.append(new)
        }
        try FileSystem.write(Array("read me".utf8), to: "\(archive.folder.path)/README")
        for path in [renamed[1], archive.folder.path, "\(archive.folder.path)/*.bin"] {
            let store = try await CommonTransportArchive.open(path: path)
            #expect(try await CutArchive.read(store), "\(path)")
        }
        #expect(try await CutArchive.read(CommonTransportArchive.open(path: renamed[0])))
        let set = try VolumeSet(renamed.shuffled())
        #expect(set.volumes.map(\.header.number) == Array(1...volumes.count))
    }

    @Test("are not changed, and not written over") func fixed() async throws {
        let archive = try await CutArchive()
        let before = try files(in: archive.folder.path)
        for path in ["\(archive.path).vol001", archive.folder.path] {
            let fault = await faultOf { _ = try await CommonTransportArchive.open(path: path, writable: true) }
            #expect(fault?.code == .unsupported, "\(path)")
        }
        let fault = await faultOf {
            _ = try await CommonTransportArchive.create(path: archive.path, volumeSize: 8192)
        }
        #expect(fault?.code == .conflict && fault?.message.contains(".vol001") == true)
        #expect(try files(in: archive.folder.path) == before)
        let small = await faultOf {
            _ = try await CommonTransportArchive.create(path: "\(archive.folder.path)/x", volumeSize: 512)
        }
        #expect(small?.code == .invalid)
    }

    @Test("that stop midway leave nothing behind") func stopped() async throws {
        let folder = try TemporaryFolder(prefix: "volumes")
        do {
            let archive = try await CommonTransportArchive.create(path: "\(folder.path)/airgap.tar", volumeSize: 4096)
            try await CutArchive.sample.push(to: archive, CutArchive.repository, tag: "1.0.0")
        }
        #expect(try FileSystem.names(in: folder.path) == [])
    }

    @Test("take the place of what was written, so that both are never there at once") func space() async throws {
        let folder = try TemporaryFolder(prefix: "volumes")
        let archive = try await CommonTransportArchive.create(path: "\(folder.path)/airgap.tar", volumeSize: 4096)
        try await CutArchive.sample.push(to: archive, CutArchive.repository, tag: "1.0.0")
        let working = try #require(FileSystem.names(in: folder.path).first)
        #expect(try FileSystem.names(in: "\(folder.path)/\(working)/blobs").count == 5)
        try await archive.finish()
        #expect(try FileSystem.names(in: "\(folder.path)/\(working)/blobs") == [])
    }

    @Test("read at any place give what stands there") func random() throws {
        let folder = try TemporaryFolder(prefix: "volumes")
        let whole = Array((0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) })
        var parts: [(file: SharedFile, range: Range<Int64>)] = []
        var start = 0
        for (index, length) in [1, 300, 0, 199, 500].enumerated() {
            let path = "\(folder.path)/\(index)"
            try FileSystem.write([9, 9] + whole[start..<start + length] + [8], to: path)
            parts.append((try SharedFile(reading: path), 2..<Int64(2 + length)))
            start += length
        }
        let file = SharedFile(joining: parts, path: "it")
        #expect(try file.size() == 1000)
        for offset in [0, 1, 2, 299, 300, 301, 499, 500, 501, 999, 1000, 1001] {
            for count in [0, 1, 2, 250, 700, 2000] {
                let end = min(1000, offset + count)
                #expect(
                    try file.read(at: Int64(offset), upTo: count) == (offset < end ? Array(whole[offset..<end]) : []))
            }
        }
    }
}
