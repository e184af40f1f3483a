// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestInputs
import Testing

@testable import AccessControl

@Suite("Rules of access") struct AccessRulesTests {
    static let people: [String: Identity] = [
        "anonymous": .anonymous, "alice": Identity(user: "alice", means: .password),
        "bob": Identity(user: "bob", means: .password),
        "carol": Identity(user: "carol", groups: ["admins"], means: .password),
        "mallory": Identity(user: "mallory", groups: ["alice", "bob"], means: .issuer),
    ]

    /// What each may do, by repository.
    static let matrix: [(repository: String, who: String, may: AccessActions)] = [
        ("team-a/app", "alice", [.pull, .push]), ("team-a/app", "bob", []), ("team-a/app", "carol", .all),
        ("team-a/app", "anonymous", []), ("team-a/app", "mallory", []), ("team-a/x/y", "alice", [.pull, .push]),
        ("team-a", "alice", []), ("team-ab/app", "alice", []), ("team-b/app", "bob", .pull),
        ("team-b/app", "alice", []), ("team-b/app", "carol", .all), ("public/x", "anonymous", .pull),
        ("public/x", "alice", .pull), ("public/x", "mallory", .pull), ("public/x", "carol", .all),
        ("public", "anonymous", []), ("other", "anonymous", []), ("other", "alice", []), ("other", "carol", .all),
        // No spelling gets around a pattern, not even for those who may do everything.
        ("public/../team-a/app", "anonymous", []), ("public/%2e%2e/app", "anonymous", []),
        ("public//x", "anonymous", []),
        ("public/x\u{0}", "anonymous", []), ("PUBLIC/x", "anonymous", []), ("public/", "anonymous", []),
        ("../x", "carol", []), ("", "carol", []), ("a b", "carol", []),
    ]

    static func rules() throws -> AccessRules {
        try AccessFixture().access(AccessFixture.users + AccessFixture.rules).rules
    }

    @Test("everybody may do what the rules say, and the explanation agrees")
    func matrix() throws {
        let rules = try Self.rules()
        for (repository, who, may) in Self.matrix {
            let identity = try #require(Self.people[who])
            // Twice: the second time it was decided before.
            for _ in 0..<2 { #expect(rules.actions(of: identity, in: repository) == may, "\(who) \(repository)") }
            for action in AccessAction.allCases {
                let explanation = rules.explain(identity, action, repository)
                #expect(explanation.isAllowed == may.contains(action), "\(explanation)")
                #expect(explanation.isAllowed == (explanation.rule != nil), "\(explanation)")
            }
        }
    }

    @Test("an explanation names the rule with its place")
    func explanation() throws {
        let rules = try Self.rules()
        let alice = try #require(Self.people["alice"])
        let allowed = rules.explain(alice, .push, "team-a/app").description
        #expect(allowed.contains("access.yaml:4:") && allowed.contains("team-a/**"), "\(allowed)")
        let denied = rules.explain(alice, .delete, "team-a/app").description
        #expect(denied == "alice (password) delete on team-a/app: denied, no rule allows it")
    }

    @Test(
        "as soon as there is a rule, what none allows is denied, whatever the rules are", arguments: [1, 2] as [UInt64])
    func denyByDefault(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let names = ["a", "b", "a/b", "a/c", "b/c", "a/b/c"]
        let patterns = ["a", "a/*", "a/**", "**", "*", "b/c", "*/c"]
        let users = ["u1", "u2", "u3"], groups = ["g1", "g2"]
        for _ in 0..<100 {
            let list = (0..<Int.random(in: 1...4, using: &generator)).map { index in
                var subjects = AccessRule.Subjects()
                subjects.users = Set(users.filter { _ in Bool.random(using: &generator) })
                subjects.groups = Set(groups.filter { _ in Bool.random(using: &generator) })
                subjects.includesAnonymous = Int.random(in: 0..<8, using: &generator) == 0
                let chosen = patterns.shuffled(using: &generator).prefix(2).compactMap { RepositoryPattern($0) }
                let actions = AccessActions(rawValue: UInt8.random(in: 1...7, using: &generator))
                return AccessRule(chosen, subjects, allow: actions, place: "rule \(index)")
            }
            let rules = AccessRules(list, default: .everybody)
            #expect(!rules.isOpen)
            for name in names {
                for user in users + [nil] {
                    for group in groups + [nil] {
                        let identity = Identity(user: user, groups: group.map { [$0] } ?? [], means: .password)
                        for action in AccessAction.allCases {
                            // Said anew and slowly: some rule names the action, the person and the repository.
                            let isNamed = list.contains { rule in
                                rule.actions.contains(action) && rule.repositories.contains { $0.matches(name) }
                                    && (rule.subjects.includesAnonymous
                                        || user.map {
                                            rule.subjects.users.contains($0)
                                                || group.map(rule.subjects.groups.contains) ?? false
                                        } ?? false)
                            }
                            #expect(rules.allows(identity, action, name) == isNamed)
                            #expect(rules.explain(identity, action, name).isAllowed == isNamed)
                        }
                    }
                }
            }
        }
    }

    @Test("without rules and without a way to authenticate everything is allowed")
    func open() throws {
        let access = try AccessFixture().access("")
        #expect(access.isOpen)
        #expect(access.rules.actions(of: .anonymous, in: "a/b") == .all)
        #expect(access.rules.actions(of: .anonymous, in: "a/../b") == [])
        #expect(access.decide(.anonymous, .all, in: "a") == .allowed)
        #expect(access.authenticator.known(authorization: "Basic eDp4") == .anonymous)
    }

    @Test("with a way to authenticate and no rules, whoever does may do everything")
    func authenticated() throws {
        let access = try AccessFixture().access(AccessFixture.users)
        #expect(!access.isOpen)
        #expect(access.rules.actions(of: .anonymous, in: "a") == [])
        #expect(access.rules.actions(of: Identity(user: "x", means: .password), in: "a") == .all)
        #expect(!access.rules.mayListCatalogue(.anonymous))
        #expect(access.decide(.anonymous, .pull, in: "a") == .unauthorized(.basic(realm: "registry")))
    }

    @Test("a token limits what its holder may do and widens nothing")
    func grants() throws {
        let rules = try Self.rules()
        let grants = TokenGrants(repositories: ["team-a/app": .all, "team-b/app": .all])
        let alice = Identity(user: "alice", means: .token, authority: .rulesWithin(grants))
        #expect(rules.actions(of: alice, in: "team-a/app") == [.pull, .push])
        #expect(rules.actions(of: alice, in: "team-a/other") == [])
        #expect(rules.actions(of: alice, in: "team-b/app") == [])
        #expect(!rules.explain(alice, .pull, "team-a/other").isAllowed)
        let elsewhere = Identity(user: "x:alice", means: .issuer, authority: .grants(grants))
        #expect(rules.actions(of: elsewhere, in: "team-b/app") == .all)
        #expect(rules.actions(of: elsewhere, in: "public/x") == [])
    }

    @Test("the catalogue shows what may be pulled")
    func catalogue() throws {
        let rules = try Self.rules()
        let names = ["team-a/app", "team-b/app", "public/x", "other"]
        func visible(_ who: String) -> [String] { names.filter { rules.isVisible($0, to: Self.people[who]!) } }
        #expect(visible("anonymous") == ["public/x"])
        #expect(visible("alice") == ["team-a/app", "public/x"])
        #expect(visible("carol") == names)
        let limited = Identity(
            user: "carol", groups: ["admins"], means: .token,
            authority: .rulesWithin(TokenGrants(repositories: ["other": .pull])))
        #expect(!rules.mayListCatalogue(limited))
        #expect(names.filter { rules.isVisible($0, to: limited) } == ["other"])
        let listing = Identity(
            user: "alice", means: .token,
            authority: .rulesWithin(TokenGrants(repositories: [:], mayListCatalogue: true)))
        #expect(rules.mayListCatalogue(listing))
        #expect(names.filter { rules.isVisible($0, to: listing) } == ["team-a/app", "public/x"])
        #expect(!rules.allows(listing, .pull, "team-a/app"))
    }

    @Test("people with many groups are told apart")
    func manyGroups() throws {
        var subjects = AccessRule.Subjects()
        subjects.groups = ["group-250"]
        let all = try #require(RepositoryPattern("**"))
        let rules = AccessRules([AccessRule([all], subjects, allow: .pull, place: "it")], default: .everybody)
        let names = (0..<256).map { "group-\($0)" }
        let member = Identity(user: "a", groups: Set(names), means: .issuer)
        let other = Identity(user: "a", groups: Set(names).subtracting(["group-250"]), means: .issuer)
        #expect(member.ruleKey.utf8.count <= 128 && member.ruleKey != other.ruleKey)
        for _ in 0..<2 {
            #expect(rules.allows(member, .pull, "x"))
            #expect(!rules.allows(other, .pull, "x"))
        }
    }

    static let claims: [(claim: JSON, expected: [String: AccessActions]?)] = [
        ([], [:]), ([["type": "repository", "name": "a", "actions": ["pull"]]], ["a": .pull]),
        ([["type": "repository", "name": "a", "actions": ["*"]]], ["a": .all]),
        ([["type": "repository", "name": "a", "actions": ["admin", "push"]]], ["a": .push]),
        ([["type": "repository", "name": "a/../b", "actions": ["pull"]]], [:]),
        ([["type": "repository", "name": "**", "actions": ["pull"]]], [:]),
        ([["type": "registry", "name": "a", "actions": ["*"]]], [:]),
        (
            [
                ["type": "repository", "name": "a", "actions": ["pull"]],
                ["type": "repository", "name": "a", "actions": ["push"]],
            ], ["a": [.pull, .push]]
        ),
        ("a", nil), (["a"], nil), ([["type": "repository", "name": "a"]], nil),
        ([["type": "repository", "name": "a", "actions": [1]]], nil),
        ([["type": "repository", "name": ["a"], "actions": ["pull"]]], nil),
        (.array(Array(repeating: ["type": "repository", "name": "a", "actions": []], count: 257)), nil),
    ]

    @Test("a claim grants what it names exactly", arguments: claims.indices)
    func claim(_ index: Int) {
        let (claim, expected) = Self.claims[index]
        #expect(TokenGrants(claim)?.repositories == expected)
        if let grants = TokenGrants(claim) { #expect(TokenGrants(grants.claim) == grants) }
    }
}
