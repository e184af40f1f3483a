// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A compiled pattern with everything that makes it fast. Safe to use from any number of threads.
final class Engine: Sendable {
    let program: Program
    let groupNames: [String?]
    /// What every match begins with, and whether that is all of it.
    let prefix: LiteralSearch
    let isLiteral: Bool
    private let required: LiteralSearch
    private let cacheSize: Int
    private let complete = AtomicLazyReference<CompleteAutomaton>()
    private let uses = Atomic<Int>(0)
    private let pool = SearchMemoryPool()

    init(_ pattern: String, limits: RegularExpression.Limits) throws(PatternError) {
        let tree = try PatternParser.parse(pattern, limits: limits)
        do {
            program = try ProgramCompiler.compile(tree, limit: limits.programSize)
        } catch {
            throw PatternError(reason: .tooLarge, expression: pattern, scalarOffset: 0)
        }
        let facts = LiteralFacts(tree)
        groupNames = tree.groupNames
        prefix = LiteralSearch(facts.prefix)
        isLiteral = facts.isWhole
        required = LiteralSearch(facts.required)
        cacheSize = limits.cacheSize
    }

    /// Whether there is a match anywhere.
    func hasMatch(in text: Span<UInt8>) -> Bool {
        if isLiteral { return prefix.first(in: text, from: 0) != nil }
        // Below this length the automaton is at its end sooner.
        if text.count >= 64, !program.isAnchored, !required.bytes.isEmpty, required.first(in: text, from: 0) == nil {
            return false
        }
        if let automaton = completeAutomaton { return automaton.hasMatch(in: text) }
        return withMemory { $0.hasMatch(in: text, from: 0) }
    }

    /// About how many bytes the program and its whole automaton take.
    var size: Int { 12 * program.instructions.count + 8 * program.transitions.count + 1024 }

    /// Runs a search with memory of its own.
    func withMemory<Result>(_ body: (SearchMemory) -> Result) -> Result {
        pool.with(SearchMemory(program, cacheSize: cacheSize), body)
    }

    /// The whole automaton, if the pattern has a small one. It is built once that has begun to pay: many patterns are
    /// used for one text only, which needs few of the states.
    private var completeAutomaton: CompleteAutomaton? {
        if let automaton = complete.load() { return automaton.isComplete ? automaton : nil }
        guard uses.add(1, ordering: .relaxed).newValue > 3 else { return nil }
        let automaton = complete.storeIfNil(CompleteAutomaton(program))
        return automaton.isComplete ? automaton : nil
    }
}
