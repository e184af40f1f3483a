// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import OCI
internal import Repositories

/// Writes content to a file that appears only when every byte is checked.
struct ContentFile: Sendable {
    let content: ResourceContent
    let expected: DigestSpecification?
    let thing: String
    let temporaryFolder: String?
    let observer: ProgressObserver

    /// Writes the content; returns how many bytes the file has.
    func write(to path: String, asLayoutFolder: Bool, standardOutput: Terminal) async throws -> Int64 {
        do {
            return try await carry(to: path, asLayoutFolder, standardOutput)
        } catch {
            throw Fault(wrapping: error).about(thing)
        }
    }

    private func carry(to path: String, _ asLayoutFolder: Bool, _ standardOutput: Terminal) async throws -> Int64 {
        observer(.started(id: thing, name: thing, bytes: nil))
        defer { observer(.finished(id: thing)) }
        switch content {
        case .artifact(let artifact):
            if let expected, !expected.isExcluded, try expected.digest() != artifact.root.digest {
                throw Fault(
                    .mismatch,
                    "\(thing) should have the digest \(try expected.digest()) and has \(artifact.root.digest)",
                    fix: "the content was damaged or replaced; fetch it again from its origin")
            }
            if asLayoutFolder {
                try await OCILayoutWriter.write(
                    root: artifact.root, from: artifact.store, repository: artifact.repository, toFolder: path)
                return try await artifact.size()
            }
            let stream = try await OCILayoutWriter.tar(
                root: artifact.root, from: artifact.store, repository: artifact.repository)
            return try await save(stream, to: path, standardOutput)
        case .blob(let blob):
            var stream = try await blob.open()
            if let expected, !expected.isExcluded {
                if expected.isArtifactDigest && MediaType.isArtifactArchive(blob.mediaType) {
                    _ = try await ContentVerifier(temporaryFolder: temporaryFolder).verify(
                        content, against: expected, thing: thing)
                } else {
                    stream = stream.verified(digest: try expected.digest(), size: blob.size, of: thing)
                }
            }
            return try await save(stream, to: path, standardOutput)
        }
    }

    private func save(_ stream: ByteStream, to path: String, _ terminal: Terminal) async throws -> Int64 {
        var total: Int64 = 0
        guard path != "-" else {
            for try await chunk in stream {
                terminal.write(chunk)
                total += Int64(chunk.count)
            }
            return total
        }
        // A file that takes its name in one step would take the place of the device, or of the link, itself.
        let existing = try FileSystem.entry(at: path)
        guard existing?.kind != .other else {
            let device = try FileHandle(writingTo: path)
            for try await chunk in stream {
                try device.write(chunk)
                total += Int64(chunk.count)
            }
            return total
        }
        let file = try AtomicFile(existing == nil ? path : FileSystem.realPath(path))
        for try await chunk in stream {
            try file.write(chunk)
            total += Int64(chunk.count)
            observer(.moved(id: thing, bytes: Int64(chunk.count)))
        }
        try file.commit()
        return total
    }
}
