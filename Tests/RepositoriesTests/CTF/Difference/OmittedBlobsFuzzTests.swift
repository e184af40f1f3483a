// SPDX-License-Identifier: Apache-2.0

import Basics
import TestInputs
import Testing

@testable import Repositories

@Suite("A damaged record of what an archive leaves out is refused or read, and written again as it was")
struct OmittedBlobsFuzzTests {
    private static let words = [
        "\"", "{", "}", "[", "]", ",", ":", "../", "/", "\\u0000", "null", "-1", "1e9", "9223372036854775808",
        "sha512:",
        #""size":0"#, #""heldBy":["a.org/b"],"#, #""repositories":["x"],"#, #""assumes":["y"],"#, "ä",
    ]

    @Test("thousands of times", arguments: [1, 2, 3] as [UInt64]) func mutations(seed: UInt64) throws {
        let digests = (1...2).map { "sha256:" + String(repeating: "0\($0)", count: 32) }
        let text = """
            {"schemaVersion":1,"assumes":["a.org/b:1.0.0"],"blobs":[{"digest":"\(digests[0])","size":12,"mediaType":\
            "text/plain","repositories":["component-descriptors/a.org/b","x"],"heldBy":["a.org/c"]},{"digest":\
            "\(digests[1])","size":0,"mediaType":"a/b","repositories":["x"],"delta":{"digest":"\(digests[0])","size":5,\
            "base":"\(digests[1])","baseSize":7}}]}
            """
        #expect(try OmittedBlobs(parsing: Array(text.utf8), source: "it").encoded() == Array(text.utf8))
        var mutator = ByteMutator(samples: [Array(text.utf8)], tokens: Self.words, seed: seed)
        var accepted = 0
        for _ in 0..<3000 {
            let record: OmittedBlobs
            do { record = try OmittedBlobs(parsing: mutator.next(), source: "a record") } catch {
                #expect([.invalid, .limitExceeded, .unsupported].contains(error.code), "\(error.code) \(error)")
                continue
            }
            accepted += 1
            #expect(try OmittedBlobs(parsing: record.encoded(), source: "a record") == record)
            for blob in record.blobs.values {
                #expect(blob.size >= 0 && blob.repositories.allSatisfy(TransportArchiveIndex.isRepository))
            }
        }
        #expect(accepted > 10)
    }
}
