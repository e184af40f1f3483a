// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import Operations
import Orchestration
import Repositories
import Testing

@Suite("Operations that hash, sign and verify") struct SigningOperationTests {
    private let text = Array("some text\n".utf8)
    private let key: PrivateKey
    private let other: PrivateKey

    init() throws { (key, other) = (try PrivateKey.generate(.ed25519), try PrivateKey.generate(.ed25519)) }

    private static let read = """
        - {type: downloader.component.ctf/v1alpha1, id: read, name: acme.org/demo, version: 1.0.0, filePath: @/source}

        """

    private func bench(
        hasDigests: Bool = true, references: [JSON] = [], signedWith maker: PrivateKey? = nil
    ) async throws -> (SpecificationBench, ComponentDescriptor) {
        var bench = try SpecificationBench()
        let source = try RepositoryLocator(bench.path("source"))
        var descriptor = try await bench.write(
            to: source, blobs: ["docs": BlobContent(mediaType: "text/plain", bytes: text)], references: references,
            signedWith: maker)
        if !hasDigests {
            descriptor.resources[0].digest = nil
            try await bench.replace(descriptor, in: source)
        }
        let (trusted, wrong) = (key.publicKey, other.publicKey)
        bench.keys = OperationKeys(signing: ["acme": key]) { name throws(Fault) in
            ["acme": .key(trusted), "wrong": .key(wrong)][name]
        }
        bench.others = [SpecificationBench.replacement(Array("other text\n".utf8), mediaType: "text/plain")]
        return (bench, descriptor)
    }

    @Test(
        "a version is signed as it is written, with digests for what had none, and verified", arguments: [true, false])
    func sign(_ hasDigests: Bool) async throws {
        let (bench, _) = try await bench(hasDigests: hasDigests)
        let outcome = try await bench.run(
            Self.read + """
                - {type: sign.component/v1alpha1, id: sign, componentDescriptor: "${read.descriptor}", signature: release, privateKey: acme}
                - {type: uploader.component.ctf/v1alpha1, id: write, filePath: @/target, componentDescriptor: "${sign.descriptor}"}
                - type: verify/v1alpha1
                  id: verify
                  componentDescriptor: ${write.outputs.descriptor}
                  signature: release
                  publicKey: acme
                  contents: true
                """)
        #expect(outcome.isFinished, "\(outcome)")
        let descriptor = try await bench.read(RepositoryLocator(bench.path("target"))).version.descriptor
        #expect(descriptor.resources[0].digest == DigestSpecification(blob: Digest(of: text)))
        let verified = try descriptor.verify(descriptor.signatures[0], with: .key(key.publicKey))
        #expect(outcome["verify"]?["signatures"]?.array?.first?["digest"]?.string == verified.digest.description)
    }

    @Test("what a localised version is signed over is what is written")
    func signChanged() async throws {
        let (bench, _) = try await bench(signedWith: other)
        let outcome = try await bench.run(
            Self.read + """
                - {type: downloader.localblob.ctf/v1alpha1, id: docs, componentDescriptor: "${read.descriptor}", resource: {name: docs}}
                - {type: test.replace/v1, id: change, data: "${docs.data}"}
                - {type: uploader.localblob.ctf/v1alpha1, id: store, filePath: @/target, componentDescriptor: "${read.descriptor}"}
                - {type: sign/v1alpha1, id: sign, componentDescriptor: "${read.descriptor}", signature: acme, signatures: drop}
                - {type: uploader.component.ctf/v1alpha1, id: write, filePath: @/target, componentDescriptor: "${sign.descriptor}"}
                """)
        #expect(outcome.isFinished, "\(outcome)")
        let descriptor = try await bench.read(RepositoryLocator(bench.path("target"))).version.descriptor
        #expect(descriptor.signatures.map(\.name) == ["acme"])
        #expect(descriptor.resources[0].digest?.value == Digest(of: Array("other text\n".utf8)).hex)
        _ = try descriptor.verify(descriptor.signatures[0], with: .key(key.publicKey))
    }

    @Test(
        "what may not be signed or does not verify ends with a reason, and nothing is visible",
        arguments: [
            ("sign", "signature: x, privateKey: other", Fault.Code.forbidden, "it was not given"),
            ("sign", "signature: x, privateKey: /etc/key.pem", .forbidden, "it was not given"),
            ("sign", "signature: maker, privateKey: acme", .conflict, "of another key"),
            ("sign", "signature: x, privateKey: acme, algorithm: none", .invalid, "is no algorithm"),
            ("verify", "signature: maker, publicKey: acme", .unverified, "was not made with the key"),
            ("verify", "signature: maker, publicKey: unknown", .unverified, "which is not known"),
            ("verify", "signature: absent, publicKey: wrong", .unverified, "has no signature"),
        ])
    func refused(_ operation: String, _ properties: String, _ code: Fault.Code, _ message: String) async throws {
        let (bench, _) = try await bench(signedWith: other)
        let outcome = try await bench.run(
            Self.read + """
                - {type: \(operation).component/v1alpha1, id: act, componentDescriptor: "${read.descriptor}", \(properties)}
                - {type: uploader.component.ctf/v1alpha1, id: write, filePath: @/target, componentDescriptor: "${act.descriptor}"}
                """)
        #expect(outcome.failure?.code == code && outcome.failure?.message.contains(message) == true, "\(outcome)")
        #expect(try await !bench.has(RepositoryLocator(bench.path("target"))))
    }

    @Test("contents that are not what was signed are found", arguments: ["sign", "verify", "hash"])
    func forged(_ operation: String) async throws {
        let (bench, descriptor) = try await bench()
        var forged = descriptor
        forged.resources[0].digest = DigestSpecification(blob: Digest(of: Array("else".utf8)))
        let entry = try forged.sign(
            name: "maker", scheme: other.usualScheme, normalisation: .v4alpha1, key: other)
        forged.signatures = [entry]
        try await bench.replace(forged, in: RepositoryLocator(bench.path("source")))
        let properties = [
            "sign": "signature: x, privateKey: acme", "verify": "signature: maker, publicKey: wrong, contents: true",
        ]
        let outcome = try await bench.run(
            Self.read
                + "- {type: \(operation).component/v1alpha1, componentDescriptor: \"${read.descriptor}\", \(properties[operation] ?? "contents: true")}"
        )
        #expect(outcome.failure?.code == .mismatch, "\(outcome)")
    }

    @Test(
        "a version is hashed with each normalisation and hash",
        arguments: NormalisationAlgorithm.allCases, [Digest.Algorithm.sha256, .sha512])
    func hash(_ algorithm: NormalisationAlgorithm, _ hash: Digest.Algorithm) async throws {
        let (bench, descriptor) = try await bench()
        let outcome = try await bench.run(
            Self.read + """
                - type: hash.component/v1alpha1
                  id: hash
                  componentDescriptor: ${read.descriptor}
                  normalisation: \(algorithm.rawValue)
                  hashAlgorithm: \(hash.ocmName)
                """)
        #expect(outcome.isFinished, "\(outcome)")
        #expect(outcome["hash"]?["digest"] == (try descriptor.digestSpecification(algorithm, hash: hash).json))
        let normalised = try #require(outcome["hash"]?["normalised"]?.string)
        #expect(Digest(of: Array(normalised.utf8), algorithm: hash).hex == outcome["hash"]?["digest"]?["value"]?.string)
    }

    @Test("a content is digested")
    func digest() async throws {
        let (bench, descriptor) = try await bench()
        let outcome = try await bench.run(
            Self.read + """
                - {type: downloader.localblob.ctf/v1alpha1, id: docs, componentDescriptor: "${read.descriptor}", resource: {name: docs}}
                - {type: digest.resource/v1alpha1, id: digest}
                """)
        #expect(outcome["digest"]?["digest"] == descriptor.resources[0].digest?.json, "\(outcome)")
    }

    @Test(
        "children come before parents: the digest of a parent has that of the child that was given",
        arguments: [true, false])
    func references(_ isPinned: Bool) async throws {
        var reference: JSON = ["name": "child", "componentName": "acme.org/child", "version": "1.0.0"]
        if isPinned {
            reference["digest"] =
                DigestSpecification(
                    hashAlgorithm: "SHA-256", normalisationAlgorithm: "jsonNormalisation/v3",
                    value: String(repeating: "a", count: 64)
                ).json
        }
        let (bench, _) = try await bench(references: [reference])
        let child = try await bench.write("acme.org/child:1.0.0", to: RepositoryLocator(bench.path("source")))
        let outcome = try await bench.run(
            Self.read + """
                - {type: downloader.component.ctf/v1alpha1, id: child, name: acme.org/child, version: 1.0.0, filePath: @/source}
                - type: sign.component/v1alpha1
                  id: sign
                  componentDescriptor: ${read.descriptor}
                  signature: acme
                  componentReferences: {child: "${child.outputs.descriptor}"}
                - type: verify.component/v1alpha1
                  id: verify
                  componentDescriptor: ${sign.descriptor}
                  signature: acme
                  componentReferences: {child: "${child.outputs.descriptor}"}
                """)
        #expect(outcome.isFinished, "\(outcome)")
        let digest = try child.digestSpecification(child.portableNormalisation)
        #expect(outcome["sign"]?["descriptor"]?["component"]?["componentReferences"]?[0]?["digest"] == digest.json)
    }

    @Test(
        "a reference whose digest nobody knows, and a child that is another, are refused",
        arguments: [
            ("", "without a digest"),
            ("componentReferences: {child: \"${read.descriptor}\"}", "and the descriptor given for it"),
            ("componentReferences: {other: \"${read.descriptor}\"}", "is no reference"),
        ])
    func unknownReference(_ properties: String, _ message: String) async throws {
        let (bench, _) = try await bench(references: [
            ["name": "child", "componentName": "acme.org/child", "version": "1.0.0"]
        ])
        let outcome = try await bench.run(
            Self.read + """
                - type: hash/v1alpha1
                  componentDescriptor: ${read.descriptor}
                  \(properties)
                """)
        #expect(outcome.failure?.message.contains(message) == true, "\(outcome)")
    }
}
