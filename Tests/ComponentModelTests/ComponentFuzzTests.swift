// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Documents
import TestInputs
import Testing

@Suite("Damaged components") struct ComponentFuzzTests {
    static let descriptor = Array(
        #"""
        {"meta":{"schemaVersion":"v2"},"component":{"name":"acme.org/x","version":"1.0.0","provider":"acme.org",
        "creationTime":"2026-01-02T03:04:05Z","labels":[{"name":"l","value":{"a":[1]},"signing":true}],
        "repositoryContexts":[{"type":"OCIRegistry","baseUrl":"ghcr.io"}],
        "resources":[{"name":"image","version":"1.0.0","type":"ociImage","relation":"external",
        "extraIdentity":{"os":"linux"},"access":{"type":"ociArtifact","imageReference":"a/b:1"},
        "srcRefs":[{"identitySelector":{"name":"src"}}],
        "digest":{"hashAlgorithm":"SHA-256","normalisationAlgorithm":"genericBlobDigest/v1","value":"00"}}],
        "sources":[{"name":"src","version":"1.0.0","type":"git","access":{"type":"gitHub","repoUrl":"x"}}],
        "componentReferences":[{"name":"db","componentName":"acme.org/db","version":"2.0.0"}]},
        "signatures":[{"name":"s","digest":{"hashAlgorithm":"SHA-256","normalisationAlgorithm":"jsonNormalisation/v2",
        "value":"00"},"signature":{"algorithm":"RSASSA-PSS","value":"00","mediaType":"application/vnd.ocm.signature.rsa"}}]}
        """#.utf8)
    static let yamlDescriptor = Array(
        """
        apiVersion: ocm.software/v3alpha1
        kind: ComponentVersion
        metadata: {name: acme.org/x, version: 1.0.0, provider: {name: acme.org}}
        spec:
          resources:
          - {name: res, version: 1.0.0, type: blob, relation: local, access: {type: localBlob, localReference: x}}
        """.utf8)
    static let constructor = Array(
        """
        components:
        - name: acme.org/x
          version: ${VERSION}
          provider: {name: acme.org, labels: [{name: l, value: {a: 1}}]}
          resources:
          - {name: in, type: blob, input: {type: file, path: ./x, compress: true}}
          - {name: out, type: ociImage, version: 2.0.0, access: {type: ociArtifact, imageReference: a/b:1}}
          sources:
          - {name: src, type: git, access: {type: gitHub}}
          componentReferences:
          - {name: db, componentName: acme.org/db, version: 3.0.0}
        """.utf8)
    static let tokens = [
        "null", "{}", "[]", "\"\"", "1", "true", "\"name\":", "\"component\":", "- ", ": ", "\"acme.org/x\"",
        "\"v3alpha1\"",
        "resources", "sources", "access", "digest", "..", "/", "${", "}", "${VERSION}", "(( x ))", "\u{0}", "ä", "{a: ",
    ]

    @Test("a descriptor is refused with a fault or survives writing", arguments: [1, 2, 3] as [UInt64])
    func descriptors(seed: UInt64) throws {
        var mutator = ByteMutator(samples: [Self.descriptor, Self.yamlDescriptor], tokens: Self.tokens, seed: seed)
        _ = try ComponentDescriptor(parsing: Self.descriptor, source: "it")
        _ = try ComponentDescriptor(parsing: Self.yamlDescriptor, source: "it")
        for round in 0..<1500 {
            let bytes = mutator.next()
            let read: ComponentDescriptor
            do throws(Fault) { read = try ComponentDescriptor(parsing: bytes, source: "it") } catch {
                #expect(Self.expected.contains(error.code), "round \(round): \(error.code) \(error)")
                continue
            }
            #expect(try ComponentDescriptor(parsing: read.encoded(), source: "written") == read, "round \(round)")
            // Asking for everything must not end the program either.
            _ = (read.provider, read.labels, read.creationTime, read.repositoryContexts, read.nestedDigests)
            _ = try? read.validate()
            for algorithm in NormalisationAlgorithm.allCases { _ = try? read.normalised(algorithm) }
        }
    }

    @Test(
        "a constructor is refused with a fault or gives descriptors that are valid", arguments: [1, 2, 3] as [UInt64])
    func constructors(seed: UInt64) throws {
        var mutator = ByteMutator(samples: [Self.constructor], tokens: Self.tokens, seed: seed)
        var values = SubstitutionValues()
        values.arguments = ["VERSION": "1.2.3"]
        _ = try ComponentConstructor(parsing: Self.constructor, source: "it", values: values)
        for round in 0..<1500 {
            let bytes = mutator.next()
            do throws(Fault) {
                for component in try ComponentConstructor(parsing: bytes, source: "it", values: values).components {
                    _ = try component.references()
                    let descriptor = component.descriptor()
                    #expect(
                        try ComponentDescriptor(parsing: descriptor.encoded(), source: "written") == descriptor,
                        "round \(round)")
                }
            } catch {
                #expect(Self.expected.contains(error.code), "round \(round): \(error.code) \(error)")
            }
        }
    }

    static let expected: [Fault.Code] = [.invalid, .limitExceeded, .unsupported, .notFound, .conflict]
}
