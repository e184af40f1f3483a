// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography

/// The digests that verified versions name as resources, by the prefix of the rule: found out when first needed, added to
/// with each version that is verified.
///
/// So many are kept and no more. Below a prefix whose versions name more, only what was asked for lately is known, and
/// everything else is looked for in the versions again.
final class SignatureApprovals: Sendable {
    /// Tells `visit` what each verified version names, until it returns false. With `wanted`, versions that name none of
    /// these may be left out.
    typealias Search =
        @Sendable (
            _ wanted: Set<Digest>?, _ visit: @escaping @Sendable (Set<Digest>) -> Bool
        ) async throws -> Void

    private struct State {
        /// What all versions name that were shown when it was asked; nil until somebody asks, and when it is too much.
        var found: Set<Digest>?
        /// What was added since, as long as that is not known.
        var added: Set<Digest> = []
        var isLarge = false
        /// How often everything was forgotten.
        var age = 0
        /// How often something was added.
        var additions = 0
        var count: Int { (found?.count ?? 0) + added.count }
    }
    private struct Place: Hashable { let prefix: String, digest: Digest }
    /// The answer, and the age that it is of.
    private struct Answer { let isApproved: Bool, age: Int }
    private struct Memory {
        var states: [String: State] = [:]
        var answers: BoundedTable<Place, Answer>
        /// How many digests are kept besides the answers.
        var count: Int { states.values.reduce(0) { $0 + $1.count } }
    }
    private let memory: Guarded<Memory>
    private let limit: Int
    private let gate = KeyedGate<String>()

    /// - Parameter limit: how many digests are kept, and how many answers besides.
    init(limit: Int = 100_000) {
        self.limit = limit
        memory = Guarded(Memory(answers: BoundedTable(limit: limit)))
    }

    /// How many digests and answers are kept, for tests.
    var count: Int { memory.withLock { $0.count + $0.answers.weight } }

    func add(_ digests: Set<Digest>, _ prefix: String) {
        memory.withLock { memory in
            var state = memory.states[prefix] ?? State()
            state.additions += 1
            if !state.isLarge {
                if state.found != nil { state.found?.formUnion(digests) } else { state.added.formUnion(digests) }
            }
            memory.states[prefix] = state
            if memory.count > limit { Self.enlarge(prefix, &memory) }
            guard memory.states[prefix]?.isLarge ?? false else { return }
            for digest in digests {
                memory.answers.set(
                    Place(prefix: prefix, digest: digest), to: Answer(isApproved: true, age: state.age))
            }
        }
    }

    func forget(_ prefix: String) {
        memory.withLock { $0.states[prefix] = State(age: ($0.states[prefix]?.age ?? 0) + 1) }
    }

    /// From now on answers only are kept of a prefix.
    private static func enlarge(_ prefix: String, _ memory: inout Memory) {
        let state = memory.states[prefix] ?? State()
        memory.states[prefix] = State(isLarge: true, age: state.age, additions: state.additions)
    }

    /// Whether a verified version names one of some digests.
    func contain(oneOf digests: [Digest], _ prefix: String, search: @escaping Search) async throws -> Bool {
        if let answer = known(digests, prefix) { return answer }
        return try await gate.run(prefix) { [self] in
            while true {
                if let answer = known(digests, prefix) { return answer }
                let start = memory.withLock { $0.states[prefix] ?? State() }
                if !start.isLarge {
                    try await collect(prefix, age: start.age, search)
                    continue
                }
                if let answer = try await look(for: digests, prefix, start, search) { return answer }
            }
        }
    }

    /// Finds out what all versions name, or that it is too much.
    private func collect(_ prefix: String, age: Int, _ search: Search) async throws {
        let room = limit - memory.withLock { $0.count }
        let found = Guarded<(digests: Set<Digest>, isTooMuch: Bool)>(([], room <= 0))
        if room > 0 {
            try await search(nil) { named in
                found.withLock { found in
                    found.digests.formUnion(named)
                    if found.digests.count > room { found = ([], true) }
                    return !found.isTooMuch
                }
            }
        }
        let (digests, isTooMuch) = found.withLock { $0 }
        memory.withLock { memory in
            var state = memory.states[prefix] ?? State()
            guard state.age == age else { return }
            (state.found, state.added) = (digests.union(state.added), [])
            memory.states[prefix] = state
            if isTooMuch || memory.count > limit { Self.enlarge(prefix, &memory) }
        }
    }

    /// Looks for some digests in the versions; nil when everything was forgotten meanwhile.
    private func look(
        for digests: [Digest], _ prefix: String, _ start: State, _ search: Search
    ) async throws -> Bool? {
        let wanted = Set(digests)
        let found = Guarded<Set<Digest>>([])
        try await search(wanted) { named in
            found.withLock { found in
                found.formUnion(named.intersection(wanted))
                return found.isEmpty
            }
        }
        let named = found.withLock { $0 }
        return memory.withLock { memory in
            let now = memory.states[prefix] ?? State()
            guard now.age == start.age else { return nil }
            for digest in named.isEmpty ? wanted : named {
                let place = Place(prefix: prefix, digest: digest)
                if named.isEmpty, now.additions != start.additions {
                    // What was added while we looked is not to be denied.
                    if let answer = memory.answers.find(place), answer.age == now.age, answer.isApproved { return true }
                    continue
                }
                memory.answers.set(place, to: Answer(isApproved: !named.isEmpty, age: now.age))
            }
            return !named.isEmpty
        }
    }

    private func known(_ digests: [Digest], _ prefix: String) -> Bool? {
        memory.withLock { memory in
            guard let state = memory.states[prefix] else { return nil }
            if let found = state.found { return digests.contains { found.contains($0) } }
            guard state.isLarge else { return nil }
            var isComplete = true
            for digest in digests {
                let answer = memory.answers.find(Place(prefix: prefix, digest: digest))
                guard let answer, answer.age == state.age else {
                    isComplete = false
                    continue
                }
                if answer.isApproved { return true }
            }
            return isComplete ? false : nil
        }
    }
}
