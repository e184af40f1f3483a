// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// `jsonNormalisation/v2`, `v3` and `v4alpha1`: a filtered view of the component in canonical JSON (RFC 8785).
struct CanonicalNormalisation {
    private let descriptor: ComponentDescriptor
    private let isLossy: Bool

    /// - Parameter withLossyLabels: whether to lose what the newer tools lose before they normalise.
    init(_ descriptor: ComponentDescriptor, withLossyLabels isLossy: Bool = false) {
        (self.descriptor, self.isLossy) = (descriptor, isLossy)
    }

    func bytes(defaultingIdentities: Bool) throws(Fault) -> [UInt8] {
        let json = descriptor.json
        let head = (descriptor.schema == .v2 ? json["component"] : json["metadata"]) ?? .null
        var component = JSONObject()
        NormalisationFilter.copy(["name", "version", "creationTime"], from: head, into: &component)
        component["labels"] = NormalisationFilter.labels(head["labels"], isLossy: isLossy)
        component["provider"] = provider(head["provider"])
        var resources = descriptor.resources.map(resource)
        if defaultingIdentities { resources = NormalisationFilter.defaultIdentities(resources) }
        component["resources"] = .array(resources)
        component["sources"] = .array(descriptor.sources.map(source))
        component["componentReferences"] = .array(descriptor.references.map(reference))
        return try JSON.object(["component": .object(component)]).canonical()
    }

    private func provider(_ value: JSON?) -> JSON {
        let json = ComponentDescriptor.provider(value)
        var provider = JSONObject()
        NormalisationFilter.copy(["name"], from: json, into: &provider)
        provider["labels"] = NormalisationFilter.labels(json["labels"], isLossy: isLossy)
        return .object(provider)
    }

    private func resource(_ element: Resource) -> JSON {
        let json = element.json
        var result = JSONObject()
        NormalisationFilter.copy(["name", "version", "type", "relation", "extraIdentity"], from: json, into: &result)
        result["labels"] = NormalisationFilter.labels(json["labels"], isLossy: isLossy)
        if !NormalisationFilter.isNone(json["access"]) { result["digest"] = NormalisationFilter.digest(json["digest"]) }
        return .object(result)
    }

    private func source(_ element: Source) -> JSON {
        var result = JSONObject()
        NormalisationFilter.copy(["name", "version", "type", "extraIdentity"], from: element.json, into: &result)
        result["labels"] = NormalisationFilter.labels(element.json["labels"], isLossy: isLossy)
        return .object(result)
    }

    /// References keep all their labels: the rule that should filter them names a key that is not there.
    private func reference(_ element: ComponentReference) -> JSON {
        let json = element.json
        var result = JSONObject()
        NormalisationFilter.copy(["name", "version", "componentName", "extraIdentity"], from: json, into: &result)
        let labels = (json["labels"]?.array ?? []).map { label -> JSON in
            var kept = JSONObject()
            NormalisationFilter.copy(["name"], from: label, into: &kept)
            if let value = label["value"] { kept["value"] = isLossy ? NormalisationFilter.withoutNulls(value) : value }
            if Label.isSigned(label) { kept["signing"] = label["signing"] }
            if !isLossy { NormalisationFilter.copy(["version", "merge"], from: label, into: &kept) }
            return .object(kept)
        }
        if !labels.isEmpty { result["labels"] = .array(labels) }
        if let digest = NormalisationFilter.digest(json["digest"]) {
            result["digest"] = digest
        } else if isLossy {
            result["digest"] = ["hashAlgorithm": "", "normalisationAlgorithm": "", "value": ""]
        }
        return .object(result)
    }
}
