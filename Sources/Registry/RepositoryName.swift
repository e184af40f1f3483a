// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import OCI

/// The name of a repository, by the grammar of the distribution specification; never a path that leads elsewhere.
public struct RepositoryName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// Checks a name; throws `.nameInvalid`.
    public init(_ text: String) throws(Fault) {
        guard ImageReference.isRepository(text) else {
            throw Fault(
                .nameInvalid, "“\(text.prefix(255))” is no repository name",
                fix: "use up to 255 lower-case letters and digits in segments, joined by “.”, “_”, “__”, “-” and “/”")
        }
        description = text
    }

    /// The order of the bytes.
    public static func < (a: RepositoryName, b: RepositoryName) -> Bool {
        a.description.utf8.lexicographicallyPrecedes(b.description.utf8)
    }
}

/// What names a manifest in a repository.
public enum ManifestReference: Hashable, Sendable, CustomStringConvertible {
    /// A tag, which may come to name another manifest.
    case tag(String)
    /// A digest.
    case digest(Digest)

    /// Reads a reference as it stands in a path; throws `.digestInvalid` or `.nameInvalid`.
    public init(_ text: String) throws(Fault) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            do throws(Fault) {
                self = .digest(try Digest(text))
            } catch { throw error.coded(.digestInvalid) }
        } else {
            guard ImageReference.isTag(text) else {
                throw Fault(
                    .nameInvalid, "“\(text.prefix(150))” is no tag",
                    fix: "use up to 128 letters, digits, “_”, “.” and “-”")
            }
            self = .tag(text)
        }
    }

    /// The tag or the digest.
    public var description: String {
        switch self {
        case .tag(let tag): tag
        case .digest(let digest): digest.description
        }
    }
}
