// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import Repositories
import Testing

@Suite("Component archives") struct ComponentArchiveTests {
    static let blob = Array("local blob".utf8)
    static let digest = Digest(of: blob)

    /// A component archive as a folder, a tar or a compressed tar.
    private func make(_ format: String, in folder: TemporaryFolder) async throws -> String {
        let path = "\(folder.path)/\(format)"
        let members: [TarMember] = [
            .bytes("component-descriptor.yaml", Array("component: {}\n".utf8)), .folder("blobs"),
            .bytes("blobs/sha256.\(Self.digest.hex)", Self.blob), .bytes("blobs/plain.txt", [1, 2]),
        ]
        guard format == "folder" else {
            let tar = Tar.stream(members)
            try FileSystem.write(try await (format == "tgz" ? tar.gzipped() : tar).collect(limit: 1 << 20), to: path)
            return path
        }
        try FileSystem.makeFolder("\(path)/blobs")
        for member in members where member.entry.kind == .file {
            try FileSystem.write(try await member.open().collect(limit: 1 << 20), to: "\(path)/\(member.entry.path)")
        }
        return path
    }

    @Test("gives descriptor and local blobs", arguments: ["folder", "tar", "tgz"])
    func reads(format: String) async throws {
        let folder = try TemporaryFolder()
        let archive = try await ComponentArchiveReader.open(path: try await make(format, in: folder))
        #expect(archive.descriptor == Array("component: {}\n".utf8))
        for reference in ["\(Self.digest)", "sha256.\(Self.digest.hex)"] {
            #expect(try archive.blobSize(localReference: reference) == Int64(Self.blob.count))
            #expect(try await archive.openBlob(localReference: reference).collect(limit: 100) == Self.blob)
        }
        #expect(try await archive.openBlob(localReference: "plain.txt").collect(limit: 100) == [1, 2])
        let missing = "sha256:\(String(repeating: "00", count: 32))"
        #expect(await faultOf { _ = try archive.openBlob(localReference: missing) }?.code == .notFound)
    }

    @Test(
        "refuses references that lead elsewhere",
        arguments: ["", ".", "..", "../x", "/etc/passwd", "a/b", "sha256:..", "md5:00"])
    func refuses(reference: String) async throws {
        let folder = try TemporaryFolder()
        let archive = try await ComponentArchiveReader.open(path: try await make("folder", in: folder))
        #expect(await faultOf { _ = try archive.openBlob(localReference: reference) }?.code == .invalid)
    }

    @Test("reads one of v1", .enabled(if: transportArchiveVectors != nil, "needs the vectors"))
    func vector() async throws {
        let path = "\(try #require(transportArchiveVectors))/component-archive"
        let archive = try await ComponentArchiveReader.open(path: path)
        #expect(String(decoding: archive.descriptor, as: UTF8.self).contains("example.com/root"))
        let reference = "sha256.3ed99e50092c619823e2c07941c175ea2452f1455f570c55510586b387ec2ff2"
        #expect(try await archive.openBlob(localReference: reference).collect(limit: 1 << 20).isEmpty == false)
        let fault = await faultOf { _ = try await CommonTransportArchive.open(path: path) }
        #expect(fault?.code == .invalid)
    }
}
