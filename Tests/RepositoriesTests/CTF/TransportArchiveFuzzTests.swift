// SPDX-License-Identifier: Apache-2.0

import Basics
import TestInputs
import Testing

@testable import Repositories

@Suite("A damaged table of an archive is refused or read, and written again as it was") struct TransportArchiveFuzzTests
{
    private static let digest = "sha256:" + String(repeating: "0a", count: 32)
    private static let words = [
        "\"", "{", "}", "[", "]", ",", ":", "../", "..", "/", "\\u0000", "null", "1", "sha512:", "+", " ",
        #""tag":"1","#, #""tag":"","#, #""repository":"x","#, #""digest":"","#, #""mediaType":null,"#, "ä",
    ]

    @Test("thousands of times", arguments: [1, 2, 3] as [UInt64]) func mutations(seed: UInt64) throws {
        let text = """
            {"schemaVersion":1,"artifacts":[{"repository":"component-descriptors/a.org/b","tag":"1.0.0","digest":\
            "\(Self.digest)","mediaType":"application/vnd.oci.image.manifest.v1+json"},{"repository":"x","digest":\
            "\(Self.digest)"},{"repository":"x","tag":"2","digest":"\(Self.digest)"}]}
            """
        var mutator = ByteMutator(samples: [Array(text.utf8)], tokens: Self.words, seed: seed)
        var accepted = 0
        for _ in 0..<3000 {
            guard let index = try? TransportArchiveIndex(parsing: mutator.next(), source: "a table") else { continue }
            accepted += 1
            #expect(try TransportArchiveIndex(parsing: index.encoded(), source: "a table") == index)
            for name in index.repositories(prefix: "") {
                #expect(!name.hasPrefix("/") && !name.contains("..") || TransportArchiveIndex.isRepository(name))
                #expect(index.tags(in: name).allSatisfy(TransportArchiveIndex.isTag))
            }
        }
        #expect(accepted > 10)
    }
}
