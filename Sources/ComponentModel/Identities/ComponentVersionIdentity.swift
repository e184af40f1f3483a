// SPDX-License-Identifier: Apache-2.0

public import Basics

/// What names one version of one component: `acme.org/notes:1.0.0`.
public struct ComponentVersionIdentity: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The component.
    public let name: ComponentName
    /// Its version.
    public let version: ComponentVersion
    /// `name:version`.
    public var description: String { "\(name):\(version)" }

    /// A version of a component.
    public init(name: ComponentName, version: ComponentVersion) { (self.name, self.version) = (name, version) }

    /// Parses `name:version`.
    public init(_ text: String) throws(Fault) {
        guard let colon = text.firstIndex(of: ":") else {
            throw Fault(.invalid, "“\(text)” names no component version", fix: "write it as acme.org/product:1.0.0")
        }
        name = try ComponentName(String(text[..<colon]))
        version = try ComponentVersion(String(text[text.index(after: colon)...]))
    }

    /// By name, then by version.
    public static func < (a: ComponentVersionIdentity, b: ComponentVersionIdentity) -> Bool {
        a.name == b.name ? a.version < b.version : a.name < b.name
    }
}
