// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// The name of a type of specification, with or without a version: `localBlob/v1`, `ociArtifact`.
public struct TypeName: Hashable, Sendable, CustomStringConvertible {
    /// The name without the version.
    public let name: String
    /// The version, such as `v1` or `v1alpha1`; nil when none is written, which means `v1`.
    public let version: String?
    /// The type as it is written.
    public var description: String { version.map { "\(name)/\($0)" } ?? name }

    /// Reads a type. What stands behind the last `/` counts as a version only when it looks like one, as there are
    /// types such as `landscaper.gardener.cloud/blueprint`.
    public init(_ text: String) throws(Fault) {
        let isPrintable = text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        guard (1...255).contains(text.utf8.count), isPrintable else {
            throw Fault(
                .invalid, "“\(text.prefix(100))” is not the name of a type",
                fix: "write it as localBlob or localBlob/v1")
        }
        if let slash = text.lastIndex(of: "/"), slash > text.startIndex {
            let version = String(text[text.index(after: slash)...])
            if Self.isVersion(version) {
                (name, self.version) = (String(text[..<slash]), version)
                return
            }
        }
        (name, version) = (text, nil)
    }

    /// Whether this is one of some names in a version; a missing version means `v1`.
    public func isOne(of names: [String], version wanted: String = "v1") -> Bool {
        names.contains(name) && (version ?? "v1") == wanted
    }

    /// `v1`, `v1alpha1`, `v2beta3`.
    private static func isVersion(_ text: String) -> Bool {
        guard text.hasPrefix("v") else { return false }
        var rest = text.dropFirst()
        let major = rest.prefix { $0.isASCII && $0.isNumber }
        guard !major.isEmpty else { return false }
        rest = rest.dropFirst(major.count)
        guard !rest.isEmpty else { return true }
        for word in ["alpha", "beta"] where rest.hasPrefix(word) {
            let number = rest.dropFirst(word.count)
            return !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
        }
        return false
    }
}

/// An object whose `type` says what its other fields mean; fields we do not know are kept.
public struct TypedSpecification: Hashable, Sendable {
    /// The type.
    public let type: TypeName
    /// The whole object.
    public let json: JSON

    /// Takes an object; throws `.invalid` when it has no `type`.
    public init(_ json: JSON) throws(Fault) {
        guard json.object != nil else {
            throw Fault(
                .invalid, "a specification should be an object and is a \(json.kindName)", fix: "write it as type: …")
        }
        guard let text = json["type"]?.string else {
            throw Fault(.invalid, "a specification has no “type”", fix: "add “type”")
        }
        (type, self.json) = (try TypeName(text), json)
    }

    /// Whether it says that there is no content (`none`, or `None` as old descriptors write it).
    public var isNone: Bool { type.name == "none" || type.name == "None" }
}
