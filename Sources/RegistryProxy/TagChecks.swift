// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Registry

/// When upstreams were asked for tags and manifests, and what came of it.
final class TagChecks: Sendable {
    enum Outcome: Sendable, Equatable {
        case found
        case absent
        case failed
    }
    private struct Check: Sendable {
        let outcome: Outcome
        /// Until when nobody is asked again.
        let until: Int64
        let from: Int64
        /// When it was found last.
        let found: Int64?
    }
    private let checks = Guarded(BoundedTable<String, Check>(limit: 100_000))

    private static func key(_ name: String, _ repository: RepositoryName) -> String { "\(repository):\(name)" }

    /// What came of the last question, unless it is time to ask again.
    func outcome(_ name: String, _ repository: RepositoryName, _ now: Int64) -> Outcome? {
        checks.withLock { checks in
            // A clock that was set back must not make an answer count for ever.
            guard let check = checks.find(Self.key(name, repository)), (check.from..<check.until).contains(now) else {
                return nil
            }
            return check.outcome
        }
    }

    func isFresh(_ name: String, _ repository: RepositoryName, _ rule: ProxyRule, _ now: Int64) -> Bool {
        outcome(name, repository, now) == .found
    }

    /// For how many seconds a name was not found, nor anything else; 0 when it never was.
    func age(_ name: String, _ repository: RepositoryName, _ now: Int64) -> Int64 {
        let found = checks.withLock { $0.find(Self.key(name, repository))?.found }
        return found.map { max(0, (now - $0) / 1000) } ?? 0
    }

    /// - Parameter freshness: for how many seconds what was found is believed, if not as the rule says for tags.
    func note(
        _ outcome: Outcome, _ name: String, _ repository: RepositoryName, _ rule: ProxyRule, _ now: Int64,
        freshness: Int64? = nil
    ) {
        let seconds =
            switch outcome {
            case .found: freshness ?? rule.freshness
            case .absent: rule.absence
            case .failed: rule.pause
            }
        let key = Self.key(name, repository)
        checks.withLock { checks in
            let found = outcome == .found ? now : checks.find(key)?.found
            checks.set(key, to: Check(outcome: outcome, until: now + seconds * 1000, from: now, found: found))
        }
    }
}
