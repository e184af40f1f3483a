// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// Another component version that a component version is made of.
public struct ComponentReference: DescriptorElement {
    /// The whole object.
    public private(set) var json: JSON
    /// The component referred to.
    public let componentName: ComponentName

    /// The digest of the normalised descriptor referred to; nil when there is none.
    public var digest: DigestSpecification? {
        get { digestField }
        set { json["digest"] = newValue?.json }
    }
    /// The element's labels.
    public var labels: [Label] {
        get { Label.checkedList(json["labels"]) }
        set { json["labels"] = newValue.field }
    }
    /// The component version referred to; throws `.invalid` when the version is none.
    public var target: ComponentVersionIdentity {
        get throws(Fault) {
            do {
                return ComponentVersionIdentity(name: componentName, version: try ComponentVersion(version))
            } catch {
                throw error.during("reference “\(name)” to \(componentName)")
            }
        }
    }

    /// A new reference.
    public init(
        name: ElementName, target: ComponentVersionIdentity, extraIdentity: [String: String] = [:],
        labels: [Label] = [],
        digest: DigestSpecification? = nil
    ) throws(Fault) {
        var more: [(String, JSON)] = [("componentName", .string(target.name.text))]
        if let digest { more.append(("digest", digest.json)) }
        try self.init(
            elementObject(
                name: name, version: target.version.text, extraIdentity: extraIdentity, labels: labels, more),
            place: "a new reference")
    }

    /// Reads a reference that stands at `place`; throws `.invalid` for a missing or wrong field.
    public init(_ json: JSON, place: String) throws(Fault) {
        let check = try ElementCheck(json, kind: "reference", place: place)
        do {
            componentName = try ComponentName(check.text("componentName"))
        } catch {
            throw error.during(check.thing)
        }
        try check.digest()
        self.json = json
    }
}
