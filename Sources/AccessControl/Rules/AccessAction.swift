// SPDX-License-Identifier: Apache-2.0

/// What somebody may do with a repository.
public enum AccessAction: String, Sendable, CaseIterable {
    /// Read manifests and blobs, list tags and referrers, and see the repository in the catalogue.
    case pull
    /// Upload blobs and write manifests and tags.
    case push
    /// Delete tags, manifests and blobs.
    case delete
}

/// A set of actions. None implies another: whoever pushes with the usual clients needs `pull` as well.
public struct AccessActions: OptionSet, Hashable, Sendable, CustomStringConvertible {
    /// One bit for each action.
    public let rawValue: UInt8
    /// Takes bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// One action.
    public init(_ action: AccessAction) {
        self =
            switch action {
            case .pull: .pull
            case .push: .push
            case .delete: .delete
            }
    }

    /// `AccessAction.pull`.
    public static let pull = AccessActions(rawValue: 1)
    /// `AccessAction.push`.
    public static let push = AccessActions(rawValue: 2)
    /// `AccessAction.delete`.
    public static let delete = AccessActions(rawValue: 4)
    /// All of them.
    public static let all: AccessActions = [.pull, .push, .delete]

    /// Whether an action is among them.
    public func contains(_ action: AccessAction) -> Bool { contains(AccessActions(action)) }
    /// The actions in their order.
    public var list: [AccessAction] { AccessAction.allCases.filter { contains($0) } }
    /// `pull,push`.
    public var description: String { list.map(\.rawValue).joined(separator: ",") }
}
