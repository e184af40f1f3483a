// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Web

/// Slows down whoever tries out passwords.
///
/// Failures count for an address together with a user, for an address alone (of IPv6 the network of 64 bits, since each
/// client has one), and for a user alone. The first two are refused for longer and longer; a user alone is answered later
/// and never refused. From an address from which a user was right before, only their own failures there count: nobody
/// locks out another.
public final class AttemptThrottle: Sendable {
    /// How much is borne.
    public struct Limits: Sendable, Hashable {
        /// Failures of a user from one address before the next attempt has to wait.
        public var userAndAddress = 5
        /// Failures from one address.
        public var address = 30
        /// Failures of a user from anywhere.
        public var user = 20
        /// The first wait, in milliseconds; each failure doubles it.
        public var firstWait: Int64 = 1000
        /// The longest wait, in milliseconds.
        public var longestWait: Int64 = 300_000
        /// How much later an answer about a user alone comes at most, in milliseconds.
        public var latestAnswer: Int64 = 2000
        /// After how much time without failures all is forgotten, in milliseconds.
        public var memory: Int64 = 900_000
        /// How many pairs, addresses and users are kept, of each.
        public var entries = 16_384

        /// The limits above.
        public init() {}
    }

    /// What becomes of an attempt.
    public enum Admission: Sendable, Equatable {
        /// It is checked.
        case admitted
        /// It is checked after so many milliseconds.
        case delayed(milliseconds: Int64)
        /// It is not checked; the next one may be after so many seconds.
        case refused(retryAfter: Int)
    }

    private struct Pair: Hashable {
        let user: String
        let address: IPPrefix
    }

    private struct Failures {
        var count = 0
        var last: Int64 = 0
    }

    private struct State {
        var pairs: BoundedTable<Pair, Failures>
        var addresses: BoundedTable<IPPrefix, Failures>
        var users: BoundedTable<String, Failures>
        /// When a user was last right from an address.
        var proven: BoundedTable<Pair, Int64>
    }

    private let limits: Limits
    private let clock: AccessClock
    private let state: Guarded<State>

    /// A throttle that knows of no failures.
    public init(_ limits: Limits = Limits(), clock: AccessClock) {
        (self.limits, self.clock) = (limits, clock)
        state = Guarded(
            State(
                pairs: BoundedTable(limit: limits.entries), addresses: BoundedTable(limit: limits.entries),
                users: BoundedTable(limit: limits.entries), proven: BoundedTable(limit: limits.entries)))
    }

    /// Asks whether a password may be checked, and counts it as a failure until `succeeded` or `abandoned` say otherwise:
    /// many attempts at once find each other.
    public func admit(_ user: String, from address: IPAddress) -> Admission {
        let pair = Pair(user: user, address: Self.network(of: address)), now = clock.uptime()
        return state.withLock { state in
            var (both, there, anywhere) = (
                current(state.pairs.find(pair), now), current(state.addresses.find(pair.address), now),
                current(state.users.find(user), now)
            )
            // Others at an address, behind one router for instance, must not keep out who was right there before.
            let isProven = state.proven.find(pair).map { now - $0 < 96 * limits.memory } ?? false
            let left = max(
                remaining(both, limits.userAndAddress, now), isProven ? 0 : remaining(there, limits.address, now))
            guard left == 0 else { return .refused(retryAfter: Int((left + 999) / 1000)) }
            let delay = isProven ? 0 : min(limits.latestAnswer, wait(anywhere.count, limits.user))
            count(&both, now)
            count(&there, now)
            count(&anywhere, now)
            state.pairs.set(pair, to: both)
            state.addresses.set(pair.address, to: there)
            state.users.set(user, to: anywhere)
            return delay == 0 ? .admitted : .delayed(milliseconds: delay)
        }
    }

    /// The password was right: what was counted for the user is forgotten.
    ///
    /// Of the address only this attempt is: who knows one password would otherwise try out those of others between.
    public func succeeded(_ user: String, from address: IPAddress) {
        let pair = Pair(user: user, address: Self.network(of: address)), now = clock.uptime()
        state.withLock { state in
            state.pairs.remove(pair)
            state.users.remove(user)
            Self.takeBack(pair.address, &state.addresses)
            state.proven.set(pair, to: now)
        }
    }

    /// The password was not checked after all.
    public func abandoned(_ user: String, from address: IPAddress) {
        let pair = Pair(user: user, address: Self.network(of: address))
        state.withLock { state in
            Self.takeBack(pair, &state.pairs)
            Self.takeBack(pair.address, &state.addresses)
            Self.takeBack(user, &state.users)
        }
    }

    /// The address of IPv4, also of a mapped one; the first 64 bits of IPv6.
    static func network(of address: IPAddress) -> IPPrefix {
        let plain = address.mapped ?? address
        let length = plain.family == .v4 ? 32 : 64
        guard let network = IPPrefix(address: plain, prefixLength: length) else {
            preconditionFailure("32 and 64 bits fit")
        }
        return network.masked
    }

    private func current(_ failures: Failures?, _ now: Int64) -> Failures {
        guard let failures, now - failures.last < limits.memory else { return Failures() }
        return failures
    }

    private func count(_ failures: inout Failures, _ now: Int64) {
        failures.count += 1
        failures.last = now
    }

    private func remaining(_ failures: Failures, _ free: Int, _ now: Int64) -> Int64 {
        max(0, failures.last + wait(failures.count, free) - now)
    }

    /// How long to wait after so many failures.
    private func wait(_ count: Int, _ free: Int) -> Int64 {
        guard count >= free else { return 0 }
        return min(limits.longestWait, limits.firstWait << Int64(min(count - free, 20)))
    }

    private static func takeBack<Key>(_ key: Key, _ table: inout BoundedTable<Key, Failures>) {
        guard var failures = table.find(key), failures.count > 0 else { return }
        failures.count -= 1
        table.set(key, to: failures)
    }
}
