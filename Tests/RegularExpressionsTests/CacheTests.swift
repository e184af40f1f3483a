// SPDX-License-Identifier: Apache-2.0

import RegularExpressions
import Testing

@Suite("The cache of expressions") struct CacheTests {
    @Test("remembers expressions and refusals") func remembers() throws {
        let cache = RegularExpressionCache()
        for _ in 0..<3 {
            #expect(try cache.expression("a+").matches("caat"))
            #expect(throws: PatternError.self) { try cache.expression("(") }
        }
        #expect(cache.count == 2)
        // Texts that are equal to Swift, and not to a regular expression.
        #expect(try !cache.expression("\u{E9}").matches("e\u{301}"))
        #expect(try cache.expression("e\u{301}").matches("e\u{301}"))
        #expect(cache.count == 4)
    }

    @Test("forgets what was not used for longest") func forgets() throws {
        let cache = RegularExpressionCache(capacity: 256)
        for number in 0..<10_000 {
            _ = try cache.expression("x\(number)")
            _ = try cache.expression("kept")
            #expect(cache.count <= 257)
        }
        #expect(cache.count >= 200)
    }

    @Test("is bounded by bytes too") func bytes() throws {
        let cache = RegularExpressionCache(capacity: 1000, byteCapacity: 1 << 18)
        _ = try cache.expression("(?:abcdefghij){1000}")
        #expect(cache.count == 0)
        for number in 0..<500 { _ = try cache.expression("[a-z]{100}\(number)") }
        #expect((10..<200).contains(cache.count))
    }

    @Test("serves many tasks") func tasks() async throws {
        let cache = RegularExpressionCache(capacity: 8)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<200 {
                        let number = (task + round) % 20
                        let expression = try cache.expression("^a{\(number)}$")
                        #expect(expression.matches(String(repeating: "a", count: number)))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(cache.count <= 9)
    }
}
