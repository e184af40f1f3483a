// SPDX-License-Identifier: Apache-2.0

/// Names a kind of objects in a version of an API group.
public struct GroupVersionKind: Hashable, Sendable, CustomStringConvertible {
    /// The group; empty for the core group.
    public let group: String
    /// The version: `v1`.
    public let version: String
    /// The kind: `Deployment`.
    public let kind: String

    /// Names a kind.
    public init(group: String, version: String, kind: String) {
        (self.group, self.version, self.kind) = (group, version, kind)
    }

    /// Names a kind by the two members of an object: `apps/v1` and `Deployment`.
    public init(apiVersion: String, kind: String) {
        let parts = apiVersion.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        self.init(group: parts.count == 2 ? parts[0] : "", version: parts[parts.count - 1], kind: kind)
    }

    /// Group and version as objects have them: `v1`, `apps/v1`.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// As `apps/v1, Kind=Deployment`.
    public var description: String { "\(apiVersion), Kind=\(kind)" }
}
