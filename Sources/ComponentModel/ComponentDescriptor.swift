// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// A component descriptor, kept as it was written: unknown fields, the order of keys and the text of numbers survive
/// reading and writing. Schema `v2`; `ocm.software/v3alpha1` is read and written as itself.
public struct ComponentDescriptor: Hashable, Sendable {
    /// The schemas that are read.
    public enum Schema: Hashable, Sendable { case v2, v3alpha1 }

    /// The schema.
    public let schema: Schema
    /// Name and version of the component.
    public let identity: ComponentVersionIdentity
    /// The resources, in their order.
    public var resources: [Resource]
    /// The sources, in their order.
    public var sources: [Source]
    /// The references, in their order.
    public var references: [ComponentReference]
    /// The signatures, in their order.
    public var signatures: [SignatureEntry]
    /// Everything else; the lists above are empty in it.
    private var frame: JSON

    /// The most bytes of a descriptor.
    public static let sizeLimit = 16 * 1024 * 1024
    /// The most elements of one list.
    public static let elementLimit = 100_000
    /// The most signatures; more only slow a verifier down.
    public static let signatureLimit = 64

    /// An empty descriptor of schema v2.
    public init(identity: ComponentVersionIdentity, provider: String, labels: [Label], creationTime: String?) {
        var component: JSON = [
            "name": .string(identity.name.text), "version": .string(identity.version.text), "provider": .string(provider),
        ]
        if let creationTime { component["creationTime"] = .string(creationTime) }
        if !labels.isEmpty { component["labels"] = .array(labels.map(\.json)) }
        for key in ["repositoryContexts", "resources", "sources", "componentReferences"] { component[key] = [] }
        frame = ["meta": ["schemaVersion": "v2"], "component": component]
        (schema, self.identity) = (.v2, identity)
        (resources, sources, references, signatures) = ([], [], [], [])
    }

    /// Reads a descriptor in JSON or YAML.
    public init(parsing bytes: [UInt8], source: String) throws(Fault) {
        guard bytes.count <= Self.sizeLimit else {
            throw Fault(.limitExceeded, "\(source) has \(ByteCount(Int64(bytes.count))), more than a descriptor may have")
        }
        let isJSON = bytes.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "{")
        let json = try isJSON ? JSON(parsing: bytes, source: source) : YAML.document(bytes, source: source).root
        try self.init(json: json, source: source)
    }

    /// Reads a descriptor and checks it: names, versions, required fields, identities that differ.
    public init(json: JSON, source: String) throws(Fault) {
        func invalid(_ what: String) -> Fault {
            Fault(.invalid, "\(source): \(what)", fix: "this is no valid component descriptor; ask who made it")
        }
        if let version = json["meta"]?["schemaVersion"]?.string {
            guard version.hasPrefix("v2") else {
                throw Fault(.unsupported, "\(source) has the schema version “\(version)”", fix: "known are v2 and ocm.software/v3alpha1")
            }
            schema = .v2
        } else if let version = json["apiVersion"]?.string {
            guard ["ocm.software/v3alpha1", "ocm.gardener.cloud/v3alpha1"].contains(version) else {
                throw Fault(.unsupported, "\(source) has the schema version “\(version)”", fix: "known are v2 and ocm.software/v3alpha1")
            }
            schema = .v3alpha1
        } else {
            throw invalid("it states no schema version")
        }
        frame = json
        let head = schema == .v2 ? json["component"] : json["metadata"]
        guard let head, let name = head["name"]?.string, let version = head["version"].flatMap({ $0.string ?? $0.numberText }) else {
            throw invalid("it names no component and version")
        }
        identity = ComponentVersionIdentity(name: try ComponentName(name), version: try ComponentVersion(version))
        let body = schema == .v2 ? json["component"] : json["spec"]
        func list(_ value: JSON?, _ what: String, limit: Int = Self.elementLimit) throws(Fault) -> [JSON] {
            guard let value, value != .null else { return [] }
            guard let items = value.array else { throw invalid("“\(what)” is no list") }
            guard items.count <= limit else { throw Fault(.limitExceeded, "\(source) has more than \(limit) \(what)") }
            guard items.allSatisfy({ $0.object != nil }) else { throw invalid("an entry of “\(what)” is no object") }
            return items
        }
        resources = try list(body?["resources"], "resources").map(Resource.init)
        sources = try list(body?["sources"], "sources").map(Source.init)
        let referenceKey = schema == .v2 ? "componentReferences" : "references"
        references = try list(body?[referenceKey], referenceKey).map(ComponentReference.init)
        signatures = try list(json["signatures"], "signatures", limit: Self.signatureLimit).map(SignatureEntry.init)
        if body?["resources"]?.array != nil { setList("resources", []) }
        if body?["sources"]?.array != nil { setList("sources", []) }
        if body?[referenceKey]?.array != nil { setList(referenceKey, []) }
        if json["signatures"]?.array != nil { frame["signatures"] = [] }
        if schema == .v2 {
            guard head["provider"]?.string?.isEmpty == false else { throw invalid("the component names no provider") }
        }
        try Self.check(resources, "resource", source)
        try Self.check(sources, "source", source)
        try Self.check(references, "reference", source)
        for resource in resources where resource.type.isEmpty { throw invalid("the resource “\(resource.name)” has no type") }
        var names: Set<String> = []
        for signature in signatures where !names.insert(signature.name).inserted {
            throw invalid("the signature “\(signature.name)” is there twice")
        }
    }

    private static func check(_ elements: [some DescriptorElement], _ kind: String, _ source: String) throws(Fault) {
        var seen: Set<ElementIdentity> = []
        for element in elements {
            guard ElementName.isValid(element.name) else {
                throw Fault(.invalid, "\(source): “\(element.name)” is no name of a \(kind)", fix: "use two or more lower-case letters, digits, “-”, “_” and “+”")
            }
            guard SemanticVersion(element.version) != nil || !element.version.isEmpty else {
                throw Fault(.invalid, "\(source): the \(kind) “\(element.name)” has no version")
            }
            guard seen.insert(element.identity).inserted else {
                throw Fault(
                    .invalid, "\(source): two entries have the identity \(element.identity)",
                    fix: "give one of the \(kind)s another name or an extraIdentity")
            }
        }
    }

    private mutating func setList(_ key: String, _ items: [JSON]) {
        let outer = schema == .v2 ? "component" : "spec"
        var body = frame[outer] ?? .object(JSONObject())
        body[key] = .array(items)
        frame[outer] = body
    }

    /// The whole descriptor.
    public var json: JSON {
        var copy = self
        func put(_ key: String, _ items: [JSON]) {
            let old = frame[schema == .v2 ? "component" : "spec"]?[key]
            if !items.isEmpty || old?.array != nil { copy.setList(key, items) }
        }
        put("resources", resources.map(\.json))
        put("sources", sources.map(\.json))
        put(schema == .v2 ? "componentReferences" : "references", references.map(\.json))
        if !signatures.isEmpty || frame["signatures"]?.array != nil {
            copy.frame["signatures"] = .array(signatures.map(\.json))
        }
        return copy.frame
    }

    /// The descriptor as compact JSON with sorted keys: what is stored. The same descriptor gives the same bytes.
    public func encoded() -> [UInt8] { json.encoded(sortedKeys: true) }

    private var head: JSON? { schema == .v2 ? frame["component"] : frame["metadata"] }

    /// The component's labels.
    public var labels: [Label] { Label.list(head?["labels"]) }
    /// When the component was made, if it says so.
    public var creationTime: String? { head?["creationTime"]?.string }
    /// Who provides the component. Schema v2 keeps a provider with labels as JSON in a string.
    public var provider: Provider {
        let json = Self.provider(head?["provider"])
        return Provider(name: json["name"]?.string ?? "", labels: Label.list(json["labels"]))
    }

    static func provider(_ value: JSON?) -> JSON {
        guard let text = value?.string else { return value ?? .null }
        if text.hasPrefix("{"), let json = try? JSON(parsing: Array(text.utf8), source: "provider"), json.object != nil {
            return json
        }
        return ["name": .string(text)]
    }
}
