// SPDX-License-Identifier: Apache-2.0

/// What a tar says about one member.
public struct TarEntry: Hashable, Sendable {
    /// What a member is.
    public enum Kind: Hashable, Sendable {
        /// A file with content.
        case file
        /// A folder.
        case folder
        /// A symbolic link, with its target as written.
        case symbolicLink(String)
        /// Another name for an earlier member, with that member's path as written.
        case hardLink(String)
        /// A device, a pipe or something of a private kind, by its type byte.
        case other(UInt8)
    }

    /// The path below the root of the archive: relative, without `.`, `..`, doubled or trailing slashes
    /// (`.` is the root itself).
    public var path: String
    /// What it is.
    public var kind: Kind
    /// How many bytes of content follow.
    public var size: Int64
    /// The permission bits.
    public var mode: UInt32
    /// The owner's number.
    public var userID: Int
    /// The group's number.
    public var groupID: Int
    /// Seconds since 1970.
    public var modified: Int64

    /// Describes a member.
    public init(
        path: String, kind: Kind, size: Int64, mode: UInt32, userID: Int = 0, groupID: Int = 0, modified: Int64 = 0
    ) {
        (self.path, self.kind, self.size, self.mode) = (path, kind, size, mode)
        (self.userID, self.groupID, self.modified) = (userID, groupID, modified)
    }
}

/// The places of fields in a tar header block (POSIX.1-2017, pax, “ustar Interchange Format”).
enum TarField {
    static let blockSize = 512
    static let name = 0..<100
    static let mode = 100..<108
    static let userID = 108..<116
    static let groupID = 116..<124
    static let size = 124..<136
    static let modified = 136..<148
    static let checksum = 148..<156
    static let type = 156
    static let linkTarget = 157..<257
    static let magic = 257..<265
    static let deviceMajor = 329..<337
    static let deviceMinor = 337..<345
    static let prefix = 345..<500

    /// The zero bytes that fill the last block of a member.
    static func padding(_ size: Int64) -> Int { Int(-size & 511) }
}
