// SPDX-License-Identifier: Apache-2.0

import RegularExpressions
import Testing

@Suite("One expression in many tasks") struct SharingTests {
    @Test(
        "answers each of them",
        arguments: ["^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", "(a|b)[ab]{9}c", #"(\w+)-(\d+)"#, "(a*)(b*)c|.*d", "b"])
    func shared(pattern: String) async throws {
        let expression = try RegularExpression(pattern, limits: .init(cacheSize: 1 << 12))
        let texts = (0..<40).map { String(repeating: "ab", count: $0) + ["c", "-1", "d", ""][$0 % 4] }
        let expected = try texts.map { text in
            let alone = try RegularExpression(pattern)
            return "\(alone.matches(text)) \(line(alone.firstMatch(in: text))) \(alone.lines(in: text))"
        }
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<16 {
                group.addTask {
                    for round in 0..<120 {
                        let index = (task * 7 + round) % texts.count
                        let text = texts[index]
                        let found = line(expression.firstMatch(in: text))
                        #expect("\(expression.matches(text)) \(found) \(expression.lines(in: text))" == expected[index])
                    }
                }
            }
        }
    }
}
