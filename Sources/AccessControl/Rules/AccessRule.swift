// SPDX-License-Identifier: Apache-2.0

/// One rule: who may do what with which repositories. Rules only allow; what none allows is denied.
public struct AccessRule: Sendable, CustomStringConvertible {
    /// Whom a rule is about: everybody of any of these.
    public struct Subjects: Sendable {
        /// Users by name.
        public var users: Set<String> = []
        /// Members of groups.
        public var groups: Set<String> = []
        /// Whoever has shown who they are: `users: ["*"]`.
        public var includesAuthenticated = false
        /// Everybody, also those who have shown nothing.
        public var includesAnonymous = false

        /// Nobody.
        public init() {}

        /// Whether somebody is among them.
        public func contains(_ identity: Identity) -> Bool {
            if includesAnonymous { return true }
            guard let user = identity.user else { return false }
            return includesAuthenticated || users.contains(user) || !groups.isDisjoint(with: identity.groups)
        }
    }

    /// Which repositories it is about.
    public let repositories: [RepositoryPattern]
    /// Whom it is about.
    public let subjects: Subjects
    /// What they may do.
    public let actions: AccessActions
    /// Where it stands: `file:line:column`.
    public let place: String

    /// A rule.
    public init(_ repositories: [RepositoryPattern], _ subjects: Subjects, allow actions: AccessActions, place: String)
    {
        (self.repositories, self.subjects, self.actions, self.place) = (repositories, subjects, actions, place)
    }

    /// Where it stands and what it allows on what.
    public var description: String {
        "\(place) (\(actions) on \(repositories.map(\.description).joined(separator: ", ")))"
    }
}
