// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import Testing

/// One digest that the manifest of the vectors states.
struct NormalisationVector: Sendable, CustomTestStringConvertible {
    let id: String
    let algorithm: NormalisationAlgorithm
    let descriptor: String
    let expected: String
    let digest: String
    /// Whether the other schema, or the form of the Go library, is meant.
    var isOtherSchema = false
    var isGoLibrary = false
    var testDescription: String {
        "\(id) \(algorithm.rawValue)\(isGoLibrary ? " (Go)" : "")\(isOtherSchema ? " (v3alpha1)" : "")"
    }

    static let all: [NormalisationVector] = (try? load()) ?? []

    private static func load() throws -> [NormalisationVector] {
        guard vectorFolder != nil else { return [] }
        let manifest = try JSON(parsing: vector("MANIFEST.json"), source: "MANIFEST.json")
        var vectors: [NormalisationVector] = []
        for entry in manifest["vectors"]?.array ?? [] {
            guard let id = entry["id"]?.string, id.hasPrefix("norm/") || id == "sign/sigstore-podinfo" else { continue }
            let files = entry["files"]?.array?.compactMap(\.string) ?? []
            let expectation = entry["expectation"]?.object ?? JSONObject()
            for (key, value) in expectation {
                guard let name = key.split(separator: " ").first(where: { $0.hasPrefix("jsonNormalisation/") }),
                    let algorithm = NormalisationAlgorithm(rawValue: String(name))
                else { continue }
                let short = name.dropFirst("jsonNormalisation/".count)
                let same = value["sameBytesAs"]?.string
                let digest = value["sha256"] ?? expectation["jsonNormalisation/\(same ?? "")"]?["sha256"]
                let role = key.hasPrefix("child") ? "child" : key.hasPrefix("parent") ? "parent" : ""
                let isOther = key.contains("v3alpha1"), isGo = key.contains("Go v2 library")
                let wanted: [String] =
                    if isOther { ["expected.v1-on-cd-v3alpha1.txt"] } else if isGo {
                        ["expected.v4alpha1-go-quirks.txt"]
                    } else {
                        [
                            "expected.\(short).txt", "expected.\(role).\(short).txt", "normalised.\(short).txt",
                            "expected.\(same ?? "").txt",
                        ]
                    }
                let expected = try #require(
                    wanted.compactMap { file in files.first { $0.hasSuffix("/\(file)") } }.first
                        ?? files.first { $0.hasSuffix("expected.v3.txt") })
                let source = try #require(
                    files.first { file in
                        ["descriptor.json", "descriptor.yaml", "\(role).json"].contains { file.hasSuffix("/\($0)") }
                            || file.hasSuffix("component-descriptor.yaml")
                    })
                vectors.append(
                    NormalisationVector(
                        id: id, algorithm: algorithm, descriptor: source, expected: expected,
                        digest: digest?.string ?? "", isOtherSchema: isOther, isGoLibrary: isGo))
            }
        }
        return vectors
    }
}

@Suite("Normalisation of the vectors", .enabled(if: vectorFolder != nil, "needs the vectors in SOVEREIGN_VECTORS"))
struct NormalisationVectorTests {
    @Test("all vectors were found") func count() { #expect(NormalisationVector.all.count == 33) }

    @Test("gives the bytes and the digest that the other implementations give", arguments: NormalisationVector.all)
    func bytes(vector item: NormalisationVector) throws {
        var descriptor = try ComponentDescriptor(parsing: vector(item.descriptor), source: item.descriptor)
        if item.isOtherSchema { descriptor = try inOtherSchema(descriptor) }
        let bytes =
            item.isGoLibrary
            ? try #require(try descriptor.normalisationCandidates(item.algorithm).dropFirst().first)
            : try descriptor.normalised(item.algorithm)
        #expect(text(bytes) == text(try vector(item.expected)))
        #expect(Digest(of: bytes).hex == item.digest)
    }

    /// The manifest has the document in schema v2 only.
    private func inOtherSchema(_ descriptor: ComponentDescriptor) throws -> ComponentDescriptor {
        let provider = try JSON(
            parsing: Array((descriptor.json["component"]?["provider"]?.string ?? "").utf8), source: "provider")
        return try ComponentDescriptor(
            json: [
                "apiVersion": "ocm.software/v3alpha1", "kind": "ComponentVersion",
                "metadata": [
                    "name": .string(descriptor.identity.name.text),
                    "version": .string(descriptor.identity.version.text),
                    "provider": provider, "labels": .array(descriptor.labels.map(\.json)),
                ],
                "repositoryContexts": [], "spec": ["resources": nil, "sources": nil, "references": []],
            ], source: "converted")
    }

    @Test(
        "the stored forms of version 2 normalise as they should",
        arguments: [
            ("ctf/constructed-v2-plain", "fded33daa7a2132868acb6997bdc14209cb96e01c1061367d4bb9f95fc3d892c")
        ])
    func stored(folder: String, blob: String) throws {
        let blobs = try FileSystem.names(in: "\(vectorFolder ?? "")/\(folder)/transport-archive/blobs")
        let expected = text(try vector("\(folder)/normalised.v4alpha1.txt"))
        let found = try blobs.compactMap { name -> String? in
            let bytes = try vector("\(folder)/transport-archive/blobs/\(name)")
            guard let descriptor = try? ComponentDescriptor(parsing: bytes, source: name) else { return nil }
            return text(try descriptor.normalised(.v4alpha1))
        }
        #expect(found == [expected])
    }

    @Test(
        "historic texts have the documented digests",
        arguments: [
            ("simpleapp", "01c211f5c9cfd7c40e5b84d66a2fb7d19cb0d65174b06c57b403c2ad9fdf8ed2"),
            ("complexapp", "01801dfb56ba7b4033b8177e53e689644f1447c8270004b2c05c5fe45aa1063f"),
        ])
    func historic(name: String, digest: String) throws {
        #expect(Digest(of: try vector("sign/spec-examples/\(name).normalised.txt")).hex == digest)
        for form in ["unsigned", "signed"] {
            let bytes = try vector("sign/spec-examples/\(name).\(form).yaml")
            let descriptor = try ComponentDescriptor(parsing: bytes, source: name)
            #expect(try descriptor.schema == .v3alpha1 && descriptor.json == YAML.document(bytes, source: name).root)
            #expect(descriptor.signatures.count == (form == "signed" ? 1 : 0))
        }
    }
}
