// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography

/// All volumes of one set in their order, each with a sound header; together they hold every byte of the whole once.
public struct VolumeSet: Sendable {
    /// The volumes from the first to the last.
    public let volumes: [VolumeFile]

    /// How many payloads are read at once while verifying.
    private static let window = 2

    /// What the volumes hold together, read in place.
    public var content: SharedFile {
        SharedFile(
            joining: volumes.map { (file: $0.file, range: $0.payload) },
            path: "the volumes of \(volumes.first?.path ?? "nothing")")
    }

    /// Finds the set that a path names: one of its volumes (the others are looked for beside it), the folder that holds
    /// them, or a pattern for their names. Names and order do not matter.
    ///
    /// Throws, naming each missing number and each damaged, foreign or doubled file, when it is not whole.
    public init(at path: String) throws(Fault) {
        if VolumeSearch.isPattern(path) || FileSystem.isFolder(path) {
            try self.init(Self.candidates(at: path))
        } else {
            var candidates = try VolumeSearch.volumes(in: FileSystem.folder(of: path))
            if !candidates.contains(path) {
                candidates.removeAll { FileSystem.lastPart(of: $0) == FileSystem.lastPart(of: path) }
                candidates.append(path)
            }
            try self.init(candidates, chosen: path)
        }
    }

    /// The files that a path stands for: itself, what a pattern matches, or what may be a volume in a folder.
    ///
    /// Throws `.notFound` when there is none.
    public static func candidates(at path: String) throws(Fault) -> [String] {
        if VolumeSearch.isPattern(path) { return try VolumeSearch.matches(of: path) }
        guard FileSystem.isFolder(path) else { return [path] }
        let found = try VolumeSearch.volumes(in: path)
        guard !found.isEmpty else { throw Fault(.notFound, "there is no volume in \(path)", fix: "check the path") }
        return found
    }

    /// Puts a set together from files, in any order.
    ///
    /// - Parameter chosen: one of the files, whose set is meant; files of other sets are passed over then, unless
    ///   something is missing that they might be taken for.
    public init(_ paths: [String], chosen: String? = nil) throws(Fault) {
        let check = VolumeSetCheck(paths, chosen: chosen)
        guard let members = try check.members() else {
            throw Fault(.notFound, "there are no volumes among \(paths.joined(separator: ", "))", fix: "check the path")
        }
        volumes = members
    }

    /// Reads all payloads and compares them with their digests; all damaged volumes are named at once.
    ///
    /// Throws `.mismatch`; and `.corrupt` when sound volumes are not those that the set was made of.
    /// - Parameter moved: told how many bytes more were read.
    public func verify(moved: @escaping @Sendable (Int64) -> Void = { _ in }) async throws {
        let found = Guarded<[Int: Fault]>([:])
        try await volumes.forEachConcurrently(limit: Self.window) { volume in
            do { try await volume.verify(moved: moved) } catch let fault as Fault where fault.code == .mismatch {
                found.withLock { $0[volume.header.number] = fault }
            }
        }
        let faults = found.withLock { $0 }.sorted { $0.key < $1.key }.map(\.value)
        guard let first = faults.first else { return try checkSet() }
        guard faults.count > 1 else { throw first }
        throw Fault(
            .mismatch, faults.map(\.message).joined(separator: "; "),
            fix: "copy these volumes again; the others need not be")
    }

    /// The set's name follows from all digests: a volume that was made to fit, with another payload, changes it.
    private func checkSet() throws(Fault) {
        let header = volumes[0].header
        let computed = VolumeHeader.set(
            totalSize: header.totalSize, volumeSize: header.volumeSize, whole: header.whole,
            payloads: volumes.map(\.header.payload))
        guard computed == header.set else {
            throw Fault(
                .corrupt, "the volumes of \(volumes[0].path) are not those that the set \(header.set) was made of",
                fix: "refuse them, and get all volumes again from their origin")
        }
    }

    /// Reads the whole and compares its digest; throws `.mismatch` when it is another.
    public func verifyWhole() async throws {
        try checkSet()
        let stream = verifiedContent()
        while try await stream.next() != nil {}
    }

    /// The whole; it fails with the name of the volume whose payload is wrong, else before its end when the whole is.
    private func verifiedContent() -> ByteStream {
        let header = volumes[0].header
        return ByteStream.concatenating(volumes.map { volume in { volume.content } }).verified(
            digest: header.whole, size: header.totalSize, of: content.path)
    }

    /// Writes the whole into one file; it appears when its digest is known to be right.
    ///
    /// Throws `.conflict` when something is there already.
    public func join(to path: String, moved: @escaping @Sendable (Int64) -> Void = { _ in }) async throws {
        guard !FileSystem.exists(path) else {
            throw Fault(.conflict, "\(path) exists already", fix: "choose another name, or remove it")
        }
        let file = try AtomicFile(path)
        let stream = verifiedContent()
        while let chunk = try await stream.next() {
            try file.write(chunk)
            moved(Int64(chunk.count))
        }
        try file.commit()
    }
}
