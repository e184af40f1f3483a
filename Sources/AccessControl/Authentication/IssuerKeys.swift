// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Tokens

/// Gets the document of an issuer's keys, of at most `JSONWebKeySet.sizeLimit` bytes, within a time of its own.
public typealias KeyFetch = @Sendable () async throws -> [UInt8]

/// The keys of an issuer elsewhere: kept, fetched again now and then, and sooner when a token names one that is new.
///
/// However many tokens with invented names come, there is one fetch at a time and none before `leastInterval` has passed.
public actor IssuerKeys {
    /// How old keys may be, all in milliseconds.
    public struct Intervals: Sendable, Hashable {
        /// After this, the keys are fetched again while the known ones still serve.
        public var refresh: Int64 = 600_000
        /// The least time between two fetches, whatever the reason and however they end.
        public var least: Int64 = 30_000
        /// After this, keys that could not be fetched again serve no more.
        public var longest: Int64 = 24 * 3_600_000

        /// The intervals above.
        public init() {}
    }

    /// What the keys are called in messages; no URL with secrets.
    private let name: String
    private let intervals: Intervals
    private let clock: AccessClock
    private let fetch: KeyFetch
    /// Called when keys are gone or others: what was checked with the old ones must not count any more.
    private let onChange: @Sendable () -> Void

    private var keys: JSONWebKeySet?
    private var fetched: Int64 = 0
    private var tried: Int64?
    private var running: Task<Void, Never>?
    /// Why the last fetch failed; nil when it did not.
    public private(set) var problem: Fault?

    /// Keys that nobody has asked for yet.
    public init(
        name: String, intervals: Intervals = Intervals(), clock: AccessClock, fetch: @escaping KeyFetch,
        onChange: @escaping @Sendable () -> Void = {}
    ) {
        (self.name, self.intervals, self.clock, self.fetch, self.onChange) = (name, intervals, clock, fetch, onChange)
    }

    /// The keys to check a token with.
    ///
    /// A token whose key is not known makes them be fetched, unless they just were; then it is for the verifier to refuse
    /// it. Throws `.unavailable` when there are no keys, or none that are young enough.
    public func keys(for token: UnverifiedToken) async throws -> JSONWebKeySet {
        let isKnown = token.keyID.map { keys?.key(named: $0) != nil } ?? (keys != nil)
        let age = clock.uptime() - fetched
        if !isKnown || age >= intervals.longest {
            await refresh()?.value
        } else if age >= intervals.refresh {
            _ = refresh()
        }
        guard let keys, clock.uptime() - fetched < intervals.longest else {
            throw Fault(
                .unavailable, "the keys of \(name) are not to be had", fix: "check that the issuer can be reached",
                cause: problem)
        }
        return keys
    }

    /// The fetch that runs, or a new one; nil when the last was too short a time ago.
    private func refresh() -> Task<Void, Never>? {
        if let running { return running }
        let now = clock.uptime()
        guard tried.map({ now - $0 >= intervals.least }) ?? true else { return nil }
        tried = now
        let task = Task { await self.load() }
        running = task
        return task
    }

    private func load() async {
        defer { running = nil }
        do {
            let bytes = try await fetch()
            let found = try JSONWebKeySet(parsing: bytes, source: "the keys of \(name)")
            let isOther = keys != nil && keys != found
            (keys, fetched, problem) = (found, clock.uptime(), nil)
            if isOther { onChange() }
        } catch {
            problem = Fault(wrapping: error)
        }
    }
}
