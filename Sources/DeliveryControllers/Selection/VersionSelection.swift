// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
internal import RegularExpressions

/// Which version of a component is wanted.
public struct VersionSelection: Sendable {
    /// Either the one version, or what versions must satisfy.
    public enum Wish: Sendable {
        /// This version, in this spelling; nothing has to be listed.
        case exactly(ComponentVersion)
        /// The highest that satisfies this.
        case constraint(VersionConstraint)
    }

    /// What is wanted.
    public let wish: Wish
    private let filter: RegularExpression?

    /// Reads `spec.semver` and `spec.semverFilter`.
    ///
    /// A text with all three numbers, perhaps behind a `v`, is one version; `1.2` and `1` are constraints. Throws
    /// `.invalid` for what is neither, and for a filter that is no regular expression of RE2.
    public init(semver: String, filter: String?) throws(Fault) {
        let text = semver.trimmed
        let numbers = text.prefix { $0 != "-" && $0 != "+" }.split(separator: ".", omittingEmptySubsequences: false)
        if numbers.count == 3, let version = try? ComponentVersion(text) {
            wish = .exactly(version)
        } else if let constraint = VersionConstraint(text) {
            wish = .constraint(constraint)
        } else {
            throw Fault(
                .invalid, "spec.semver is “\(semver.prefix(100))”, which is neither a version nor a constraint",
                fix: "write it as 1.2.3 or as >=1.0.0 <2")
        }
        guard let filter else {
            self.filter = nil
            return
        }
        do throws(PatternError) {
            self.filter = try RegularExpression(filter)
        } catch {
            throw Fault(
                .invalid, "spec.semverFilter is no regular expression: \(error)", fix: "write it in the syntax of RE2")
        }
    }

    /// The version to take: the one that is wanted, or the highest of those in which the filter matches and that satisfy
    /// the constraint. Its spelling stays, with a leading `v` and build metadata.
    ///
    /// - Parameter list: all versions there are; not called for one that is named exactly.
    /// - Throws: `.notFound` when none fits; what `list` throws.
    public func choose(
        of component: ComponentName, _ list: () async throws -> [ComponentVersion]
    ) async throws -> ComponentVersion {
        switch wish {
        case .exactly(let version):
            guard passes(version) else {
                throw Fault(
                    .notFound, "spec.semver names \(version), in which spec.semverFilter does not match",
                    fix: "remove one of them")
            }
            return version
        case .constraint(let constraint):
            let all = try await list()
            let fitting = all.filter { passes($0) && constraint.allows($0) }
            guard let best = fitting.max() else { throw Self.nothing(component, constraint, all, filter) }
            return best
        }
    }

    private func passes(_ version: ComponentVersion) -> Bool { filter?.matches(version.text) ?? true }

    private static func nothing(
        _ component: ComponentName, _ constraint: VersionConstraint, _ all: [ComponentVersion],
        _ filter: RegularExpression?
    ) -> Fault {
        let some = all.sorted(by: >).prefix(5).map(\.text).joined(separator: ", ")
        let condition = filter.map { " and matches “\($0.pattern)”" } ?? ""
        return Fault(
            .notFound, "no version of \(component) satisfies “\(constraint)”\(condition)",
            fix: all.isEmpty ? "there is no version at all" : "the newest of \(all.count) are \(some)")
    }
}

/// Whether a version may follow another.
public enum DowngradePolicy {
    /// Refuses a version that is older than the one before, unless the policy is `Allow`.
    ///
    /// - Parameter current: the version before, as the status has it; nil when there is none, and anything may come.
    /// - Throws: `.conflict` for a downgrade, `.invalid` for a policy that there is not and for a status that is none.
    public static func check(_ candidate: ComponentVersion, after current: String?, policy: String) throws(Fault) {
        guard let current else { return }
        guard ["Allow", "Deny"].contains(policy) else {
            throw Fault(.invalid, "spec.downgradePolicy is “\(policy.prefix(60))”", fix: "use Allow or Deny")
        }
        guard let before = SemanticVersion(current) else {
            throw Fault(
                .invalid, "status.component.version is “\(current.prefix(100))”, which is no version",
                fix: "remove status.component, so that any version may follow")
        }
        guard candidate.semantic < before, policy == "Deny" else { return }
        throw Fault(
            .conflict, "version \(current) cannot be downgraded to \(candidate)",
            fix: "set spec.downgradePolicy to Allow if that is wanted")
    }
}
