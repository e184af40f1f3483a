// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography

/// A volume that is open: its header is read and its length is right; its payload is not checked yet.
public struct VolumeFile: Sendable {
    /// Where it is.
    public let path: String
    /// What it says of itself.
    public let header: VolumeHeader
    let file: SharedFile

    /// Opens a volume.
    ///
    /// Throws `.invalid` when it is none, `.mismatch` when header or length are damaged.
    public init(_ path: String) throws(Fault) {
        guard let entry = try FileSystem.entry(at: path), entry.kind == .file else {
            throw Fault(.notFound, "there is no volume \(path)", fix: "check the path")
        }
        let file = try SharedFile(reading: path)
        let header = try VolumeHeader(parsing: file.read(at: 0, upTo: VolumeHeader.byteCount)[...], source: path)
        let (size, expected) = (try file.size(), Int64(VolumeHeader.byteCount) + Int64(header.range.count))
        guard size == expected else {
            let what = size < expected ? "it was cut off at \(size) of" : "it has \(size) bytes instead of"
            throw Fault(.mismatch, "\(path) is damaged: \(what) \(expected) bytes", fix: "copy this volume again")
        }
        (self.path, self.header, self.file) = (path, header, file)
    }

    /// Where the payload stands in the file.
    var payload: Range<Int64> {
        let start = Int64(VolumeHeader.byteCount)
        return start..<start + Int64(header.range.count)
    }

    /// `volume 2 of 5`.
    public var summary: String { "volume \(header.number) of \(header.count)" }

    /// Reads the payload and compares its digest; throws `.mismatch`, naming the file, when it is another.
    ///
    /// - Parameter moved: told how many bytes more were read.
    public func verify(moved: @Sendable (Int64) -> Void = { _ in }) async throws {
        let stream = content
        do {
            while let chunk = try await stream.next() { moved(Int64(chunk.count)) }
        } catch let fault as Fault {
            guard fault.code == .mismatch else { throw fault }
            throw Fault(.mismatch, fault.message, fix: "copy this volume again; the others need not be")
        }
    }

    /// The payload; reading it throws `.mismatch`, naming the file, before it ends with another digest.
    var content: ByteStream {
        file.stream(payload).verified(
            digest: header.payload, size: Int64(header.range.count),
            of: "\(path), \(summary), is damaged: its content")
    }
}
