// SPDX-License-Identifier: Apache-2.0

import TestInputs
import Testing

@testable import RegularExpressions

@Suite("Damaged patterns") struct DamagedPatternTests {
    static let samples = [
        #"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"#,
        #"(?i)(?P<name>\w+)\s*=\s*"([^"\\]|\\.)*""#,
        #"\b(?:a|bc|[[:alpha:]]{2,5}?)\B\pL\p{^Greek}[^\d\x{e9}-\x{ff}]+$"#, #"(?s:.*?)\Q*[(\E(?m-s)^x{3}$|(?U)y+?z*"#,
        #"v?([0-9]+)(\.[0-9]+)?(-([0-9A-Za-z\-]+))?é日{0,2}"#,
    ].map { Array($0.utf8) }
    static let tokens = [
        "(", ")", "(?", "(?i)", "(?P<n>", "[", "]", "[^", "[:alpha:]", "-", "{", "}", "{2,3}", "{1000}", "{0}", "*",
        "+?", "|",
        #"\"#, #"\pL"#, #"\p{"#, #"\Q"#, #"\E"#, #"\x{"#, #"\b"#, "^", "$", ".", "(((((((((((((((((((", "(?m)", "é",
    ]

    @Test("are refused in words, or mean the same to all engines", arguments: [1, 2, 3] as [UInt64])
    func damaged(seed: UInt64) throws {
        var mutator = ByteMutator(samples: Self.samples, tokens: Self.tokens, seed: seed)
        var texts = SampleGenerator(seed: seed)
        let limits = RegularExpression.Limits(patternLength: 4096, nestingDepth: 50, programSize: 500)
        var understood = 0
        for _ in 0..<400 {
            let pattern = String(decoding: mutator.next(), as: UTF8.self)
            if let error = refusal(pattern, limits: limits) {
                #expect(error.description.hasPrefix("error parsing regexp: "))
                #expect((0...pattern.unicodeScalars.count).contains(error.scalarOffset))
                #expect(pattern.utf8.count >= error.expression.utf8.count)
                continue
            }
            understood += 1
            let engines = try Engines(pattern)
            #expect(engines.program.instructions.count <= limits.programSize)
            #expect(engines.program.transitions.count <= 8 * limits.programSize)
            _ = engines.firstMatch(texts.text(longest: 30))
        }
        #expect(understood > 60, "hardly anything was understood: \(understood)")
    }
}
