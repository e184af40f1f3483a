// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import OCI

/// Decides who may do what. Denied is what no rule allows, as soon as there is a rule.
public struct AccessRules: Sendable {
    /// What holds when there is no rule at all.
    public enum Default: Sendable {
        /// Everybody may do everything: for development, when there is no way to show who one is either.
        case everybody
        /// Whoever has shown who they are may do everything, others nothing.
        case authenticated
    }

    /// The most rules.
    public static let ruleLimit = 4096
    /// The most decisions that are kept.
    static let cacheLimit = 16_384

    /// The rules in their order.
    public let rules: [AccessRule]
    /// What holds without rules.
    public let defaultAccess: Default
    private let decisions = Guarded(BoundedTable<DecisionKey, AccessActions>(limit: cacheLimit))

    private struct DecisionKey: Hashable {
        let who: String
        let repository: String
    }

    /// Rules, and what holds when there are none.
    public init(_ rules: [AccessRule], default defaultAccess: Default) {
        (self.rules, self.defaultAccess) = (rules, defaultAccess)
    }

    /// Whether everybody may do everything. A server decides where it may listen then.
    public var isOpen: Bool { rules.isEmpty && defaultAccess == .everybody }

    /// Whether somebody may do something. Decisions are kept, so that this is a look-up.
    public func allows(_ identity: Identity, _ action: AccessAction, _ repository: String) -> Bool {
        actions(of: identity, in: repository).contains(action)
    }

    /// What somebody may do in a repository; nothing in one whose name no repository has.
    public func actions(of identity: Identity, in repository: String) -> AccessActions {
        switch identity.authority {
        case .rules: ruled(identity, repository)
        case .rulesWithin(let grants): ruled(identity, repository).intersection(grants.repositories[repository] ?? [])
        case .grants(let grants): grants.repositories[repository] ?? []
        }
    }

    /// Whether somebody may ask for the catalogue, which shows them what `isVisible` says.
    public func mayListCatalogue(_ identity: Identity) -> Bool {
        switch identity.authority {
        case .rulesWithin(let grants), .grants(let grants): return grants.mayListCatalogue
        case .rules:
            if rules.isEmpty { return isOpen || identity.isAuthenticated }
            return rules.contains { $0.actions.contains(.pull) && $0.subjects.contains(identity) }
        }
    }

    /// Whether a repository is in the catalogue that somebody sees: when they may pull from it.
    ///
    /// A token that grants the catalogue shows what its holder may pull by the rules, not only what it names.
    public func isVisible(_ repository: String, to identity: Identity) -> Bool {
        if case .rulesWithin(let grants) = identity.authority, grants.mayListCatalogue {
            return ruled(identity, repository).contains(.pull)
        }
        return allows(identity, .pull, repository)
    }

    /// What the rules alone say, whatever a token limits.
    func ruled(_ identity: Identity, _ repository: String) -> AccessActions {
        let key = DecisionKey(who: identity.ruleKey, repository: repository)
        if let known = decisions.withLock({ $0.find(key) }) { return known }
        guard ImageReference.isRepository(repository) else { return [] }
        let actions = decide(identity, repository)
        decisions.withLock { $0.set(key, to: actions) }
        return actions
    }

    private func decide(_ identity: Identity, _ repository: String) -> AccessActions {
        guard !rules.isEmpty else { return isOpen || identity.isAuthenticated ? .all : [] }
        return rules.reduce(into: []) { actions, rule in
            guard !rule.actions.isSubset(of: actions), rule.subjects.contains(identity) else { return }
            if rule.repositories.contains(where: { $0.matches(repository) }) { actions.formUnion(rule.actions) }
        }
    }
}
