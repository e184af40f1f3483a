// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// What resources, sources and references have in common. Setters touch only their own key of the object.
public protocol DescriptorElement: Hashable, Sendable {
    /// The whole object, unknown fields included.
    var json: JSON { get set }
}

extension DescriptorElement {
    /// The name.
    public var name: String { json["name"]?.string ?? "" }
    /// The version.
    public var version: String { json["version"].flatMap { $0.string ?? $0.numberText } ?? "" }
    /// Attributes besides name and version that tell it from others.
    public var extraIdentity: [String: String] {
        var extra: [String: String] = [:]
        for (key, value) in json["extraIdentity"]?.object ?? JSONObject() { extra[key] = value.string }
        return extra
    }
    /// Its identity.
    public var identity: ElementIdentity { ElementIdentity(name: name, version: version, extra: extraIdentity) }
    /// Its labels.
    public var labels: [Label] { Label.list(json["labels"]) }
}

/// A resource: content that is delivered.
public struct Resource: DescriptorElement {
    public var json: JSON
    /// Wraps a resource.
    public init(json: JSON) { self.json = json }

    /// Whether it belongs to the component or only stands with it.
    public enum Relation: String, Sendable { case local, external }

    /// The type, such as `ociImage`.
    public var type: String { json["type"]?.string ?? "" }
    /// Whether it belongs to the component.
    public var relation: Relation { json["relation"]?.string.flatMap(Relation.init) ?? .external }
    /// How to get at the content; nil when the descriptor says nothing of it.
    public var access: TypedSpecification? {
        get { json["access"].flatMap { try? TypedSpecification($0) } }
        set { json["access"] = newValue?.json }
    }
    /// The digest of the content; nil when it has none.
    public var digest: DigestSpecification? {
        get { DigestSpecification(json: json["digest"]) }
        set { json["digest"] = newValue?.json }
    }
}

/// A source: what resources were made from. It has no digest.
public struct Source: DescriptorElement {
    public var json: JSON
    /// Wraps a source.
    public init(json: JSON) { self.json = json }

    /// The type, such as `git`.
    public var type: String { json["type"]?.string ?? "" }
    /// How to get at the content.
    public var access: TypedSpecification? {
        get { json["access"].flatMap { try? TypedSpecification($0) } }
        set { json["access"] = newValue?.json }
    }
}

/// A reference to another component version.
public struct ComponentReference: DescriptorElement {
    public var json: JSON
    /// Wraps a reference.
    public init(json: JSON) { self.json = json }

    /// The component it names.
    public var componentName: String { json["componentName"]?.string ?? "" }
    /// The version it names.
    public var target: ComponentVersionIdentity {
        get throws(Fault) {
            ComponentVersionIdentity(name: try ComponentName(componentName), version: try ComponentVersion(version))
        }
    }
    /// The digest of the normalised descriptor it names; nil when it is not pinned.
    public var digest: DigestSpecification? {
        get { DigestSpecification(json: json["digest"]) }
        set { json["digest"] = newValue?.json }
    }
}

/// The provider of a component.
public struct Provider: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// Its labels.
    public let labels: [Label]
}
