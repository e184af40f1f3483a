// SPDX-License-Identifier: Apache-2.0

internal import Basics

extension TarIndex {
    /// Indexes a tar, compressed with gzip or not, as its content says.
    ///
    /// An uncompressed one is read in place. A compressed one is expanded once, within `limits`, into a file without a
    /// name that takes space in `temporaryFolder` (by default `$TMPDIR` or `/tmp`) as long as the index lives.
    public static func open(
        _ path: String, temporaryFolder: String? = nil, limits: ArchiveLimits = .standard
    ) async throws -> (index: TarIndex, isCompressed: Bool) {
        let file = try SharedFile(reading: path)
        guard Gzip.isGzip(try file.read(at: 0, upTo: 3)[...]) else {
            return (try TarIndex(file: file, limits: limits), false)
        }
        let content = file.stream(0..<(try file.size())).gunzipped(source: path, limits: limits)
        let spooled = try await SharedFile.spooling(content, in: temporaryFolder, name: path)
        return (try TarIndex(file: spooled, limits: limits), true)
    }
}
