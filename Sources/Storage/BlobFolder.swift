// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Glibc

/// A folder of contents named by their digests: `sha256/ab/abcdef…`, `sha512/…`.
///
/// A content stands under its name whole or not at all: it is written elsewhere on the same file system, made durable,
/// and renamed. Files are not writable, so that an accident does not change what a name promises.
public struct BlobFolder: Sendable {
    /// The folder.
    public let path: String

    /// Uses a folder, making it and the folders of all first bytes, so that none has to be made later.
    public init(_ path: String) throws(Fault) {
        self.path = path
        for algorithm in Digest.Algorithm.allCases {
            let base = "\(path)/\(algorithm.rawValue)"
            // The last one is made last: when it is there, all are.
            if FileSystem.isFolder("\(base)/ff") { continue }
            for byte in 0...255 { try FileSystem.makeFolder("\(base)/\([UInt8(byte)].hex)", mode: 0o750) }
            try FileSystem.synchronize(folder: base)
        }
        try FileSystem.synchronize(folder: path)
    }

    /// The folder that holds a content.
    public func folder(of digest: Digest) -> String {
        "\(path)/\(digest.algorithm.rawValue)/\(digest.hex.prefix(2))"
    }

    /// Where a content stands, or would.
    public func path(of digest: Digest) -> String { "\(folder(of: digest))/\(digest.hex)" }

    /// How many bytes a content has; nil when it is not there.
    public func size(of digest: Digest) throws(Fault) -> Int64? {
        let entry = try FileSystem.entry(at: path(of: digest), followLinks: false)
        return entry?.kind == .file ? entry?.size : nil
    }

    /// Opens a content, unchecked; nil when it is not there.
    public func open(_ digest: Digest) throws(Fault) -> FileHandle? {
        do throws(Fault) {
            return try FileHandle.readingWithoutLinks(path(of: digest))
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }

    /// Names a file that is durable by its digest. Its folder is not flushed: whoever answers for the name does that.
    ///
    /// A content that is there already is replaced by the same one: the newer file has just been checked.
    public func adopt(_ file: String, as digest: Digest) throws(Fault) {
        try FileSystem.setMode(file, 0o440)
        try FileSystem.rename(file, to: path(of: digest))
    }

    /// Takes a content away to a file elsewhere on the same file system; false when it is not there.
    public func move(_ digest: Digest, to file: String) throws(Fault) -> Bool {
        do throws(Fault) {
            try FileSystem.rename(path(of: digest), to: file)
            return true
        } catch {
            if error.code == .notFound { return false }
            throw error
        }
    }

    /// A content as its file looks.
    public struct Entry: Sendable {
        /// Its name, which says nothing of its bytes.
        public let digest: Digest
        /// How many bytes the file has.
        public let size: Int64
        /// When the file was written to last, in seconds since 1970.
        public let modified: Int64
    }

    /// The contents whose digests begin with a byte, in their order. Names that are no digests are passed over.
    public func entries(_ algorithm: Digest.Algorithm, first byte: UInt8) throws(Fault) -> [Entry] {
        let folder = "\(path)/\(algorithm.rawValue)/\([byte].hex)"
        var entries: [Entry] = []
        for name in try FileSystem.names(in: folder) {
            guard let digest = try? Digest(algorithm: algorithm, hex: name),
                let entry = try FileSystem.entry(at: "\(folder)/\(name)", followLinks: false), entry.kind == .file
            else { continue }
            entries.append(Entry(digest: digest, size: entry.size, modified: entry.modified))
        }
        return entries
    }
}
