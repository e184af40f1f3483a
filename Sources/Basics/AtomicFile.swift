// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A file that appears under its name only when it is whole.
///
/// Written under a temporary name in the same folder; `commit` flushes, renames and flushes the folder.
/// Without `commit` the temporary file is removed, and what stood under the name stays.
public struct AtomicFile: ~Copyable {
    /// The name it will have.
    public let path: String
    /// The name it has until then: `.tmp-` and a random part, in the same folder.
    public let temporaryPath: String
    private let handle: FileHandle
    private var isCommitted = false

    /// Creates the temporary file.
    public init(_ path: String, mode: UInt32 = 0o644) throws(Fault) {
        self.path = path
        let random = UInt64.random(in: .min ... .max)
        temporaryPath = FileSystem.join(FileSystem.folder(of: path), ".tmp-\(String(random, radix: 36))")
        handle = try FileHandle(creating: temporaryPath, mode: mode)
    }

    deinit { if !isCommitted { unsafe unlink(temporaryPath) } }

    /// Appends bytes.
    public func write(_ bytes: Chunk) throws(Fault) { try handle.write(bytes) }

    /// Gives the file its name. Whatever had the name before is replaced in one step.
    ///
    /// - Parameter durably: whether to wait until file and name would survive a power cut.
    public consuming func commit(durably: Bool = true) throws(Fault) {
        if durably { try handle.synchronize() }
        try FileSystem.rename(temporaryPath, to: path)
        isCommitted = true
        if durably { try FileSystem.synchronize(folder: FileSystem.folder(of: path)) }
    }
}
