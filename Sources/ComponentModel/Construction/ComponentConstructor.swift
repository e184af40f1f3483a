// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

/// The document that component versions are built from, in every form the two families of tools accept: a list
/// `components`, a single component, several documents; `componentReferences` or `references`.
public struct ComponentConstructor: Sendable {
    /// The components in their order.
    public let components: [ConstructorComponent]

    /// The most bytes of a constructor.
    public static let sizeLimit = 16 * 1024 * 1024

    /// Fills in the variables and reads the constructor.
    ///
    /// Throws `.invalid` with file, line, column and path for an unknown field, a wrong value, an undefined variable,
    /// an identity that occurs twice, and a value that would change the structure of the file.
    public init(
        parsing bytes: [UInt8], source: String, values: SubstitutionValues = SubstitutionValues()
    ) throws(Fault) {
        guard bytes.count <= Self.sizeLimit else {
            throw Fault(
                .limitExceeded,
                "\(source) has \(ByteCount(Int64(bytes.count))), more than the \(ByteCount(Int64(Self.sizeLimit))) of a constructor"
            )
        }
        var components: [ConstructorComponent] = []
        var places: [ComponentVersionIdentity: String] = [:]
        for document in try FilledDocument.read(bytes, source: source, values: values) {
            let root = ConstructorNode(document)
            // A document of comments only.
            if root.json == .null { continue }
            for node in try Self.components(of: root) {
                let component = try ConstructorReader(node).component()
                if let first = places.updateValue(node.place, forKey: component.identity) {
                    throw node.fault(
                        "is \(component.identity), as is the one at \(first)", fix: "remove one of the two")
                }
                components.append(component)
            }
        }
        guard !components.isEmpty else {
            throw Fault(.invalid, "\(source) describes no component", fix: "begin it with “components:”")
        }
        self.components = components
    }

    private static func components(of root: ConstructorNode) throws(Fault) -> [ConstructorNode] {
        guard root.json["components"] != nil else { return [root] }
        try root.object(["components"], of: "constructor")
        return try root.list("components")
    }
}

/// One component of a constructor.
public struct ConstructorComponent: Sendable {
    /// The component version to build.
    public let identity: ComponentVersionIdentity
    /// Who provides it.
    public let provider: Provider
    /// Its labels.
    public let labels: [Label]
    /// When it was made; nil when the constructor does not say.
    public let creationTime: Timestamp?
    /// Its resources, and then its sources, in their order.
    public let elements: [ConstructorElement]
    let referenceList: [ComponentReference]

    /// The references in their order. Throws `.invalid` when a reference names no component version.
    public func references() throws(Fault) -> [ComponentReference] {
        for reference in referenceList { _ = try reference.target }
        return referenceList
    }

    /// The descriptor of the version without resources, sources and references.
    public func descriptor() -> ComponentDescriptor {
        ComponentDescriptor(identity: identity, provider: provider, labels: labels, creationTime: creationTime)
    }
}
