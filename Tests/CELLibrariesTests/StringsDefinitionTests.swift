// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

/// The functions work on UTF-8 bytes; here they are compared with the same on lists of code points.
@Suite("Strings by definition")
struct StringsDefinitionTests {
    typealias Scalars = [Unicode.Scalar]

    /// Texts of few different code points, so that they often occur in each other; the same ones in each run.
    private struct Texts {
        private var state: UInt64 = 42

        mutating func number(below limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }

        mutating func next(upTo length: Int) -> Scalars {
            let alphabet: Scalars = number(below: 2) == 0 ? ["a", "b"] : ["a", "ä", "😀", "\u{301}"]
            return (0..<number(below: length + 1)).map { _ in alphabet[number(below: alphabet.count)] }
        }
    }

    @Test("Searches, cuts, splits and replacements are those of lists of code points")
    func agreement() throws {
        let environment = Environment(
            libraries: [.standard, .strings()],
            variables: ["t": .string, "p": .string, "r": .string, "i": .int, "j": .int])
        let program = try environment.compile(
            """
            [t.indexOf(p), t.indexOf(p, i), t.lastIndexOf(p), t.lastIndexOf(p, i), t.substring(i), t.substring(i, j),
            t.charAt(i), t.split(p), t.split(p, i), t.replace(p, r), t.replace(p, r, i), t.reverse(), t.split(p).join(p)]
            """)
        var texts = Texts()
        for _ in 0..<1000 {
            let text = texts.next(upTo: texts.number(below: 10) == 0 ? 120 : 12)
            let part = texts.number(below: 20) == 0 ? texts.next(upTo: 40) : texts.next(upTo: 3)
            let other = texts.next(upTo: 2)
            let start = texts.number(below: text.count + 1)
            let end = start + texts.number(below: text.count - start + 1)
            let variables: Variables = [
                "t": string(text), "p": string(part), "r": string(other), "i": .int(Int64(start)),
                "j": .int(Int64(end)),
            ]
            let last = start == text.count && !part.isEmpty ? -1 : places(part, text).last { $0 <= start } ?? -1
            let expected: Value = .list([
                .int(Int64(places(part, text).first ?? -1)),
                .int(Int64(places(part, text).first { $0 >= start } ?? -1)),
                .int(Int64(places(part, text).last ?? -1)), .int(Int64(last)),
                string(text[start...]), string(text[start..<end]), string(text[start...].prefix(1)),
                .list(split(text, part, -1).map { string($0) }), .list(split(text, part, start).map { string($0) }),
                string(replace(text, part, other, -1)), string(replace(text, part, other, start)),
                string(text.reversed()), string(text),
            ])
            #expect(try program.evaluate(variables).literalText == expected.literalText, "\(text) \(part) \(start)")
        }
    }

    private func string(_ scalars: some Sequence<Unicode.Scalar>) -> Value {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return .string(String(text))
    }

    /// Everywhere that a part occurs.
    private func places(_ part: Scalars, _ text: Scalars) -> [Int] {
        guard part.count <= text.count else { return [] }
        return (0...text.count - part.count).filter { Array(text[$0...].prefix(part.count)) == part }
    }

    private func split(_ text: Scalars, _ part: Scalars, _ limit: Int) -> [Scalars] {
        if limit == 0 || text.isEmpty && part.isEmpty { return [] }
        var pieces: [Scalars] = [[]]
        var index = 0
        while index < text.count {
            let isFull = limit > 0 && pieces.count == limit
            if part.isEmpty, index > 0, !isFull {
                pieces.append([])
            } else if !part.isEmpty, !isFull, text[index...].starts(with: part) {
                pieces.append([])
                index += part.count
                continue
            }
            pieces[pieces.count - 1].append(text[index])
            index += 1
        }
        return pieces
    }

    private func replace(_ text: Scalars, _ part: Scalars, _ other: Scalars, _ limit: Int) -> Scalars {
        var result: Scalars = [], index = 0, left = limit < 0 ? Int.max : limit
        while index <= text.count {
            if left > 0, text[index...].starts(with: part) {
                result += other
                left -= 1
                if !part.isEmpty {
                    index += part.count
                    continue
                }
            }
            if index < text.count { result.append(text[index]) }
            index += 1
        }
        return result
    }
}
