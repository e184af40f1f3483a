// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents
internal import Kubernetes

/// An element of `spec.ocmConfig` and of `status.effectiveOCMConfig`: where configuration is, and who else uses it.
public struct ConfigurationReference: Hashable, Sendable, CustomStringConvertible {
    /// Whether objects that refer to this one use the configuration too.
    public enum Policy: String, Sendable, CaseIterable {
        /// They do when they have none of their own.
        case propagate = "Propagate"
        /// They do not.
        case doNotPropagate = "DoNotPropagate"
    }

    /// `v1`, or the version of this group.
    public let apiVersion: String
    /// `Secret`, `ConfigMap`, or a kind of this group.
    public let kind: String
    /// The name.
    public let name: String
    /// The namespace; nil before it is known.
    public var namespace: String?
    /// Who else uses it.
    public var policy: Policy

    /// Whether it names an object of this group and no Secret or ConfigMap.
    public var isDeliveryObject: Bool { apiVersion != "v1" }
    /// `Secret demo/credentials`.
    public var description: String { "\(kind) \(namespace.map { "\($0)/" } ?? "")\(name)" }

    /// The kinds of this group that have an effective configuration.
    static let deliveryKinds = ["Repository", "Component", "Resource", "Replication"]

    /// Reads an element that stands at `path`.
    ///
    /// `secretRef: {name: …}` and `configMapRef: {name: …}` are other spellings of the kinds Secret and ConfigMap. Throws
    /// `.invalid` for a kind that has no configuration, and for a kind of this group without its `apiVersion`.
    public init(_ json: JSON, path: String) throws(Fault) {
        let reader = try SpecificationReader(json, path)
        policy = try reader.word("policy", byDefault: Policy.propagate)
        for (key, kind) in [("secretRef", "Secret"), ("configMapRef", "ConfigMap")] where json[key] != nil {
            guard json["kind"] == nil, json["name"] == nil else {
                throw Fault(.invalid, "\(path) has \(key) beside kind or name", fix: "keep one of them")
            }
            let reference = try reader.member(key)
            (apiVersion, self.kind) = ("v1", kind)
            name = try reference.text("name")
            namespace = try reference.optionalText("namespace")
            return
        }
        kind = try reader.text("kind")
        name = try reader.text("name")
        namespace = try reader.optionalText("namespace")
        let version = try reader.optionalText("apiVersion")
        switch kind {
        case "Secret", "ConfigMap":
            guard version == nil || version == "v1" else {
                throw Fault(.invalid, "\(path).apiVersion of a \(kind) is “\(version ?? "")”", fix: "write v1")
            }
            apiVersion = "v1"
        case let other where Self.deliveryKinds.contains(other):
            guard version == DeliveryKind.groupVersion.description else {
                throw Fault(
                    .invalid, "\(path) refers to a \(kind) with the apiVersion “\(version ?? "")”",
                    fix: "write \(DeliveryKind.groupVersion)")
            }
            apiVersion = DeliveryKind.groupVersion.description
        default:
            throw Fault(
                .invalid, "\(path) refers to the kind “\(kind.prefix(60))”, which has no configuration",
                fix: "use Secret, ConfigMap, \(Self.deliveryKinds.joined(separator: ", "))")
        }
    }

    /// As it stands in a status.
    public var json: JSON {
        var json: JSON = ["apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name)]
        if let namespace { json["namespace"] = .string(namespace) }
        json["policy"] = .string(policy.rawValue)
        return json
    }

    /// The elements of a list.
    static func list(_ json: JSON?, path: String) throws(Fault) -> [ConfigurationReference] {
        guard let json, json != .null else { return [] }
        guard let items = json.array else { throw Fault(.invalid, "\(path) is a \(json.kindName), not a list") }
        var references: [ConfigurationReference] = []
        for (index, item) in items.enumerated() {
            references.append(try ConfigurationReference(item, path: "\(path)[\(index)]"))
        }
        return references
    }
}
