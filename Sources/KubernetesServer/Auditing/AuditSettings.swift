// SPDX-License-Identifier: Apache-2.0

/// Where records of requests go, and how many are kept.
public struct AuditSettings: Sendable {
    /// The file; older ones stand beside it as `FILE.1`, `FILE.2` and so on.
    public var path: String
    /// How large a file may become, in bytes.
    public var fileBytes: Int64 = 64 << 20
    /// How many files there may be, with the one that is written.
    public var files = 8

    /// Records in a file, with the defaults above.
    public init(path: String) { self.path = path }
}
