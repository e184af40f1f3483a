// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestInputs
import Testing

@testable import OCI

@Suite("Damaged documents are refused or read, and what is read is written again as it was") struct DocumentFuzzTests {
    private static let digest = "sha256:" + String(repeating: "0a", count: 32)
    private static let descriptor = """
        {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"\(digest)","size":7,"artifactType":"a/b",\
        "annotations":{"k":"v","l":"w"},"platform":{"os":"linux","architecture":"arm64"},"urls":["https://a.b/c"]}
        """
    static let documents = [
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"x/y",\
        "config":\(descriptor),"layers":[\(descriptor),\(descriptor)],"subject":\(descriptor),"annotations":{"a":"b"}}
        """,
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[\(descriptor)],\
        "annotations":{"a":"b"}}
        """,
    ]
    private static let words = [
        "manifests", "layers", "config", "subject", "mediaType", "application/vnd.oci.image.index.v1+json", "size",
        "sha512:", "digest", #""layers":[],"#, #""manifests":[],"#, #""schemaVersion":1,"#,
    ]

    @Test("manifests and indexes", arguments: documents.indices, [1, 2, 3] as [UInt64])
    func manifests(document: Int, seed: UInt64) throws {
        var mutator = ByteMutator(samples: [Array(Self.documents[document].utf8)], tokens: Self.words, seed: seed)
        var accepted = 0
        for round in 0..<2000 {
            let bytes = mutator.next()
            guard let manifest = try? OCIManifest(parsing: bytes, mediaType: nil, source: "round \(round)") else {
                continue
            }
            accepted += 1
            #expect(
                manifest.isIndex == (manifest.json["manifests"] != nil) && manifest.isIndex != (manifest.config != nil))
            let again = try OCIManifest(
                parsing: manifest.json.encoded(), mediaType: manifest.mediaType.rawValue, source: "round \(round)")
            #expect(again.json == manifest.json && again.children == manifest.children)
            #expect(again.subject == manifest.subject && again.annotations == manifest.annotations)
            for child in manifest.children { #expect(try OCIDescriptor(json: child.json) == child) }
        }
        // Some damage is harmless; if none were, nothing would have been tested.
        #expect(accepted > 10)
    }

    @Test("lists of referrers", arguments: [4, 5] as [UInt64]) func referrers(seed: UInt64) throws {
        var mutator = ByteMutator(samples: [Array(Self.documents[1].utf8)], tokens: Self.words, seed: seed)
        var accepted = 0
        for _ in 0..<2000 {
            guard let list = try? ReferrerList(parsing: mutator.next(), source: "a list") else { continue }
            accepted += 1
            #expect(try ReferrerList(parsing: list.encoded(), source: "a list").referrers == list.referrers)
        }
        #expect(accepted > 10)
    }

    @Test("image references", arguments: [6, 7, 8] as [UInt64]) func references(seed: UInt64) throws {
        let samples = ["https://ghcr.io:8443/acme/app-x/y:1.0.0@\(Self.digest)", "localhost:5000/a__b/c:v1", "a.b/c"]
        let tokens = ["@", "sha512:", "://", "http://", "..", ":80", "[::1]", "#", "?", "%2F", "localhost", "ä", "\\"]
        var mutator = ByteMutator(samples: samples.map { Array($0.utf8) }, tokens: tokens, seed: seed)
        var accepted = 0
        for _ in 0..<4000 {
            guard let reference = try? ImageReference(String(decoding: mutator.next(), as: UTF8.self)) else { continue }
            accepted += 1
            #expect(try ImageReference(reference.description) == reference)
            #expect(reference.host.utf8.allSatisfy { $0 > 0x20 && !"/@#?\\".utf8.contains($0) })
            #expect(ImageReference.isRepository(reference.repository))
        }
        #expect(accepted > 10)
    }

    @Test("challenges", arguments: [9, 10] as [UInt64]) func challenges(seed: UInt64) {
        let header =
            #"Basic realm="a b", Bearer realm="https://a.b/t?x=1",service="s",scope="repository:a/b:pull,push""#
        let tokens = ["Bearer ", "Basic ", "realm=", "\\\"", "=", ", ", "realm=\"\"", "ä", "\t"]
        var mutator = ByteMutator(samples: [Array(header.utf8)], tokens: tokens, seed: seed)
        for _ in 0..<4000 {
            let found = AuthenticationChallenge.parse(String(decoding: mutator.next(), as: UTF8.self))
            let written = found.map { challenge in
                let parameters = challenge.parameters.map { name, value in
                    let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
                    return "\(name)=\"\(escaped)\""
                }
                return "\(challenge.scheme) \(parameters.joined(separator: ", "))"
            }
            #expect(AuthenticationChallenge.parse(written.joined(separator: ", ")) == found)
        }
    }
}
