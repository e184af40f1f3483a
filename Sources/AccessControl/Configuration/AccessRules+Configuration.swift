// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

extension AccessRule {
    /// The most patterns, users or groups of one rule.
    static let listLimit = 1024

    init(_ node: ConfigurationNode) throws(Fault) {
        try node.allowOnly(["repositories", "users", "groups", "anonymous", "allow"])
        let list = try node.required("repositories", "repositories: [\"team-a/**\"]").elements(limit: Self.listLimit)
        var patterns: [RepositoryPattern] = []
        for item in list {
            let text = try item.text()
            guard let pattern = RepositoryPattern(text) else {
                throw item.fault(
                    "“\(text.prefix(100))” is no pattern for repositories",
                    fix: "write a lower-case name, “*” for anything within a segment, “**” for anything at all")
            }
            patterns.append(pattern)
        }
        guard !patterns.isEmpty else {
            throw node.fault("the rule is about no repository", fix: "write repositories: [\"**\"] for all")
        }
        let subjects = try Self.subjects(node)
        let actions = try Self.actions(node)
        self.init(patterns, subjects, allow: actions, place: node.place)
    }

    private static func subjects(_ node: ConfigurationNode) throws(Fault) -> Subjects {
        var subjects = Subjects()
        for item in try node["users"]?.elements(limit: listLimit) ?? [] {
            if item.value.string == "*" {
                subjects.includesAuthenticated = true
            } else {
                subjects.users.insert(try item.identityName())
            }
        }
        for item in try node["groups"]?.elements(limit: listLimit) ?? [] {
            subjects.groups.insert(try item.identityName())
        }
        subjects.includesAnonymous = try node["anonymous"]?.flag() ?? false
        guard
            subjects.includesAnonymous || subjects.includesAuthenticated || !subjects.users.isEmpty
                || !subjects.groups.isEmpty
        else {
            throw node.fault(
                "the rule is about nobody",
                fix: "add users, groups, or anonymous: true; users: [\"*\"] is everybody known")
        }
        return subjects
    }

    private static func actions(_ node: ConfigurationNode) throws(Fault) -> AccessActions {
        var actions: AccessActions = []
        for item in try node.required("allow", "allow: [pull]").elements(limit: 8) {
            let text = try item.text()
            guard let action = AccessAction(rawValue: text) else {
                throw item.fault("“\(text.prefix(100))” is no action", fix: "use pull, push and delete")
            }
            actions.formUnion(AccessActions(action))
        }
        guard !actions.isEmpty else { throw node.fault("the rule allows nothing", fix: "remove it; rules only allow") }
        return actions
    }
}

extension AccessRules {
    static func rules(_ node: ConfigurationNode?) throws(Fault) -> [AccessRule] {
        var rules: [AccessRule] = []
        for item in try node?.elements(limit: ruleLimit) ?? [] { rules.append(try AccessRule(item)) }
        return rules
    }
}
