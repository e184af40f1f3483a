// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

/// A resource or source of a constructor.
public struct ConstructorElement: Sendable {
    /// What it becomes.
    public enum Kind: String, Sendable {
        /// A resource.
        case resource
        /// A source.
        case source
    }

    /// Where its content comes from.
    public enum Content: Sendable {
        /// It is read while the component is built, and stored with it.
        case input(TypedSpecification)
        /// It stays where it is.
        case access(TypedSpecification)
    }

    /// What it becomes.
    public let kind: Kind
    /// Where its content comes from.
    public let content: Content
    /// The digest that the author pinned; content must have it.
    public let digest: DigestSpecification?
    /// Whether its content is left without a digest (`options.skipDigestGeneration`).
    public let skipsDigest: Bool
    /// Whether the component claims to own what it references (`options.ownershipPolicy`): `Never` or `Always`.
    public let ownershipPolicy: String?

    let elementName: ElementName
    let identity: ElementIdentity
    /// The fields of the element without access and digest.
    let fields: JSON

    /// Its name.
    public var name: String { elementName.text }
    /// Its version; that of the component when the author named none.
    public var version: String { fields["version"]?.string ?? "" }
    /// What it is.
    public var type: String { fields["type"]?.string ?? "" }

    /// The resource with the access its content got, and the digest the author pinned.
    public func resource(access: TypedSpecification) throws(Fault) -> Resource {
        var json = fields
        json["access"] = access.json
        json["digest"] = digest?.json
        return try Resource(json, place: "resource “\(name)”")
    }

    /// The source with the access its content got.
    public func source(access: TypedSpecification) throws(Fault) -> Source {
        var json = fields
        json["access"] = access.json
        return try Source(json, place: "source “\(name)”")
    }
}
