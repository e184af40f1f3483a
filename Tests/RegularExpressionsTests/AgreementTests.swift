// SPDX-License-Identifier: Apache-2.0

import TestInputs
import Testing

@testable import RegularExpressions

/// Every way to search must say the same: the naive one, Pike's machine, and the automata with large and tiny caches.
@Suite("All engines") struct AgreementTests {
    @Test("agree with trying everything", arguments: 1...4 as ClosedRange<UInt64>)
    func naive(seed: UInt64) throws {
        var samples = SampleGenerator(seed: seed)
        var (decided, matched) = (0, 0)
        for _ in 0..<250 {
            let pattern = samples.pattern()
            let engines = try Engines(pattern.text)
            for _ in 0..<5 {
                let text = samples.text(longest: 8)
                let result = engines.firstMatch(text)
                if pattern.dependsOnProgram { continue }
                guard let expected = try? NaiveMatcher(text).firstMatch(pattern, groups: samples.groups) else {
                    continue
                }
                #expect(result == expected, "\(pattern.text) in \(text.debugDescription)")
                decided += 1
                if result != "none" { matched += 1 }
            }
        }
        #expect(
            decided > 600 && matched > 200 && matched < decided - 100, "too little was tested: \(decided), \(matched)")
    }

    @Test("agree on texts of many blocks, with all their matches", arguments: 11...12 as ClosedRange<UInt64>)
    func long(seed: UInt64) throws {
        var samples = SampleGenerator(seed: seed)
        for _ in 0..<50 {
            let engines = try Engines(samples.pattern().text)
            for _ in 0..<2 { _ = engines.firstMatch(samples.text(longest: 400)) }
        }
    }
}

/// One pattern in all ways.
struct Engines {
    let pattern: String
    let expression: RegularExpression
    /// With caches that hold next to nothing.
    let frugal: RegularExpression
    let program: Program
    let complete: CompleteAutomaton

    init(_ pattern: String) throws {
        self.pattern = pattern
        expression = try RegularExpression(pattern)
        frugal = try RegularExpression(pattern, limits: .init(cacheSize: 600))
        program = expression.engine.program
        complete = CompleteAutomaton(program)
    }

    /// The first match, after all have said the same of this text.
    func firstMatch(_ text: String) -> String {
        let bytes = text.utf8.span
        let comment = "\(pattern) in \(text.debugDescription)"
        var machine = PikeMachine(program, slotCount: program.slotCount)
        let first = machine.firstMatch(in: bytes, from: 0)
        let result = line(first)
        let hasMatch = first != nil
        #expect(line(expression.firstMatch(in: text)) == result, "\(comment)")
        #expect(line(frugal.firstMatch(in: text)) == result, "\(comment)")
        #expect(expression.matches(text) == hasMatch, "\(comment)")
        if complete.isComplete {
            let says = complete.hasMatch(in: bytes)
            #expect(says == hasMatch, "\(comment)")
        }
        for engine in [expression.engine, frugal.engine] {
            let says = engine.withMemory { $0.hasMatch(in: bytes, from: 0) }
            #expect(says == hasMatch, "\(comment)")
        }
        var spans = PikeMachine(program, slotCount: 2)
        let span = spans.firstMatch(in: bytes, from: 0)
        #expect(span == first.map { Array($0[..<2]) }, "\(comment)")

        let all = allMatches(text, &machine)
        #expect(expression.lines(in: text) == all, "\(comment)")
        #expect(frugal.lines(in: text) == all, "\(comment)")
        for engine in [expression.engine, frugal.engine] { #expect(sweep(text, engine) == all, "\(comment)") }
        return result
    }

    /// Go's loop over all matches, on Pike's machine.
    private func allMatches(_ text: String, _ machine: inout PikeMachine) -> String {
        let bytes = text.utf8.span
        var lines: [String] = []
        var (place, previousEnd) = (0, -1)
        while place <= bytes.count, let slots = machine.firstMatch(in: bytes, from: place) {
            if slots[0] != slots[1] || slots[0] != previousEnd { lines.append(line(slots)) }
            previousEnd = slots[1]
            place = slots[1] > place ? slots[1] : next(place, bytes)
        }
        return lines.joined(separator: ", ")
    }

    private func next(_ place: Int, _ bytes: Span<UInt8>) -> Int {
        var place = place + 1
        while place < bytes.count, bytes[place] & 0xC0 == 0x80 { place += 1 }
        return place
    }

    /// All matches by the way for patterns that would be read too often otherwise.
    private func sweep(_ text: String, _ engine: Engine) -> String {
        let bytes = text.utf8.span
        var lines: [String] = []
        var previousEnd = -1
        engine.withMemory { memory in
            memory.sweep(bytes, from: 0) { slots in
                if slots[0] != slots[1] || slots[0] != previousEnd { lines.append(line(slots)) }
                previousEnd = slots[1]
                guard slots[0] == slots[1] else { return slots[1] }
                return slots[1] < bytes.count ? next(slots[1], bytes) : nil
            }
        }
        return lines.joined(separator: ", ")
    }
}
