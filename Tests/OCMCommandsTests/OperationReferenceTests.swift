// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Operations
import Orchestration
import Testing

@testable import OCMCommands

@Suite("docs/orchestration.md") struct OperationReferenceTests {
    private static func text() throws -> String {
        let root = FileSystem.folder(of: FileSystem.folder(of: FileSystem.folder(of: #filePath)))
        return String(
            decoding: try FileSystem.read(FileSystem.join(root, "docs/orchestration.md"), limit: 1 << 20), as: UTF8.self
        )
    }

    @Test("the reference is what the schemas say; `ocm transfer operations --markdown` prints it") func reference()
        throws
    {
        let reference = OperationReference(types: Orchestration.Operation.builtIn.map(\.type)).markdown
        #expect(try Self.text().trimmed.hasSuffix(reference.trimmed))
    }

    @Test("specifications of the guide are right") func examples() throws {
        let guide = try #require(Self.text().components(before: "\n## Operations\n"))
        let types = Orchestration.Operation.builtIn.map(\.type)
        var count = 0
        for block in guide.blocks(of: "yaml") {
            let document = try YAML.document(Array(block.utf8), source: "docs/orchestration.md")
            _ = try OrchestrationGraph(OrchestrationSpecification(reading: document, types: types), types: types)
            count += 1
        }
        #expect(count == 2)
    }
}

extension String {
    /// What stands in front of a text.
    fileprivate func components(before end: String) -> String? {
        firstRange(of: end).map { String(self[..<$0.lowerBound]) }
    }

    /// The fenced blocks of a language.
    fileprivate func blocks(of language: String) -> [String] {
        var blocks: [String] = [], lines: [Substring]?
        for line in split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```\(language)" {
                lines = []
            } else if line == "```", let found = lines {
                blocks.append(found.joined(separator: "\n") + "\n")
                lines = nil
            } else {
                lines?.append(line)
            }
        }
        return blocks
    }
}
