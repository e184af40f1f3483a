// SPDX-License-Identifier: Apache-2.0

import Basics
import CELTesting
import Documents
import Testing

/// The folder with the vectors of the language; nil when they are not on this machine.
private let folder: String? = {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let path = (Environment.process["SOVEREIGN_VECTORS"] ?? "/\(root)/../shared/vectors") + "/cel"
    return FileSystem.exists(path) ? path : nil
}()

@Suite("Conformance", .enabled(if: folder != nil, "needs the vectors: set SOVEREIGN_VECTORS to their folder"))
struct ConformanceTests {
    /// How many cases of a file are there and need no protocol buffers.
    private static let counts: [(file: String, cases: Int)] = [
        ("basic", 43), ("bindings_ext", 8), ("block_ext", 25), ("cel-go-behaviours", 274), ("cel-kro-ocm-flux", 56),
        ("comparisons", 362), ("conversions", 109), ("dynamic", 72), ("encoders_ext", 4), ("fields", 60),
        ("fp_math", 30), ("integer_math", 64), ("lists", 39), ("logic", 30), ("macros", 44), ("macros2", 46),
        ("math_ext", 199), ("namespace", 14), ("network_ext", 69), ("optionals", 59), ("parse", 193), ("plumbing", 5),
        ("string", 51), ("string_ext", 213), ("timestamps", 78), ("type_deduction", 26),
    ]
    private static let runner = CaseRunner()

    @Test("Every case that needs no protocol buffers passes", arguments: counts)
    func passes(file: String, cases: Int) throws {
        let path = FileSystem.join(try #require(folder), "\(file).json")
        let document = try JSON(parsing: FileSystem.read(path, limit: 64 << 20), source: path)
        var passed = 0
        for test in try CaseFile(document, name: file).cases {
            switch Self.runner.run(test) {
            case .passed: passed += 1
            case .failed(let expected, let got): Issue.record("\(test.id): expected \(expected), got \(got)")
            case .skipped: break
            }
        }
        #expect(passed >= cases)
    }
}
