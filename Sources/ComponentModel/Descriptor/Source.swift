// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// Something a component version was made from. It has no digest: signatures cover its name, not its content.
public struct Source: DescriptorElement {
    /// The whole object.
    public private(set) var json: JSON

    /// What it is: `git`, `filesystem`.
    public var type: String { json["type"]?.string ?? "" }
    /// Where its content is; nil when the descriptor does not say.
    public var access: TypedSpecification? {
        get { accessField }
        set { json["access"] = newValue?.json ?? .null }
    }
    /// The element's labels.
    public var labels: [Label] {
        get { Label.checkedList(json["labels"]) }
        set { json["labels"] = newValue.field }
    }

    /// A new source.
    public init(
        name: ElementName, version: String, type: String, extraIdentity: [String: String] = [:], labels: [Label] = [],
        access: TypedSpecification?
    ) throws(Fault) {
        let more: [(String, JSON)] = [("type", .string(type)), ("access", access?.json ?? .null)]
        try self.init(
            elementObject(name: name, version: version, extraIdentity: extraIdentity, labels: labels, more),
            place: "a new source")
    }

    /// Reads a source that stands at `place`; throws `.invalid` for a missing or wrong field.
    public init(_ json: JSON, place: String) throws(Fault) {
        let check = try ElementCheck(json, kind: "source", place: place)
        try check.text("type")
        try check.specification("access")
        self.json = json
    }
}
