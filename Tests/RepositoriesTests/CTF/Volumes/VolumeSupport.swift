// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import Repositories
import TestInputs

/// An archive that was cut into volumes of 4 KiB, to be damaged in tests.
struct CutArchive {
    static let repository = "example.org/things"
    static let sample = SampleArtifact(["{}", text(seed: 1), text(seed: 2), text(seed: 3)])

    let folder: TemporaryFolder
    let name: String
    var path: String { "\(folder.path)/\(name)" }

    init(_ name: String = "airgap.tar", sample: SampleArtifact = sample, volumeSize: Int64 = 4096) async throws {
        folder = try TemporaryFolder(prefix: "volumes")
        self.name = name
        let archive = try await CommonTransportArchive.create(path: path, volumeSize: volumeSize)
        try await sample.push(to: archive, Self.repository, tag: "1.0.0")
        try await archive.finish()
    }

    /// Text that does not compress well; the same for the same seed.
    static func text(seed: UInt64, count: Int = 5000) -> String {
        var generator = SeededGenerator(seed: seed)
        return (0..<count / 2).map { _ in [UInt8.random(in: 0...255, using: &generator)].hex }.joined()
    }

    func volumes() throws -> [String] { try FileSystem.names(in: folder.path).map { "\(folder.path)/\($0)" } }

    /// Changes one volume where it lies.
    func edit(_ path: String, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try FileSystem.read(path, limit: 1 << 20)
        change(&bytes)
        try FileSystem.removeFile(path)
        try FileSystem.write(bytes, to: path)
    }

    /// Reads everything that the sample has, through a store.
    static func read(_ store: any ArtifactStore, sample: SampleArtifact = sample) async throws -> Bool {
        guard let found = try await store.resolve("1.0.0", in: repository), found.digest == sample.digest else {
            return false
        }
        for bytes in sample.blobs {
            let stream = try await store.openBlob(Digest(of: bytes), size: Int64(bytes.count), in: repository)
            guard try await stream.collect(limit: 1 << 20) == bytes else { return false }
        }
        return true
    }
}
