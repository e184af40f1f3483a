// SPDX-License-Identifier: Apache-2.0

public import Documents

/// What names one element inside a descriptor: its name, its version and its extra identity.
public struct ElementIdentity: Hashable, Sendable, CustomStringConvertible {
    /// All attributes, `name` and `version` among them.
    public let attributes: [String: String]

    /// Attributes as they are, for instance those of a selector.
    public init(attributes: [String: String]) { self.attributes = attributes }

    /// The identity of an element. Name and version win over entries of those names in the extra identity, which the
    /// older tools write.
    public init(name: String, version: String, extraIdentity: [String: String] = [:]) {
        attributes = extraIdentity.merging(["name": name, "version": version]) { $1 }
    }

    /// Whether all attributes of the selector are among these.
    public func matches(_ selector: [String: String]) -> Bool { selector.allSatisfy { attributes[$0.key] == $0.value } }

    /// `name=image,version=1.0.0`, keys sorted.
    public var description: String { sorted.map { "\($0.key)=\($0.value)" }.joined(separator: ",") }

    /// The attributes as an object with sorted keys.
    public var json: JSON { .object(JSONObject(sorted.map { ($0.key, .string($0.value)) })) }

    private var sorted: [(key: String, value: String)] {
        attributes.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}
