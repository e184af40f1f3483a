// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// The digests of a referenced version that its root keeps for it (the older tool's digest mode `top`).
///
/// No signature covers this list by itself: it is proved by the digest that a signed reference pins, which only the
/// right digests reproduce.
public struct NestedDigest: Hashable, Sendable {
    /// The whole object.
    public let json: JSON
    /// The version that the digests are for.
    public let identity: ComponentVersionIdentity
    /// The digest of its normalised descriptor.
    public var digest: DigestSpecification? { DigestSpecification(checked: json["digest"]) }
    /// The digests of its resources, by identity.
    public var resources: [ElementIdentity: DigestSpecification] {
        var digests: [ElementIdentity: DigestSpecification] = [:]
        for item in json["resourceDigests"]?.array ?? [] {
            digests[Self.identity(item)] = DigestSpecification(checked: item["digest"])
        }
        return digests
    }

    /// Reads an entry of `nestedDigests`.
    init(_ json: JSON, place: String) throws(Fault) {
        guard let name = json["name"]?.string, let version = json["version"]?.string else {
            throw Fault(.invalid, "\(place) has no name or no version")
        }
        do {
            identity = ComponentVersionIdentity(name: try ComponentName(name), version: try ComponentVersion(version))
        } catch {
            throw error.during(place)
        }
        _ = try DigestSpecification.read(json["digest"], of: place)
        let resources = json["resourceDigests"] ?? .null
        guard resources == .null || resources.array != nil else {
            throw Fault(.invalid, "the resourceDigests of \(place) are a \(resources.kindName), not a list")
        }
        var seen: Set<ElementIdentity> = []
        for item in resources.array ?? [] {
            guard item["name"]?.string != nil, item["version"]?.string != nil else {
                throw Fault(.invalid, "a resource digest of \(place) has no name or no version")
            }
            guard try DigestSpecification.read(item["digest"], of: "a resource in \(place)") != nil else {
                throw Fault(.invalid, "a resource digest of \(place) is empty")
            }
            guard seen.insert(Self.identity(item)).inserted else {
                throw Fault(.invalid, "\(place) has two digests for the resource \(Self.identity(item))")
            }
        }
        self.json = json
    }

    private static func identity(_ json: JSON) -> ElementIdentity {
        var extra: [String: String] = [:]
        for (key, value) in json["extraIdentity"]?.object ?? JSONObject() { extra[key] = value.string }
        return ElementIdentity(
            name: json["name"]?.string ?? "", version: json["version"]?.string ?? "", extraIdentity: extra)
    }
}

extension ComponentDescriptor {
    /// This descriptor with the digests that a root keeps for it; digests that are there must be the same.
    ///
    /// Compare the result with the digest of the reference: only the right digests reproduce it.
    public func completed(with nested: [NestedDigest]) throws(Fault) -> ComponentDescriptor {
        var completed = self
        let byIdentity = Dictionary(nested.map { ($0.identity, $0) }) { first, _ in first }
        let resources = byIdentity[identity]?.resources ?? [:]
        for (index, resource) in completed.resources.enumerated() {
            guard let digest = resources[resource.identity] else { continue }
            try agree(resource.digest, digest, "resource “\(resource.name)”")
            completed.resources[index].digest = resource.digest ?? digest
        }
        for (index, reference) in completed.references.enumerated() {
            guard let target = try? reference.target, let digest = byIdentity[target]?.digest else { continue }
            try agree(reference.digest, digest, "reference “\(reference.name)”")
            completed.references[index].digest = reference.digest ?? digest
        }
        return completed
    }

    private func agree(_ ours: DigestSpecification?, _ nested: DigestSpecification, _ thing: String) throws(Fault) {
        guard let ours, ours != nested, !ours.isSameContent(as: nested) else { return }
        throw Fault(
            .mismatch, "\(thing) of \(identity) has the digest \(ours.value) and \(nested.value) in its root",
            fix: "one of the two descriptors was altered; fetch them again from their origin")
    }
}
