// SPDX-License-Identifier: Apache-2.0

public import Documents
internal import OCI

/// What a token grants: the claim `access` of the distribution project's tokens.
public struct TokenGrants: Sendable, Hashable {
    /// The most entries of a claim.
    public static let limit = 256

    /// The actions by repository.
    public let repositories: [String: AccessActions]
    /// Whether the catalogue may be read: `registry:catalog:*`.
    public let mayListCatalogue: Bool

    /// These grants.
    public init(repositories: [String: AccessActions], mayListCatalogue: Bool = false) {
        (self.repositories, self.mayListCatalogue) = (repositories.filter { !$0.value.isEmpty }, mayListCatalogue)
    }

    /// Reads a claim: a list of objects with `type`, `name` and `actions`.
    ///
    /// Nil for another shape and for more than 256 entries. Entries of other types, with names that no repository has
    /// and with unknown actions grant nothing; `*` among the actions stands for all.
    public init?(_ claim: JSON) {
        guard let entries = claim.array, entries.count <= Self.limit else { return nil }
        var repositories: [String: AccessActions] = [:], mayList = false
        for entry in entries {
            guard let type = entry["type"]?.string, let name = entry["name"]?.string,
                let items = entry["actions"]?.array,
                items.count <= 16
            else { return nil }
            let names = items.compactMap(\.string)
            guard names.count == items.count else { return nil }
            if type == "registry", name == "catalog" {
                mayList = mayList || names.contains("*")
            } else if type == "repository", ImageReference.isRepository(name) {
                repositories[name, default: []].formUnion(Self.actions(names))
            }
        }
        self.init(repositories: repositories, mayListCatalogue: mayList)
    }

    /// The claim, sorted by name.
    public var claim: JSON {
        var entries: [JSON] = repositories.sorted { $0.key < $1.key }.map { name, actions in
            ["type": "repository", "name": .string(name), "actions": .array(actions.list.map { .string($0.rawValue) })]
        }
        if mayListCatalogue { entries.append(["type": "registry", "name": "catalog", "actions": ["*"]]) }
        return .array(entries)
    }

    static func actions(_ names: [String]) -> AccessActions {
        names.reduce(into: []) { actions, name in
            if name == "*" { actions = .all }
            if let action = AccessAction(rawValue: name) { actions.formUnion(AccessActions(action)) }
        }
    }
}
