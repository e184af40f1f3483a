// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
public import Cryptography

/// A component version in a repository: `[type::]<repository>//<component>[:<version>][@<digest>]`.
///
/// `…/component-descriptors/…` in place of `//` is accepted too. Without a version it names all versions,
/// without a component the whole repository.
public struct ComponentVersionLocator: Hashable, Sendable, CustomStringConvertible {
    /// Where it is kept.
    public let repository: RepositoryLocator
    /// The component; nil means all of the repository.
    public let component: ComponentName?
    /// The version; nil means all or the latest, as the command says.
    public let version: ComponentVersion?
    /// The digest of the stored manifest or index the version must have.
    public let digest: Digest?
    /// The locator as it was written.
    public let description: String

    /// Parses a locator.
    public init(_ text: String) throws(Fault) {
        description = text
        let (repositoryText, rest) = Self.split(text)
        repository = try RepositoryLocator(repositoryText)
        guard var rest, !rest.isEmpty else {
            (component, version, digest) = (nil, nil, nil)
            return
        }
        if let at = rest.firstIndex(of: "@") {
            digest = try Digest(String(rest[rest.index(after: at)...]))
            rest = rest[..<at]
        } else {
            digest = nil
        }
        if let colon = rest.firstIndex(of: ":") {
            version = try ComponentVersion(String(rest[rest.index(after: colon)...]))
            rest = rest[..<colon]
        } else {
            version = nil
        }
        component = try ComponentName(String(rest))
    }

    /// A version of a repository.
    public init(_ repository: RepositoryLocator, _ identity: ComponentVersionIdentity) {
        (self.repository, digest) = (repository, nil)
        (component, version) = (identity.name, identity.version)
        description = "\(repository)//\(identity)"
    }

    /// The component version, when the locator names one.
    public var identity: ComponentVersionIdentity? {
        guard let component, let version else { return nil }
        return ComponentVersionIdentity(name: component, version: version)
    }

    /// The last `//` that is not part of `scheme://` divides repository and component.
    private static func split(_ text: String) -> (String, Substring?) {
        let marker = "/component-descriptors/"
        if let range = text.firstRange(of: marker) {
            return (String(text[..<range.lowerBound]), text[range.upperBound...])
        }
        var end = text.endIndex
        while let range = text[..<end].ranges(of: "//").last {
            let isScheme = range.lowerBound > text.startIndex && text[text.index(before: range.lowerBound)] == ":"
            if !isScheme { return (String(text[..<range.lowerBound]), text[range.upperBound...]) }
            end = range.lowerBound
        }
        return (text, nil)
    }
}
