// SPDX-License-Identifier: Apache-2.0

public import Documents

/// What tells an element of a descriptor from the others of its list: name, version and extra identity.
public struct ElementIdentity: Hashable, Sendable, CustomStringConvertible {
    /// All attributes, `name` and `version` among them.
    public let attributes: [String: String]

    /// An identity. What the extra identity says of `name` and `version` does not count.
    public init(name: String, version: String, extra: [String: String]) {
        attributes = extra.merging(["name": name, "version": version]) { $1 }
    }

    /// Whether every attribute of a selector is there with its value.
    public func matches(_ selector: [String: String]) -> Bool {
        selector.allSatisfy { attributes[$0.key] == $0.value }
    }

    /// The attributes as an object, keys sorted.
    public var json: JSON {
        .object(JSONObject(attributes.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    /// `key=value` pairs, keys sorted.
    public var description: String {
        attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}
