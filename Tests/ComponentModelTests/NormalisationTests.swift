// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import Testing

@Suite("Normalisation") struct NormalisationTests {
    @Test("the vectors are there", .enabled(if: Vectors.isPresent, "needs the shared vectors (SOVEREIGN_VECTORS)"))
    func count() { #expect(NormalisationVector.all.count == 28) }

    @Test("gives the bytes of the other tools", .enabled(if: Vectors.isPresent, "needs the shared vectors (SOVEREIGN_VECTORS)"), arguments: NormalisationVector.all)
    func vector(_ vector: NormalisationVector) throws {
        let descriptor = try ComponentDescriptor(parsing: Vectors.read(vector.descriptor), source: vector.descriptor)
        var expected = try Vectors.read(vector.expected)
        if expected.last == 0x0A { expected.removeLast() }
        let candidates: [[UInt8]]
        switch vector.algorithm {
        case "v1-on-cd-v3alpha1":
            let third = try Self.asThird(descriptor)
            candidates = [try third.normalised(.v1)]
        case "v4alpha1-go-quirks": candidates = [try descriptor.normalisationCandidates(.v4alpha1)[1]]
        default:
            let algorithm = try #require(NormalisationAlgorithm(rawValue: "jsonNormalisation/\(vector.algorithm)"))
            candidates = [try descriptor.normalised(algorithm)]
        }
        #expect(String(decoding: candidates[0], as: UTF8.self) == String(decoding: expected, as: UTF8.self))
    }

    /// The same component in schema v3alpha1.
    private static func asThird(_ descriptor: ComponentDescriptor) throws -> ComponentDescriptor {
        let component = try #require(descriptor.json["component"])
        var metadata: JSON = ["name": component["name"] ?? .null, "version": component["version"] ?? .null]
        metadata["provider"] = try JSON(parsing: Array((component["provider"]?.string ?? "").utf8), source: "provider")
        metadata["labels"] = component["labels"]
        return try ComponentDescriptor(
            json: [
                "apiVersion": "ocm.software/v3alpha1", "kind": "ComponentVersion", "metadata": metadata,
                "repositoryContexts": [], "spec": [:],
            ], source: "converted")
    }

    @Test("a small descriptor gives the published bytes") func worked() throws {
        let text = #"{"meta":{"schemaVersion":"v2"},"component":{"name":"test.de/x","version":"v1","provider":"mandelsoft","repositoryContexts":[],"resources":[{"name":"test","version":"v1","type":"plainText","relation":"local","access":{"type":"localBlob"},"digest":{"hashAlgorithm":"SHA-256","normalisationAlgorithm":"genericBlobDigest/v1","value":"810ff2fb242a5dee4220f2cb0e6a519891fb67f2f828a6cab4ef8894633b1f50"}}],"sources":[],"componentReferences":[]}}"#
        let descriptor = try ComponentDescriptor(parsing: Array(text.utf8), source: "t")
        #expect(
            Digest(of: try descriptor.normalised(.v3)).hex
                == "6e8e9eb0af1c4c0b9dcc4161168b3f0ad913bc85e4234688dd6d4b283fe4b956")
        #expect(
            Digest(of: try descriptor.normalised(.v1)).hex
                == "9d8fc24cf27d1092f58098286d9f63c6824c2daf739c19789f64c062d1f30cc5")
    }
}

@Suite("Signatures of other tools") struct SignatureVectorTests {
    @Test("a signature of an early release verifies", .enabled(if: Vectors.isPresent, "needs the shared vectors (SOVEREIGN_VECTORS)"))
    func compat() throws {
        let path = "sign/compat-rsa-pkcs1v15"
        let descriptor = try ComponentDescriptor(
            parsing: Vectors.read("\(path)/component-archive/component-descriptor.yaml"), source: path)
        let entry = try #require(descriptor.signatures.first)
        for key in ["rsa.pub", "rsa.spki.pub"] {
            let publicKey = try PublicKey(pem: Vectors.read("\(path)/\(key)"), source: key)
            let verified = try descriptor.verify(entry, with: .key(publicKey))
            #expect(verified.digest.hex == "b06e4c1a68274b876661f9fbf1f100526d289745f6ee847bfef702007b5b14cf")
        }
    }

    @Test("a keyless signature's digest is recomputed", .enabled(if: Vectors.isPresent, "needs the shared vectors (SOVEREIGN_VECTORS)"))
    func podinfo() throws {
        let path = "sign/sigstore-podinfo/component-descriptor.yaml"
        let descriptor = try ComponentDescriptor(parsing: Vectors.read(path), source: path)
        #expect(descriptor.signatures.count == 2)
        for entry in descriptor.signatures {
            let algorithm = try #require(NormalisationAlgorithm(rawValue: entry.digest.normalisationAlgorithm))
            #expect(Digest(of: try descriptor.normalised(algorithm)) == (try entry.digest.digest()))
            // Its kind is not verified here, and that is not success.
            let key = try PublicKey(pem: Vectors.read("sign/compat-rsa-pkcs1v15/rsa.pub"), source: "key")
            let fault = #expect(throws: Fault.self) { try descriptor.verify(entry, with: .key(key)) }
            #expect(fault?.code == .unsupported)
        }
    }

    @Test("the specification's historic examples are read, and their texts have the documented digests",
        .enabled(if: Vectors.isPresent, "needs the shared vectors (SOVEREIGN_VECTORS)"), arguments: ["simpleapp", "complexapp"])
    func historic(name: String) throws {
        let descriptor = try ComponentDescriptor(
            parsing: Vectors.read("sign/spec-examples/\(name).signed.yaml"), source: name)
        var text = try Vectors.read("sign/spec-examples/\(name).normalised.txt")
        if text.last == 0x0A { text.removeLast() }
        #expect(Digest(of: text) == (try descriptor.signatures[0].digest.digest()))
    }

    @Test("PSS with any salt, PKCS #1 and certificate chains verify", .enabled(if: Vectors.isPresent, "needs the shared vectors (SOVEREIGN_VECTORS)"))
    func generated() throws {
        let path = "sign/generated-rsa"
        let descriptor = try ComponentDescriptor(
            parsing: Vectors.read("\(path)/component-descriptor.json"), source: path)
        let key = try PublicKey(pem: Vectors.read("sign/compat-rsa-pkcs1v15/rsa.pub"), source: "key")
        let roots = try Certificate.all(inPEM: Vectors.read("\(path)/root.crt.pem"), source: "root")
        var algorithms: [String] = []
        for entry in descriptor.signatures {
            _ = try descriptor.verify(entry, with: .key(key))
            if entry.mediaType == "application/x-pem-file" { _ = try descriptor.verify(entry, with: .roots(roots, issuer: nil)) }
            algorithms.append(entry.algorithm)
        }
        #expect(Set(algorithms) == ["RSASSA-PSS", "RSASSA-PKCS1-V1_5"])
    }
}
