// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

/// A constructor file: the components to build, in the spellings of both families of tools.
public struct ComponentConstructor: Sendable {
    /// The components, in their order.
    public let components: [ConstructorComponent]

    /// Reads a constructor: `components: […]`, one component at the top, or several documents.
    ///
    /// Unknown fields, wrong kinds of values and identities that are there twice are errors that name file, line and
    /// column.
    public init(parsing bytes: [UInt8], source: String, values: SubstitutionValues = SubstitutionValues()) throws(Fault) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Fault(.invalid, "\(source) is not valid UTF-8", fix: "save the file as UTF-8")
        }
        let filled = try Substitution(values: values, source: source).apply(text)
        var components: [ConstructorComponent] = []
        for document in try YAML.documents(Array(filled.utf8), source: source) where document.root != .null {
            let reader = ConstructorReader(document: document)
            guard document.root["components"] != nil else {
                components.append(try reader.component(document.root, JSONPointer()))
                continue
            }
            try reader.allow(["components", "meta"], in: document.root, JSONPointer())
            let list = try reader.list(document.root, "components", JSONPointer())
            for (item, pointer) in list { components.append(try reader.component(item, pointer)) }
        }
        guard !components.isEmpty else {
            throw Fault(.invalid, "\(source) describes no component", fix: "add “components:” with at least one entry")
        }
        self.components = components
    }
}

/// One component of a constructor.
public struct ConstructorComponent: Sendable {
    /// Name and version.
    public let identity: ComponentVersionIdentity
    /// Who provides it.
    public let provider: Provider
    let labels: [Label]
    let creationTime: String?
    /// Its resources, then its sources, in their order.
    public let elements: [ConstructorElement]
    let referenceObjects: [JSON]

    /// A descriptor with everything but resources, sources and references.
    public func descriptor() -> ComponentDescriptor {
        var text = provider.name
        if !provider.labels.isEmpty {
            let json: JSON = ["name": .string(provider.name), "labels": .array(provider.labels.map(\.json))]
            text = json.text(sortedKeys: true)
        }
        return ComponentDescriptor(identity: identity, provider: text, labels: labels, creationTime: creationTime)
    }

    /// The references, as they go into the descriptor.
    public func references() throws(Fault) -> [ComponentReference] { referenceObjects.map(ComponentReference.init) }
}

/// A resource or source of a constructor.
public struct ConstructorElement: Sendable {
    /// Which list it stands in.
    public enum Kind: String, Sendable { case resource, source }
    /// Where its content comes from.
    public enum Content: Sendable {
        /// It is read while building.
        case input(TypedSpecification)
        /// It stays where it is.
        case access(TypedSpecification)
    }

    /// Which list it stands in.
    public let kind: Kind
    /// Its name.
    public let name: String
    /// Its version.
    public let version: String
    /// Where its content comes from.
    public let content: Content
    /// A digest the content must have.
    public let digest: DigestSpecification?
    /// Whether the constructor asks for no digest.
    public let skipsDigest: Bool
    /// The element without access and digest.
    let frame: JSON

    /// The resource with its access.
    public func resource(access: TypedSpecification) throws(Fault) -> Resource {
        var resource = Resource(json: frame)
        resource.access = access
        resource.digest = digest
        return resource
    }

    /// The source with its access.
    public func source(access: TypedSpecification) throws(Fault) -> Source {
        var source = Source(json: frame)
        source.access = access
        return source
    }
}
