// SPDX-License-Identifier: Apache-2.0

extension RoleRule {
    /// The most single rights that rules are taken apart into; whoever gives more must have the verb `escalate`.
    static let rightLimit = 50_000

    /// Those of the wanted rights that held rules do not give, each as a rule of its own; nil when there are too many to
    /// look at.
    ///
    /// A single right is held when one rule gives it: that is stricter than logic demands, and what upstream does.
    static func missing(_ wanted: [RoleRule], from held: [RoleRule]) -> [RoleRule]? {
        guard wanted.reduce(0, { $0 + $1.rightCount }) <= rightLimit else { return nil }
        var missing: [RoleRule] = []
        for rule in wanted {
            for right in rule.singleRights where !held.contains(where: { $0.covers(right) }) { missing.append(right) }
        }
        return missing
    }

    private var rightCount: Int {
        let resources = groups.count * resources.count * max(names.count, 1)
        return min((resources + paths.count) * verbs.count, Self.rightLimit + 1)
    }

    /// The rule taken apart: one verb with one resource of one group and at most one name, or with one path.
    private var singleRights: [RoleRule] {
        var rights: [RoleRule] = []
        for group in groups {
            for resource in resources {
                for verb in verbs {
                    guard !names.isEmpty else {
                        rights.append(RoleRule([verb], groups: [group], resources: [resource]))
                        continue
                    }
                    for name in names {
                        rights.append(RoleRule([verb], groups: [group], resources: [resource], names: [name]))
                    }
                }
            }
        }
        for path in paths {
            for verb in verbs { rights.append(RoleRule([verb], paths: [path])) }
        }
        return rights
    }

    /// Whether this rule gives a single right.
    private func covers(_ right: RoleRule) -> Bool {
        guard right.verbs.allSatisfy({ verbs.contains("*") || verbs.contains($0) }) else { return false }
        if let path = right.paths.first { return paths.contains { Self.path($0, covers: path) } }
        return right.groups.allSatisfy { groups.contains("*") || groups.contains($0) }
            && right.resources.allSatisfy(coversResource)
            && (names.isEmpty || !right.names.isEmpty && right.names.allSatisfy(names.contains))
    }

    private func coversResource(_ resource: String) -> Bool {
        if resources.contains("*") || resources.contains(resource) { return true }
        guard let slash = resource.utf8.firstIndex(of: UInt8(ascii: "/")) else { return false }
        return resources.contains("*\(resource[slash...])")
    }

    /// Rules that differ in nothing but their verbs, as one with all of them.
    static func compacted(_ rules: [RoleRule]) -> [RoleRule] {
        var places: [RoleRule: Int] = [:]
        var compacted: [RoleRule] = []
        for rule in rules {
            guard rule.paths.isEmpty else {
                compacted.append(rule)
                continue
            }
            var key = rule
            key.verbs = []
            if let place = places[key] {
                for verb in rule.verbs where !compacted[place].verbs.contains(verb) {
                    compacted[place].verbs.append(verb)
                }
            } else {
                places[key] = compacted.count
                compacted.append(rule)
            }
        }
        return compacted
    }
}
