// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// The document that describes a component version, without loss: every field, the order of fields and the text of
/// numbers stay as they were read, and setting a field touches only that field.
///
/// Schema v2 is read and written; `ocm.software/v3alpha1` is read and encoded as itself.
public struct ComponentDescriptor: Hashable, Sendable {
    /// The form of the document.
    public enum Schema: String, Sendable, CaseIterable {
        /// `meta.schemaVersion: v2`.
        case v2
        /// `apiVersion: ocm.software/v3alpha1`.
        case v3alpha1 = "ocm.software/v3alpha1"
    }

    /// The form of the document.
    public let schema: Schema
    /// The component and its version.
    public let identity: ComponentVersionIdentity
    /// What the version delivers.
    public var resources: [Resource]
    /// What it was made from.
    public var sources: [Source]
    /// The component versions it is made of.
    public var references: [ComponentReference]
    /// Who vouches for it. Nothing is verified by reading them.
    public var signatures: [SignatureEntry]

    /// The document without the members of the lists above, which are kept apart so that changing one is cheap.
    private var frame: JSON

    /// The most bytes of a descriptor.
    public static let sizeLimit = 16 * 1024 * 1024
    /// The most resources, sources and references together.
    public static let elementLimit = 100_000
    /// The most signatures.
    public static let signatureLimit = 64

    /// A new descriptor of schema v2 without elements.
    public init(
        identity: ComponentVersionIdentity, provider: Provider, labels: [Label] = [], creationTime: Timestamp? = nil
    ) {
        var component = JSONObject([
            ("name", .string(identity.name.text)), ("version", .string(identity.version.text)),
            ("provider", provider.textForm),
        ])
        if !labels.isEmpty { component["labels"] = labels.json }
        if let creationTime { component["creationTime"] = .string(creationTime.description) }
        for key in ["repositoryContexts", "resources", "sources", "componentReferences"] { component[key] = .array([]) }
        frame = ["meta": ["schemaVersion": "v2"], "component": .object(component)]
        (schema, self.identity) = (.v2, identity)
        (resources, sources, references, signatures) = ([], [], [], [])
    }

    /// Takes a document.
    ///
    /// Throws `.invalid` naming `source` and the field for a document that is no descriptor, `.limitExceeded` beyond
    /// the limits above, `.unsupported` for another schema.
    public init(json: JSON, source: String) throws(Fault) {
        let reader = try DescriptorReader(json, source: source)
        (schema, identity) = (reader.schema, try reader.identity())
        try reader.checkHead()
        resources = try reader.list(Field.resources) { json, place throws(Fault) in try Resource(json, place: place) }
        sources = try reader.list(Field.sources) { json, place throws(Fault) in try Source(json, place: place) }
        references = try reader.list(Field.references) { json, place throws(Fault) in
            try ComponentReference(json, place: place)
        }
        signatures = try reader.list(Field.signatures) { json, place throws(Fault) in
            try SignatureEntry(json, place: place)
        }
        frame = json
        for field in Field.lists where value(field)?.array?.isEmpty == false { setValue(field, .array([])) }
        do { try validate() } catch { throw error.during(source) }
    }

    /// The whole document.
    public var json: JSON {
        var whole = self
        func fill(_ field: Field, _ items: [JSON]) {
            // An empty list keeps the form it was read in: `[]`, `null` or absent.
            if !items.isEmpty { whole.setValue(field, .array(items)) }
        }
        fill(.resources, resources.map(\.json))
        fill(.sources, sources.map(\.json))
        fill(.references, references.map(\.json))
        fill(.signatures, signatures.map(\.json))
        return whole.frame
    }

    /// The compact JSON with sorted keys: the layer a repository stores.
    public func encoded() -> [UInt8] { json.encoded(sortedKeys: true) }

    /// Who provides the component.
    public var provider: Provider {
        get {
            // The provider was checked on reading, so the second form is never taken.
            (try? Provider(value(.provider), of: identity.description)) ?? Provider(unchecked: "")
        }
        set { setValue(.provider, schema == .v2 ? newValue.textForm : newValue.objectForm) }
    }

    /// The labels of the component.
    public var labels: [Label] {
        get { Label.checkedList(value(.labels)) }
        set { setValue(.labels, newValue.field) }
    }

    /// When the version was made; signatures cover it.
    public var creationTime: Timestamp? { value(.creationTime)?.string.flatMap(Timestamp.init) }

    /// The repositories the version came through, newest last.
    public var repositoryContexts: [JSON] {
        get { value(.repositoryContexts)?.array ?? [] }
        set { setValue(.repositoryContexts, .array(newValue)) }
    }

    /// The digests of referenced versions that this root keeps.
    public var nestedDigests: [NestedDigest] {
        value(.nestedDigests)?.array?.compactMap { try? NestedDigest($0, place: "a nested digest") } ?? []
    }

    /// Checks what setting lists could break: identities and names of signatures must be unique, limits be kept.
    public func validate() throws(Fault) {
        guard resources.count + sources.count + references.count <= Self.elementLimit else {
            throw Fault(.limitExceeded, "\(identity) has more than \(Self.elementLimit) elements")
        }
        try Self.checkUnique(resources, "resources", identity)
        try Self.checkUnique(sources, "sources", identity)
        try Self.checkUnique(references, "references", identity)
        guard signatures.count <= Self.signatureLimit else {
            throw Fault(.limitExceeded, "\(identity) has more than \(Self.signatureLimit) signatures")
        }
        var names: Set<String> = []
        for signature in signatures where !names.insert(signature.name).inserted {
            throw Fault(.invalid, "\(identity) has two signatures “\(signature.name)”", fix: "keep one of them")
        }
    }

    private static func checkUnique(
        _ elements: [some DescriptorElement], _ kind: String, _ identity: ComponentVersionIdentity
    ) throws(Fault) {
        var seen: Set<ElementIdentity> = []
        for element in elements where !seen.insert(element.identity).inserted {
            throw Fault(
                .invalid, "\(identity) has two \(kind) with the identity \(element.identity)",
                fix: "give one of them another name, version or extraIdentity")
        }
    }

    /// A field of the document without the list members.
    func value(_ field: Field) -> JSON? {
        var value: JSON? = frame
        for key in field.path(schema) { value = value?[key] }
        return value
    }

    private mutating func setValue(_ field: Field, _ value: JSON?) {
        let path = field.path(schema)
        if path.count == 1 { frame[path[0]] = value } else { frame[path[0], path[1]] = value }
    }
}

extension JSON {
    fileprivate subscript(outer: String, inner: String) -> JSON? {
        get { self[outer]?[inner] }
        set {
            var object = self[outer] ?? .object(JSONObject())
            object[inner] = newValue
            self[outer] = object
        }
    }
}

extension Provider {
    fileprivate init(unchecked name: String) { (self.name, self.labels) = (name, []) }
}
