// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A member to write, with a way to open its content.
public struct TarMember: Sendable {
    /// What the header will say; its path is written as it is.
    public var entry: TarEntry
    /// Opens the content; called once per writing, when the member's turn comes.
    public let open: @Sendable () async throws -> ByteStream

    /// Pairs a header with its content.
    public init(entry: TarEntry, open: @escaping @Sendable () async throws -> ByteStream) {
        (self.entry, self.open) = (entry, open)
    }

    /// A file whose content is opened when needed; owner 0, time 0.
    public static func file(
        _ path: String, size: Int64, mode: UInt32 = 0o644, open: @escaping @Sendable () async throws -> ByteStream
    ) -> TarMember {
        TarMember(entry: TarEntry(path: path, kind: .file, size: size, mode: mode), open: open)
    }

    /// A file whose content is in memory; owner 0, time 0.
    public static func bytes(_ path: String, _ bytes: [UInt8], mode: UInt32 = 0o644) -> TarMember {
        file(path, size: Int64(bytes.count), mode: mode) { ByteStream(bytes) }
    }

    /// A folder; owner 0, time 0.
    public static func folder(_ path: String, mode: UInt32 = 0o755) -> TarMember {
        TarMember(entry: TarEntry(path: path, kind: .folder, size: 0, mode: mode)) { ByteStream([]) }
    }
}
