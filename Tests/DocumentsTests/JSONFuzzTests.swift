// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestInputs
import Testing

@Suite("Damaged JSON") struct JSONFuzzTests {
    static let samples = [
        #"{"meta":{"schemaVersion":"v2"},"list":[1,-2.5e3,true,false,null,"text"],"empty":{},"none":[]}"#,
        #"{"escapes":"\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00","unicode":"ä世界😀","number":12345678901234567890.000e-300}"#,
        #"[[[[[[[[[[{"a":[{"b":[{"c":[0,-0,0.0,1E+2]}]}]}]]]]]]]]]]"#, "  \"alone\"  ", "-0.1e-7",
    ].map { Array($0.utf8) }
    static let tokens = [
        "{", "}", "[", "]", ":", ",", "\"", "\\", "\\u", "\\ud800", "null", "true", "1e999", "-", ".", "\u{FEFF}", "/*",
        "NaN", "\u{0}", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "\u{2028}",
    ]

    @Test("is refused with a fault or means something that survives writing", arguments: [1, 2, 3] as [UInt64])
    func damaged(seed: UInt64) throws {
        var mutator = ByteMutator(samples: Self.samples, tokens: Self.tokens, seed: seed)
        var limits = DocumentLimits()
        (limits.depth, limits.nodes, limits.bytes) = (24, 200, 4096)
        var understood = 0
        for round in 0..<3000 {
            let bytes = mutator.next()
            guard let json = try Self.read(bytes, limits) else { continue }
            understood += 1
            #expect(bytes.count <= limits.bytes && Self.depth(json) <= limits.depth, "round \(round)")
            #expect(Self.nodes(json) <= limits.nodes, "round \(round)")
            for written in [json.encoded(), Array(json.pretty().utf8)] {
                #expect(try JSON(parsing: written, source: "written") == json, "round \(round)")
            }
            #expect(try JSON(parsing: json.encoded(), source: "written").encoded() == json.encoded(), "round \(round)")
        }
        #expect(understood > 100, "hardly anything was understood: the damages are too strong to test much")
    }

    /// Nil for what is refused as invalid or too large; other codes are failures of their own.
    static func read(_ bytes: [UInt8], _ limits: DocumentLimits) throws -> JSON? {
        do throws(Fault) { return try JSON(parsing: bytes, source: "it", limits: limits) } catch {
            #expect(error.code == .invalid || error.code == .limitExceeded, "\(error)")
            return nil
        }
    }

    static func depth(_ json: JSON) -> Int {
        switch json {
        case .array(let items): 1 + (items.map(depth).max() ?? 0)
        case .object(let object): 1 + (object.map { depth($0.value) }.max() ?? 0)
        default: 0
        }
    }

    static func nodes(_ json: JSON) -> Int {
        switch json {
        case .array(let items): items.reduce(1) { $0 + nodes($1) }
        case .object(let object): object.reduce(1) { $0 + nodes($1.value) }
        default: 1
        }
    }
}
