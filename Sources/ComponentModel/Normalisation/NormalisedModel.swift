// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// The part of a descriptor that signatures cover. It is built from known fields only: what the other tools lose on
/// reading is no part of a digest, and neither is an optional field that is empty.
struct NormalisedModel {
    let descriptor: ComponentDescriptor
    let algorithm: NormalisationAlgorithm
    let flavour: NormalisationFlavour

    /// For v2, v3 and v4alpha1: the same for both schemas.
    var document: JSON {
        var component = head
        if let provider = descriptor.value(.provider).flatMap(Provider.object) {
            component["provider"] = .object(self.provider(provider, isFiltered: true))
        }
        component["resources"] = .array(resources(nullIdentity: false))
        component["sources"] = .array(sources)
        component["componentReferences"] = .array(references(nullIdentity: false))
        let document: JSON = ["component": .object(component)]
        return algorithm == .v4alpha1 && !flavour.keepsNulls ? document.withoutNullMembers : document
    }

    /// For v1: the document in its own schema.
    var entryDocument: JSON {
        switch descriptor.schema {
        case .v2:
            var component = head
            // A plain name stays a string here; only the text of an object becomes one.
            if let provider = descriptor.value(.provider), let object = Provider.object(provider) {
                let isPlain = object == ["name": provider]
                component["provider"] = isPlain ? provider : .object(self.provider(object, isFiltered: true))
            }
            let nullIdentity = !flavour.omitsAbsentIdentity
            component["resources"] = .array(resources(nullIdentity: nullIdentity))
            component["componentReferences"] = .array(references(nullIdentity: nullIdentity))
            return ["component": .object(component), "meta": ["schemaVersion": "v2"]]
        case .v3alpha1:
            var metadata = head
            if let provider = descriptor.value(.provider).flatMap(Provider.object) {
                metadata["provider"] = .object(self.provider(provider, isFiltered: false))
            }
            var spec = JSONObject()
            for (key, items) in [
                ("resources", resources(nullIdentity: false)), ("sources", sources),
                ("references", references(nullIdentity: false)),
            ] where !items.isEmpty { spec[key] = .array(items) }
            return [
                "apiVersion": descriptor.json["apiVersion"] ?? .null, "kind": "ComponentVersion",
                "metadata": .object(metadata), "spec": .object(spec),
            ]
        }
    }

    private var head: JSONObject {
        var object = JSONObject([
            ("name", .string(descriptor.identity.name.text)), ("version", .string(descriptor.identity.version.text)),
        ])
        object["labels"] = signedLabels(descriptor.value(.labels))
        if let time = descriptor.value(.creationTime), time != .null { object["creationTime"] = time }
        return object
    }

    private func provider(_ json: JSON, isFiltered: Bool) -> JSONObject {
        var object = JSONObject()
        object["name"] = json["name"]
        object["labels"] = isFiltered ? signedLabels(json["labels"]) : allLabels(json["labels"])
        return object
    }

    private func resources(nullIdentity: Bool) -> [JSON] {
        let identities = IdentityDefaulting.apply(
            to: descriptor.resources, isWanted: algorithm == .v1 || algorithm == .v2)
        return zip(descriptor.resources, identities).map { resource, extraIdentity in
            var object = element(resource, extraIdentity, nullIdentity: nullIdentity)
            object["type"] = resource.json["type"]
            object["relation"] = resource.json["relation"]
            object["labels"] = signedLabels(resource.json["labels"])
            if resource.access?.isNone != true { object["digest"] = digest(resource.json["digest"]) }
            return .object(object)
        }
    }

    private var sources: [JSON] {
        descriptor.sources.map { source in
            var object = element(source, source.extraIdentity, nullIdentity: false)
            object["type"] = source.json["type"]
            object["labels"] = signedLabels(source.json["labels"])
            return .object(object)
        }
    }

    private func references(nullIdentity: Bool) -> [JSON] {
        descriptor.references.map { reference in
            var object = element(reference, reference.extraIdentity, nullIdentity: nullIdentity)
            object["componentName"] = reference.json["componentName"]
            // Only v1 filters these labels: in the newer algorithms the rule names “references”, a key that no document
            // has, so that it never applies.
            let labels = reference.json["labels"]
            object["labels"] = algorithm == .v1 ? signedLabels(labels) : allLabels(labels)
            object["digest"] = digest(reference.json["digest"])
            if flavour.followsGoLibrary && object["digest"] == nil { object["digest"] = Self.emptyDigest }
            return .object(object)
        }
    }

    private func element(
        _ element: some DescriptorElement, _ extraIdentity: [String: String], nullIdentity: Bool
    ) -> JSONObject {
        var object = JSONObject([("name", .string(element.name)), ("version", .string(element.version))])
        if !extraIdentity.isEmpty {
            object["extraIdentity"] = .object(JSONObject(extraIdentity.map { ($0.key, .string($0.value)) }))
        } else if nullIdentity {
            object["extraIdentity"] = .null
        }
        return object
    }

    private static let emptyDigest: JSON = ["hashAlgorithm": "", "normalisationAlgorithm": "", "value": ""]

    private func digest(_ json: JSON?) -> JSON? {
        if let digest = DigestSpecification(checked: json) { return digest.json }
        guard flavour.keepsEmptyDigests, json?.object != nil else { return nil }
        return Self.emptyDigest
    }

    /// The labels that signatures cover; nil when there are none.
    private func signedLabels(_ json: JSON?) -> JSON? {
        let labels = Label.checkedList(json).filter(\.isSigned).map {
            label(
                $0,
                fields: flavour.followsGoLibrary
                    ? ["name", "value", "signing"] : ["name", "version", "value", "signing"])
        }
        return Self.list(labels)
    }

    private func allLabels(_ json: JSON?) -> JSON? {
        let fields = ["name", "value", "signing"] + (flavour.followsGoLibrary ? [] : ["version", "merge"])
        let labels = Label.checkedList(json).map { label($0, fields: fields) }
        return Self.list(labels)
    }

    private static func list(_ items: [JSON]) -> JSON? {
        guard !items.isEmpty else { return nil }
        return .array(items)
    }

    private func label(_ label: Label, fields: [String]) -> JSON {
        var object = JSONObject()
        for field in fields {
            guard let value = label.json[field] else { continue }
            // Empty optional fields vanish, and so does what is not signed; a value may be anything, `null` too.
            let isEmpty = value == .null || value == "" || (field == "signing" && !label.isSigned)
            if field == "value" || !isEmpty { object[field] = value }
        }
        return .object(object)
    }
}

/// Adds versions to the extra identities of resources that are not told apart by name and extra identity.
///
/// It changes the list while it goes over it, as the first implementation did: the last of a group stays as it is.
enum IdentityDefaulting {
    private struct Key: Hashable {
        let name: String
        let extraIdentity: [String: String]
    }

    static func apply(to resources: [Resource], isWanted: Bool) -> [[String: String]] {
        var identities = resources.map(\.extraIdentity)
        guard isWanted else { return identities }
        var counts: [Key: Int] = [:]
        for (resource, identity) in zip(resources, identities) {
            counts[Key(name: resource.name, extraIdentity: identity), default: 0] += 1
        }
        for (index, resource) in resources.enumerated() {
            let key = Key(name: resource.name, extraIdentity: identities[index])
            guard counts[key, default: 0] > 1 else { continue }
            counts[key, default: 0] -= 1
            identities[index]["version"] = resource.version
            counts[Key(name: resource.name, extraIdentity: identities[index]), default: 0] += 1
        }
        return identities
    }
}

extension JSON {
    /// The value without members that are `null`, at any depth; `null` in arrays stays.
    fileprivate var withoutNullMembers: JSON {
        switch self {
        case .array(let items): return .array(items.map(\.withoutNullMembers))
        case .object(let object):
            return .object(
                JSONObject(object.compactMap { $0.value == .null ? nil : ($0.key, $0.value.withoutNullMembers) }))
        default: return self
        }
    }
}
