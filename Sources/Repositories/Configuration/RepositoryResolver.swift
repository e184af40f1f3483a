// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import ComponentModel
internal import Documents

/// Knows in which repositories the configuration says that component versions are.
///
/// Rules of `resolvers.config.ocm.software` are tried in their order, those of `ocm.config.ocm.software` by priority,
/// the greatest first. Repositories are opened when a version is looked for that a rule fits, each once.
public final class RepositoryResolver: Sendable {
    /// One rule: which component versions a repository has.
    struct Rule: Sendable {
        enum Names: Sendable {
            /// A pattern on the whole name; `*` stays within a segment.
            case pattern(String)
            /// Whole segments from the start of the name.
            case prefix([Substring])
        }
        let names: Names
        let constraint: VersionConstraint?
        let locator: RepositoryLocator

        func fits(_ identity: ComponentVersionIdentity) -> Bool {
            if let constraint, !constraint.allows(identity.version.semantic) { return false }
            return switch names {
            case .pattern(let pattern): Glob(pattern).matches(identity.name.text)
            case .prefix(let segments): identity.name.text.split(separator: "/").starts(with: segments)
            }
        }
    }

    private let rules: [Rule]
    private let connections: RepositoryConnections
    private let opened = Guarded<[RepositoryLocator: any ComponentVersionRepository]>([:])

    /// The rules of a configuration; throws `.invalid` naming the file for one that cannot be understood.
    public init(_ configuration: Configuration, _ connections: RepositoryConnections) throws(Fault) {
        self.connections = connections
        var rules: [Rule] = []
        for entry in configuration.entries("resolvers.config.ocm.software") {
            for item in entry.json["resolvers"]?.array ?? [] {
                // Who names no components means all of them.
                let pattern = item["componentNamePattern"]?.string
                rules.append(try Self.rule(item, pattern.map { .pattern($0) } ?? .prefix([]), entry.source))
            }
        }
        var ranked: [(priority: Int, rule: Rule)] = []
        for entry in configuration.entries("ocm.config.ocm.software") {
            for item in entry.json["resolvers"]?.array ?? [] {
                let prefix = item["prefix"]?.string ?? ""
                let rule = try Self.rule(item, .prefix(prefix.split(separator: "/")), entry.source)
                ranked.append((Int(item["priority"]?.int ?? 10), rule))
            }
        }
        guard rules.isEmpty || ranked.isEmpty else {
            throw Fault(
                .invalid, "the configuration has resolvers of both kinds, whose order is not defined",
                fix: "keep resolvers.config.ocm.software, and move those of ocm.config.ocm.software there")
        }
        let sorted = ranked.enumerated().sorted { ($1.element.priority, $0.offset) < ($0.element.priority, $1.offset) }
        self.rules = rules + sorted.map(\.element.rule)
    }

    private static func rule(_ json: JSON, _ names: Rule.Names, _ source: String) throws(Fault) -> Rule {
        guard let repository = json["repository"] else {
            throw Fault(.invalid, "\(source) has a resolver without “repository”", fix: "add the repository to ask")
        }
        var constraint: VersionConstraint?
        if let text = json["versionConstraint"]?.string, !text.isEmpty {
            constraint = VersionConstraint(text)
            guard constraint != nil else {
                throw Fault(
                    .invalid, "\(source): “\(text)” is no version constraint", fix: "write it as in “>=1.0.0, <2”")
            }
        }
        do {
            let locator =
                if let text = repository.string { try RepositoryLocator(text) } else {
                    try RepositoryLocator(json: repository)
                }
            return Rule(names: names, constraint: constraint, locator: locator)
        } catch { throw error.during("\(source): a resolver") }
    }

    /// The repositories to ask for a version, in order.
    func repositories(for identity: ComponentVersionIdentity) async throws -> [any ComponentVersionRepository] {
        var found: [any ComponentVersionRepository] = []
        for rule in rules where rule.fits(identity) {
            if let repository = opened.withLock({ $0[rule.locator] }) {
                found.append(repository)
                continue
            }
            let repository = try await connections.open(rule.locator, .read)
            opened.withLock { $0[rule.locator] = repository }
            found.append(repository)
        }
        return found
    }
}
