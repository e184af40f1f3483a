// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("A digest behind a version") struct PinnedDigestTests {
    private static let commands = [
        ["get", "cv", "REFERENCE"], ["get", "resources", "REFERENCE"], ["get", "references", "REFERENCE"],
        ["get", "sources", "REFERENCE"], ["describe", "cv", "REFERENCE"],
        ["verify", "cv", "--public-key", "public.pem", "REFERENCE"],
        ["download", "resource", "REFERENCE", "note", "-O", "NEW"], ["download", "cv", "REFERENCE", "-O", "NEW"],
        ["transfer", "cv", "-r", "REFERENCE", "NEW"],
        ["sign", "cv", "--signature", "second", "--private-key", "private.pem", "--dry-run", "REFERENCE"],
    ]

    private static let built = Task { () async throws -> (Workshop, digest: String) in
        let workshop = try Workshop()
        try await workshop.build()
        return (
            workshop, "\(try ArchiveEditor(folder: workshop.archive).manifest(of: "example.org/app/product", "1.0.0"))"
        )
    }

    @Test("is held against what is stored, by every command", arguments: commands) func pinned(command: [String])
        async throws
    {
        let (workshop, right) = try await Self.built.value
        let wrong = "sha256:" + String(repeating: "0", count: 64)
        for (digest, status) in [(wrong, 3 as Int32), (right, 0)] {
            let new = "new-\(command[0])-\(command[1])"
            let words = command.map {
                $0 == "REFERENCE" ? "archive//\(Workshop.product)@\(digest)" : $0 == "NEW" ? new : $0
            }
            let result = try await workshop.ocm(words)
            #expect(result.status == status, "\(result.output)\(result.errors)")
            guard status != 0 else { continue }
            #expect(result.errors.contains(digest) && result.errors.contains("fix: "), "\(result.errors)")
            #expect(!FileSystem.exists("\(workshop.path)/\(new)"))
        }
    }

    @Test("needs the version") func withoutVersion() async throws {
        let (workshop, right) = try await Self.built.value
        let result = try await workshop.ocm("get", "cv", "archive//example.org/app/product@\(right)")
        #expect(result.status == 1 && result.errors.contains("fix: "), "\(result.output)\(result.errors)")
    }
}
