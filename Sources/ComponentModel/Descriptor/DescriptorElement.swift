// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// What resources, sources and references have in common. An element is a view of its object: setting a field touches
/// only that field, and fields we do not know are kept.
public protocol DescriptorElement: Hashable, Sendable {
    /// The whole object.
    var json: JSON { get }
}

extension DescriptorElement {
    /// The element's name.
    public var name: String { json["name"]?.string ?? "" }
    /// The element's version, as it is written.
    public var version: String { json["version"]?.string ?? "" }
    /// What tells elements of equal name and version apart.
    public var extraIdentity: [String: String] {
        var attributes: [String: String] = [:]
        for (key, value) in json["extraIdentity"]?.object ?? JSONObject() { attributes[key] = value.string }
        return attributes
    }
    /// Name, version and extra identity.
    public var identity: ElementIdentity {
        ElementIdentity(name: name, version: version, extraIdentity: extraIdentity)
    }
    /// The element's labels.
    public var labels: [Label] { Label.checkedList(json["labels"]) }
    /// The digest; nil when there is none or all its texts are empty.
    var digestField: DigestSpecification? { DigestSpecification(checked: json["digest"]) }
    /// The access; nil when it is `null` or missing.
    var accessField: TypedSpecification? { json["access"].flatMap { try? TypedSpecification($0) } }
}

/// Checks the fields that all elements have, while a descriptor is read or an element made.
struct ElementCheck {
    let json: JSON
    /// What is checked, for messages: `resource “image” of acme.org/app:1.0.0`.
    let thing: String

    /// - Parameter place: where the element stands, to name it as long as its own name is not known.
    init(_ json: JSON, kind: String, place: String) throws(Fault) {
        guard json.object != nil else { throw Fault(.invalid, "\(place) is a \(json.kindName), not an object") }
        self.json = json
        guard let name = json["name"]?.string else {
            throw Fault(.invalid, "\(place) has no name", fix: "add “name”")
        }
        do { _ = try ElementName(name) } catch { throw error.during(place) }
        thing = "\(kind) “\(name)”"
        let version = try text("version")
        guard version.utf8.count <= ElementName.lengthLimit, version.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw Fault(.invalid, "the version of \(thing) holds blanks or is too long", fix: "write it as 1.2.3")
        }
        try checkExtraIdentity()
        _ = try Label.list(json["labels"], of: thing)
    }

    /// A string that must be there and not be empty.
    @discardableResult
    func text(_ key: String) throws(Fault) -> String {
        switch json[key] {
        case .string(let text) where !text.isEmpty: return text
        case nil, .null, .string:
            throw Fault(.invalid, "\(thing) has no “\(key)”", fix: "add “\(key)”")
        case .number(let number)?:
            throw Fault(
                .invalid, "“\(key)” of \(thing) is a number, not a string",
                fix: "write it in quotes: \"\(number.text)\"")
        case let other?: throw Fault(.invalid, "“\(key)” of \(thing) is a \(other.kindName), not a string")
        }
    }

    /// A typed specification, `null` or missing.
    func specification(_ key: String) throws(Fault) {
        guard let value = json[key], value != .null else { return }
        do { _ = try TypedSpecification(value) } catch { throw error.during("the \(key) of \(thing)") }
    }

    func digest() throws(Fault) { _ = try DigestSpecification.read(json["digest"], of: thing) }

    private func checkExtraIdentity() throws(Fault) {
        guard let value = json["extraIdentity"], value != .null else { return }
        guard let object = value.object else {
            throw Fault(.invalid, "the extraIdentity of \(thing) is a \(value.kindName), not an object")
        }
        for (key, value) in object {
            // The well-known `os.version` and `os.features` have a dot, which the grammar of the specification lacks.
            guard ElementName.isValid(key, extra: [UInt8(ascii: ".")]) else {
                throw Fault(
                    .invalid, "“\(key.prefix(60))” in the extraIdentity of \(thing) is not a key",
                    fix: "use at least two of a-z, 0-9, “-”, “_”, “+” and “.”")
            }
            guard value.string != nil else {
                throw Fault(
                    .invalid, "“\(key)” in the extraIdentity of \(thing) is a \(value.kindName), not a string",
                    fix: "write the value in quotes")
            }
        }
    }
}

/// The object of a new element.
func elementObject(
    name: ElementName, version: String, extraIdentity: [String: String], labels: [Label], _ more: [(String, JSON)]
) -> JSON {
    var object = JSONObject([("name", .string(name.text)), ("version", .string(version))])
    if !extraIdentity.isEmpty {
        let sorted = extraIdentity.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        object["extraIdentity"] = .object(JSONObject(sorted.map { ($0.key, .string($0.value)) }))
    }
    if !labels.isEmpty { object["labels"] = labels.json }
    for (key, value) in more { object[key] = value }
    return .object(object)
}
