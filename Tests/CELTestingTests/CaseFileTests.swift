// SPDX-License-Identifier: Apache-2.0

import Basics
import CEL
import CELTesting
import Documents
import Testing

@Suite("Case files")
struct CaseFileTests {
    private func outcomes(_ text: String) throws -> [Outcome] {
        let file = try CaseFile(JSON(parsing: Array(text.utf8), source: "cases.json"), name: "cases.json")
        return file.cases.map { CaseRunner().run($0) }
    }
}
