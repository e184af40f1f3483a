// SPDX-License-Identifier: Apache-2.0

/// What searches keep for the next one: automata as far as they are built. Each part is made when first needed.
final class SearchMemory: @unchecked Sendable {
    // Proof of Sendable: `SearchMemoryPool` hands each instance to one search at a time.
    private let program: Program
    private let cacheSize: Int
    private var existence: ForwardAutomaton?
    private var end: ForwardAutomaton?
    private var tracer: MatchTracer?
    private var sweeper: MatchTracer?
    /// How many bytes all searches read, those that were read again counted again.
    private(set) var bytesRead = 0

    init(_ program: Program, cacheSize: Int) { (self.program, self.cacheSize) = (program, cacheSize) }

    /// About how many bytes it takes.
    var size: Int {
        (existence?.size ?? 0) + (end?.size ?? 0) + (tracer?.size ?? 0) + (sweeper?.size ?? 0)
    }

    /// Whether there is a match.
    func hasMatch(in text: Span<UInt8>, from offset: Int) -> Bool {
        var automaton = existence.take() ?? ForwardAutomaton(program, purpose: .existence, cacheSize: cacheSize)
        defer { existence = automaton }
        return automaton.hasMatch(in: text, from: offset)
    }

    /// Where the first match ends, and how far the search read.
    func firstEnd(in text: Span<UInt8>, from offset: Int) -> (end: Int?, readTo: Int) {
        var automaton = end.take() ?? ForwardAutomaton(program, purpose: .end, cacheSize: cacheSize)
        defer { end = automaton }
        let result = automaton.matchEnd(in: text, from: offset, isSearch: true)
        bytesRead += result.readTo - offset
        return result
    }

    /// The slots of the match that is the first from an offset on and ends at a place.
    func slots(in text: Span<UInt8>, from offset: Int, end: Int) -> [Int]? {
        var tracer = self.tracer.take() ?? MatchTracer(program, endsAnywhere: false, cacheSize: cacheSize)
        defer {
            tracer.finish()
            self.tracer = tracer
        }
        bytesRead += end - offset
        guard let start = tracer.read(text, from: end, downTo: offset) else { return nil }
        return program.slotCount == 2 ? [start, end] : tracer.trace(text, from: start)
    }

    /// Hands out all matches from an offset on, until the body says where not to go on; linear for any pattern.
    func sweep(_ text: Span<UInt8>, from offset: Int, _ body: ([Int]) -> Int?) {
        var sweeper = self.sweeper.take() ?? MatchTracer(program, endsAnywhere: true, cacheSize: cacheSize)
        defer {
            sweeper.finish()
            self.sweeper = sweeper
        }
        bytesRead += 2 * (text.count - offset)
        guard sweeper.read(text, from: text.count, downTo: offset) != nil else { return }
        var place = offset
        while let start = sweeper.nextStart(in: text, from: place), let next = body(sweeper.trace(text, from: start)) {
            place = next
        }
    }
}
