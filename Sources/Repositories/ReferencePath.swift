// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel

/// The component versions from a root down to one that it refers to, however indirectly.
///
/// Who follows references goes along such a path, so that cycles and endless nesting end the same way everywhere.
public struct ReferencePath: Sendable {
    /// The versions, the root first.
    public let versions: [ComponentVersionIdentity]

    /// How many versions may refer to each other in a row; releases have less than ten.
    public static let depthLimit = 64

    /// The path of a root alone.
    public init(_ root: ComponentVersionIdentity) { versions = [root] }

    private init(versions: [ComponentVersionIdentity]) { self.versions = versions }

    /// The path one reference further; throws `.invalid` for a cycle, which it draws, and `.limitExceeded`.
    public func appending(_ child: ComponentVersionIdentity) throws(Fault) -> ReferencePath {
        if let start = versions.firstIndex(of: child) {
            let cycle = (versions[start...] + [child]).map(\.description).joined(separator: " → ")
            throw Fault(.invalid, "the references of \(versions[0]) form a cycle: \(cycle)", fix: "remove one of them")
        }
        guard versions.count < Self.depthLimit else {
            throw Fault(
                .limitExceeded, "the references of \(versions[0]) are nested more than \(Self.depthLimit) deep",
                fix: "refer to the versions in the depth from further up")
        }
        return ReferencePath(versions: versions + [child])
    }
}
