// SPDX-License-Identifier: Apache-2.0

public import Documents

/// A named value on a component or an element.
public struct Label: Hashable, Sendable {
    /// The whole object, unknown fields included.
    public var json: JSON
    /// Wraps a label.
    public init(json: JSON) { self.json = json }

    /// The name, unique in its list.
    public var name: String { json["name"]?.string ?? "" }
    /// Any JSON value.
    public var value: JSON { json["value"] ?? .null }
    /// The version of the value's form, `v1`.
    public var version: String? { json["version"]?.string }
    /// Whether signatures cover the label.
    public var isSigned: Bool { Self.isSigned(json) }

    static func isSigned(_ json: JSON) -> Bool { json["signing"] == true || json["signing"] == "true" }

    static func list(_ json: JSON?) -> [Label] { json?.array?.map { Label(json: $0) } ?? [] }
}
