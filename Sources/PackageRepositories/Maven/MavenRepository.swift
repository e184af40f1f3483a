// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Web

/// A Maven repository in the layout that Maven 2 and later use, on any web server.
public struct MavenRepository: Sendable {
    /// Where it is.
    public let url: HTTPURL
    let connection: PackageConnection

    /// The most bytes of a file.
    static let fileLimit: Int64 = 64 << 30
    /// The most bytes of a list of versions.
    static let metadataLimit = 16 * 1024 * 1024
    /// The most bytes of a description.
    static let pomLimit = 4 * 1024 * 1024
    /// The most bytes of a checksum file.
    static let checksumLimit = 4096

    /// A repository at an address.
    public init(_ url: HTTPURL, _ connection: PackageConnection) { (self.url, self.connection) = (url, connection) }

    /// The address of a path below the repository. Only what coordinates are made of gets here; `+` and `~` are escaped,
    /// as servers differ in how they read them.
    func address(_ path: String) throws(Fault) -> HTTPURL {
        let base = url.redacted.hasSuffix("/") ? String(url.redacted.dropLast()) : url.redacted
        let escaped = path.split(separator: "/").map { HTTPURL.encode(String($0)) }.joined(separator: "/")
        return try HTTPURL("\(base)/\(escaped)" + (url.query.map { "?\($0)" } ?? ""))
    }
}

/// A file of a Maven repository, with the checksum that the repository offers for it.
public struct MavenFile: Sendable {
    /// Its name.
    public let name: String
    /// Where it is.
    public let url: HTTPURL
    /// The strongest checksum that the repository offers; nil when it offers none.
    public let checksum: (kind: ChecksumKind, value: String)?
    /// Its bytes, checked against the checksum.
    public let content: PackageContent
}
