// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// The type of a specification: a name, and a version such as `v1`, which is meant when none is given.
public struct TypeName: Hashable, Sendable, CustomStringConvertible {
    /// The name without its version.
    public let name: String
    /// The version, when one is given.
    public let version: String?
    /// The type as it was written.
    public var description: String { version.map { "\(name)/\($0)" } ?? name }

    /// Splits a type. What follows the last `/` is a version when it looks like one; resource types such as
    /// `landscaper.gardener.cloud/blueprint` keep their slash.
    public init(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count > 1, let last = parts.last, last.utf8.first == 0x76, last.dropFirst().first?.isNumber == true {
            (name, version) = (parts.dropLast().joined(separator: "/"), String(last))
        } else {
            (name, version) = (text, nil)
        }
    }
}

/// An object with a type, such as an access or an input; fields nobody knows are kept.
public struct TypedSpecification: Hashable, Sendable {
    /// The type.
    public let type: TypeName
    /// The whole object.
    public let json: JSON

    /// Reads a typed object; `type` must be a string that is not empty.
    public init(_ json: JSON) throws(Fault) {
        guard let text = json["type"]?.string, !text.isEmpty else {
            throw Fault(.invalid, "a specification has no “type”", fix: "add “type”")
        }
        (type, self.json) = (TypeName(text), json)
    }
}
