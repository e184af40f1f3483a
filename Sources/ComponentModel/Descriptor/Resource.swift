// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// Something a component version delivers, and where its content is.
public struct Resource: DescriptorElement {
    /// Whether a resource belongs to the component or comes from elsewhere.
    public enum Relation: String, Sendable, CaseIterable {
        /// It is made together with the component.
        case local
        /// It is made by others.
        case external
    }

    /// The whole object.
    public private(set) var json: JSON

    /// What it is: `ociImage`, `helmChart`, `blob`.
    public var type: String { json["type"]?.string ?? "" }
    /// Whether it belongs to the component.
    public var relation: Relation { json["relation"]?.string.flatMap(Relation.init) ?? .local }
    /// Where its content is; nil when the descriptor does not say.
    public var access: TypedSpecification? {
        get { accessField }
        set { json["access"] = newValue?.json ?? .null }
    }
    /// The digest of its content; nil when there is none.
    public var digest: DigestSpecification? {
        get { digestField }
        set { json["digest"] = newValue?.json }
    }
    /// The element's labels.
    public var labels: [Label] {
        get { Label.checkedList(json["labels"]) }
        set { json["labels"] = newValue.field }
    }
    /// The sources it was made from.
    public var sourceReferences: [SourceReference] {
        (json["srcRefs"] ?? json["srcRef"])?.array?.map(SourceReference.init(checked:)) ?? []
    }

    /// A new resource.
    public init(
        name: ElementName, version: String, type: String, relation: Relation, extraIdentity: [String: String] = [:],
        labels: [Label] = [], access: TypedSpecification?, digest: DigestSpecification? = nil
    ) throws(Fault) {
        var more: [(String, JSON)] = [
            ("type", .string(type)), ("relation", .string(relation.rawValue)), ("access", access?.json ?? .null),
        ]
        if let digest { more.append(("digest", digest.json)) }
        try self.init(
            elementObject(name: name, version: version, extraIdentity: extraIdentity, labels: labels, more),
            place: "a new resource")
    }

    /// Reads a resource that stands at `place`; throws `.invalid` for a missing or wrong field.
    public init(_ json: JSON, place: String) throws(Fault) {
        let check = try ElementCheck(json, kind: "resource", place: place)
        try check.text("type")
        guard Relation(rawValue: try check.text("relation")) != nil else {
            throw Fault(
                .invalid, "the relation of \(check.thing) is neither local nor external", fix: "write local or external"
            )
        }
        try check.specification("access")
        try check.digest()
        for key in ["srcRefs", "srcRef"] { try SourceReference.check(json[key], of: check.thing) }
        self.json = json
    }
}

/// Names a source that a resource was made from.
public struct SourceReference: Hashable, Sendable {
    /// The whole object.
    public let json: JSON
    /// Attributes that the identity of the source has.
    public var identitySelector: [String: String] {
        var attributes: [String: String] = [:]
        for (key, value) in json["identitySelector"]?.object ?? JSONObject() { attributes[key] = value.string }
        return attributes
    }
    /// The labels of the relation.
    public var labels: [Label] { Label.checkedList(json["labels"]) }

    init(checked json: JSON) { self.json = json }

    static func check(_ json: JSON?, of thing: String) throws(Fault) {
        guard let json, json != .null else { return }
        guard let items = json.array else {
            throw Fault(.invalid, "the srcRefs of \(thing) are a \(json.kindName), not a list")
        }
        for item in items {
            guard item.object != nil else {
                throw Fault(.invalid, "a source reference of \(thing) is a \(item.kindName), not an object")
            }
            let selector = item["identitySelector"] ?? .null
            let isMap = selector.object.map { $0.allSatisfy { $0.value.string != nil } } ?? (selector == .null)
            guard isMap else { throw Fault(.invalid, "an identitySelector of \(thing) is not a map of strings") }
            _ = try Label.list(item["labels"], of: "a source reference of \(thing)")
        }
    }
}
