// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RegularExpressions

/// Patterns that take for ever where engines try one way after the other. Work is counted in bytes read and in states.
@Suite("Hostile patterns") struct WorstCaseTests {
    static let patterns = [
        "(a+)+$", "(a|a)*b", "(x+x+)+y", "(a*)*c", "(.*)(.*)(.*)(.*)(.*)[^a]", "(?:a?){30}a{30}$", "(a|aa)+$",
        "([a-c]*)*d",
        "[ab][^q]{12}x", "(?:(?:a{0,30}){0,30})*b", ".*b|a", "a.*b|a", "a*?$|a", "(?:(?:a|b)*a(?:a|b){10})c|a",
        #"(\pL+)+1"#,
    ]

    @Test("read a text a fixed number of times", arguments: patterns)
    func work(pattern: String) throws {
        let text = String(repeating: "a", count: 3000)
        let expression = try RegularExpression(pattern, limits: .init(cacheSize: 1 << 16))
        expression.engine.withMemory { memory in
            _ = memory.hasMatch(in: text.utf8.span, from: 0)
            #expect(memory.size < 1 << 19)
        }
        let matches = expression.allMatches(in: text)
        #expect(matches.isEmpty == !expression.matches(text))
        expression.engine.withMemory { #expect($0.bytesRead <= 12 * text.utf8.count, "\($0.bytesRead)") }
    }

    @Test("need few states where the text is simple") func states() throws {
        for pattern in ["(a+)+$", "(a|a)*b", "(.*)(.*)(.*)(.*)(.*)[^a]", "(?:a?){30}a{30}$"] {
            let program = try RegularExpression(pattern).engine.program
            var automaton = ForwardAutomaton(program, purpose: .end, cacheSize: 1 << 20)
            _ = automaton.matchEnd(in: String(repeating: "a", count: 10_000).utf8.span, from: 0, isSearch: true)
            #expect(automaton.table.count < 100 && automaton.resets == 0, "\(pattern): \(automaton.table.count)")
        }
    }

    @Test("keep to the cache where states are many") func cache() throws {
        // One state for each of the last 14 characters being an `a` or not.
        let program = try RegularExpression("a[ab]{14}c").engine.program
        var seed: UInt32 = 1
        let text = String(
            (0..<12_000).map { _ -> Character in
                seed = seed &* 1_664_525 &+ 1_013_904_223
                return seed >> 31 == 0 ? "a" : "b"
            })
        var automaton = ForwardAutomaton(program, purpose: .existence, cacheSize: 1 << 16)
        let hasMatch = automaton.hasMatch(in: text.utf8.span, from: 0)
        #expect(!hasMatch)
        #expect(automaton.resets > 1 && automaton.table.size < 1 << 17)
        #expect(try RegularExpression("a[ab]{14}c").matches(text + "aabbaabbaabbaabbc"))
    }

    @Test("have groups in texts of many blocks") func groups() throws {
        let expression = try RegularExpression("(a*)(b*)((c)|(d))*(e)?", limits: .init(cacheSize: 1 << 12))
        let counts = [6000, 4000, 2000]
        let text = zip("abc", counts).map { String(repeating: $0, count: $1) }.joined() + "dce"
        #expect(
            line(expression.firstMatch(in: text))
                == "0-12003 0-6000 6000-10000 12001-12002 12001-12002 12000-12001 12002-12003")
    }

    @Test("find literals that almost fit everywhere") func literals() throws {
        let text = String(repeating: "a", count: 10_000)
        let literal = String(repeating: "a", count: 500)
        #expect(try !RegularExpression(literal + "b").matches(text))
        #expect(try RegularExpression(literal + "b").firstMatch(in: text + "b")?.range == 9500..<10_001)
        #expect(try RegularExpression(literal).allMatches(in: text).count == 20)
    }
}
