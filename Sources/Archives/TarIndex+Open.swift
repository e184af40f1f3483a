// SPDX-License-Identifier: Apache-2.0

public import Basics

extension TarIndex {
    /// Indexes a tar, compressed with gzip or not, as its content says.
    ///
    /// An uncompressed one is read in place. A compressed one is expanded once, within `limits`, into a file without a
    /// name that takes space in `temporaryFolder` (by default `$TMPDIR` or `/tmp`) as long as the index lives.
    public static func open(
        _ path: String, temporaryFolder: String? = nil, limits: ArchiveLimits = .standard
    ) async throws -> (index: TarIndex, isCompressed: Bool) {
        try await open(SharedFile(reading: path), temporaryFolder: temporaryFolder, limits: limits)
    }

    /// Indexes a tar that is open already; see above.
    public static func open(
        _ file: SharedFile, temporaryFolder: String? = nil, limits: ArchiveLimits = .standard
    ) async throws -> (index: TarIndex, isCompressed: Bool) {
        guard Gzip.isGzip(try file.read(at: 0, upTo: 3)[...]) else {
            return (try TarIndex(file: file, limits: limits), false)
        }
        let content = file.stream(0..<(try file.size())).gunzipped(source: file.path, limits: limits)
        let spooled = try await SharedFile.spooling(content, in: temporaryFolder, name: file.path)
        return (try TarIndex(file: spooled, limits: limits), true)
    }
}
