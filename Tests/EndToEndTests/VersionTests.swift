// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("ocm version") struct VersionTests {
    @Test("prints its name and version, and nothing on stderr") func version() async throws {
        let home = try TemporaryFolder()
        let result = try await OCM.run(["version"], home: home.path)
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("ocm "))
        #expect(result.errors.isEmpty)
    }
}
