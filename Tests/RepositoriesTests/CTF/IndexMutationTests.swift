// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@testable import Repositories

@Suite("A damaged table of an archive is refused or read, and written again as it was") struct IndexMutationTests {
    private static let digest = "sha256:" + String(repeating: "0a", count: 32)
    private static let words = [
        "\"", "{", "}", "[", "]", ",", ":", "../", "..", "/", "\\u0000", "null", "1", "sha512:", "+", " ",
        #""tag":"1","#, #""tag":"","#, #""repository":"x","#, #""digest":"","#, #""mediaType":null,"#, "ä",
    ].map { Array($0.utf8) }

    @Test("thousands of times", arguments: [1, 2, 3] as [UInt64]) func mutations(seed: UInt64) throws {
        let text = """
            {"schemaVersion":1,"artifacts":[{"repository":"component-descriptors/a.org/b","tag":"1.0.0","digest":\
            "\(Self.digest)","mediaType":"application/vnd.oci.image.manifest.v1+json"},{"repository":"x","digest":\
            "\(Self.digest)"},{"repository":"x","tag":"2","digest":"\(Self.digest)"}]}
            """
        var state = seed
        func below(_ limit: Int) -> Int {
            // A linear congruence is noise enough, and the same everywhere.
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(max(limit, 1)))
        }
        var accepted = 0
        for _ in 0..<3000 {
            var bytes = Array(text.utf8)
            for _ in 0...below(3) {
                let start = below(bytes.count + 1)
                let range = start..<min(bytes.count, start + below(12))
                switch below(4) {
                case 0: bytes.replaceSubrange(range, with: Self.words[below(Self.words.count)])
                case 1: bytes.insert(contentsOf: bytes[range], at: below(bytes.count + 1))
                case 2: bytes.removeSubrange(range)
                default: if !bytes.isEmpty { bytes[below(bytes.count)] = UInt8(below(256)) }
                }
            }
            guard let index = try? TransportArchiveIndex(parsing: bytes, source: "a table") else { continue }
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
