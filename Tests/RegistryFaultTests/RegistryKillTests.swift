// SPDX-License-Identifier: Apache-2.0

import Basics
import TestServers
import Testing

@Suite("A registry that is killed at any moment keeps its promises", .serialized) struct RegistryKillTests {
    /// `make kill-registry` does the same at 200 moments.
    @Test(
        "pushes, deletions and collections of garbage, killed at eight moments",
        .enabled(if: Sovereign.python != nil, "python3 is not installed"))
    func kill() async throws {
        let script = Sovereign.repositoryFile("scripts/kill-registry")
        let result = try await ChildProcess.run(
            [Sovereign.python ?? "python3", script, Sovereign.path, "8", "3"], deadline: .seconds(300))
        let said = String(decoding: result.stdout + result.stderr, as: UTF8.self)
        #expect(result.status == 0, "\(said)")
        #expect(said.contains("8 kills in") && said.contains("| blobs |"))
    }
}
