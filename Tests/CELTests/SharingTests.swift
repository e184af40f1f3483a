// SPDX-License-Identifier: Apache-2.0

import Basics
import CEL
import CELLibraries
import Documents
import Testing

// `make tsan-cel` runs these under ThreadSanitizer.
@Suite("Programs that threads share")
struct SharingTests {
    /// Expressions over everything that programs, libraries and values share.
    static let expressions = [
        "name.matches('^[a-z]+-[0-9]+$')",
        "[name].all(n, n.matches('[a-z]' + '+-') && name.matches(pattern))",
        "regex.replace(name, '([a-z])', '<\\\\1>') + string(regex.extractAll(name, '[0-9]').size())",
        "timestamp(0).getHours('Europe/Berlin') + timestamp(0).getHours('America/St_Johns')",
        "cel.bind(a, document.items.map(i, i.n), a.filter(n, n > 3).size() + a.size())",
        "document.items.exists(i, i.name == name) || document.?missing.orValue(false)",
        "'%s %d %.3f'.format([name, 3, 2.5]) + strings.quote(name)",
        "document.items.map(i, i.n).sort() == document.items.sortBy(i, i.n).map(i, i.n)",
        "string(document.items[0]) == '' || true",
        "sets.contains([1, 2, 3], [2]) && [1, 1].distinct() == [1]",
    ]

    @Test("All threads get the same values", arguments: [false, true])
    func sameValues(isChecked: Bool) async throws {
        let text =
            "{\"items\": [" + (0..<20).map { "{\"n\": \($0), \"name\": \"web-\($0)\"}" }.joined(separator: ",") + "]}"
        let document = try JSON(parsing: Array(text.utf8), source: "the document")
        let environment = Profile.standard.environment(
            variables: ["name": .string, "pattern": .string, "document": .dyn])
        let programs = try Self.expressions.map {
            try isChecked ? environment.compile($0) : environment.compileUnchecked($0)
        }
        let variables: Variables = ["name": "web-7", "pattern": "^web-[0-9]+$", "document": Value(document)]
        @Sendable func values() -> [String] {
            programs.map { program in
                Result { try program.evaluate(variables).literalText }.text
            }
        }
        let alone = values()
        #expect(!alone.contains { $0.contains("internal") })
        try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<10).map { _ in values() }.last! }
                group.addTask {
                    // Compiling beside evaluating: caches are shared too.
                    let own = try environment.compile("name.matches('b+' + pattern) ? 1 : size(name)")
                    return [try own.evaluate(variables).literalText]
                }
            }
            for try await found in group { #expect(found == alone || found == ["5"]) }
        }
    }
}

extension Result<String, any Error> {
    fileprivate var text: String {
        switch self {
        case .success(let text): text
        case .failure(let error): "\(error)"
        }
    }
}
