// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography

/// The digests that verified versions name as resources, by the prefix of the rule: found out when first needed, added to
/// with each version that is verified.
final class SignatureApprovals: Sendable {
    private struct State {
        /// What all versions name that were shown when it was asked; nil until somebody asks.
        var found: Set<Digest>?
        var added: Set<Digest> = []
        /// How often everything was forgotten.
        var age = 0
    }
    private let states = Guarded<[String: State]>([:])
    private let gate = KeyedGate<String>()

    func add(_ digests: Set<Digest>, _ prefix: String) {
        states.withLock { states in
            if states[prefix, default: State()].found != nil {
                states[prefix, default: State()].found?.formUnion(digests)
            } else {
                states[prefix, default: State()].added.formUnion(digests)
            }
        }
    }

    func forget(_ prefix: String) {
        states.withLock { $0[prefix] = State(age: ($0[prefix]?.age ?? 0) + 1) }
    }

    /// All of a prefix; `find` is asked once for them.
    func all(
        _ prefix: String, find: @escaping @Sendable () async throws -> Set<Digest>
    ) async throws -> Set<Digest> {
        if let known = known(prefix) { return known }
        return try await gate.run(prefix) { [self] in
            while true {
                if let known = known(prefix) { return known }
                let age = states.withLock { $0[prefix]?.age ?? 0 }
                let found = try await find()
                states.withLock { states in
                    var state = states[prefix] ?? State()
                    guard state.age == age else { return }
                    (state.found, state.added) = (found.union(state.added), [])
                    states[prefix] = state
                }
            }
        }
    }

    private func known(_ prefix: String) -> Set<Digest>? { states.withLock { $0[prefix]?.found } }
}
