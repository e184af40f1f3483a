// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import Testing

@Suite("Signatures of the vectors", .enabled(if: vectorFolder != nil, "needs the vectors in SOVEREIGN_VECTORS"))
struct SignatureVectorTests {
    private static let compat = "sign/compat-rsa-pkcs1v15", generated = "sign/generated-rsa"

    private func compatDescriptor() throws -> ComponentDescriptor {
        try ComponentDescriptor(
            parsing: vector("\(Self.compat)/component-archive/component-descriptor.yaml"), source: "compat")
    }
    private func generatedDescriptor() throws -> ComponentDescriptor {
        try ComponentDescriptor(parsing: vector("\(Self.generated)/component-descriptor.json"), source: "generated")
    }
    private func roots() throws -> [Certificate] {
        try Certificate.all(inPEM: vector("\(Self.generated)/root.crt.pem"), source: "root")
    }

    @Test("the manifest has the signature vectors we know") func count() throws {
        let manifest = try JSON(parsing: vector("MANIFEST.json"), source: "MANIFEST.json")
        let ids = manifest["vectors"]?.array?.compactMap { $0["id"]?.string }.filter { $0.hasPrefix("sign/") } ?? []
        #expect(
            ids.sorted() == [
                "sign/compat-rsa-pkcs1v15", "sign/generated-rsa", "sign/sigstore-podinfo", "sign/spec-examples",
            ])
    }

    @Test(
        "an old signature verifies over the historic form, legacy names kept", arguments: ["rsa.pub", "rsa.spki.pub"])
    func historic(keyFile: String) throws {
        let descriptor = try compatDescriptor()
        let candidates = try descriptor.normalisationCandidates(.v1)
        #expect(text(candidates[0]) == text(try vector("\(Self.compat)/normalised.v1-current.txt")))
        #expect(text(candidates[1]) == text(try vector("\(Self.compat)/normalised.v1-without-extraIdentity-null.txt")))
        #expect(Digest(of: candidates[0]).hex == "cceaa5732057ec335dd6c104db3d99c4d47e7635af7734ddb779912c414c6be8")
        let key = try PublicKey(pem: vector("\(Self.compat)/\(keyFile)"), source: keyFile)
        let verified = try descriptor.verify(descriptor.signatures[0], with: .key(key))
        #expect(verified.digest.hex == "b06e4c1a68274b876661f9fbf1f100526d289745f6ee847bfef702007b5b14cf")
        #expect(descriptor.resources[0].digest?.hashAlgorithm == "sha256")
        #expect(verified.keyFingerprint == key.fingerprint && verified.name == "test")
    }

    @Test("made signatures verify with the key") func generated() throws {
        let descriptor = try generatedDescriptor()
        let key = try PublicKey(pem: vector("\(Self.compat)/rsa.pub"), source: "rsa.pub")
        #expect(descriptor.signatures.count == 6)
        for entry in descriptor.signatures {
            let verified = try descriptor.verify(entry, with: .key(key))
            #expect(verified.digest.hex == "c97c44a4dca9fc85d4e634a617b662f72935cc202d52a46aa9367c937458b35b")
            #expect(verified.certificateSubject == nil)
        }
    }

    @Test(
        "plain values verify for any legal length of the salt",
        arguments: [
            ("pss-maxsalt.hex", SignatureScheme.rsaPSS), ("pss-salt32.hex", .rsaPSS), ("pkcs1v15.hex", .rsaPKCS1v15),
        ])
    func plain(file: String, scheme: SignatureScheme) throws {
        let key = try PublicKey(pem: vector("\(Self.compat)/rsa.pub"), source: "rsa.pub")
        let digest = try Digest("sha256:c97c44a4dca9fc85d4e634a617b662f72935cc202d52a46aa9367c937458b35b")
        let bytes = try #require([UInt8](hex: text(try vector("\(Self.generated)/\(file)")).trimmed))
        #expect(key.isValid(signature: bytes, over: digest, scheme: scheme))
    }

    @Test("PEM signatures verify by root, and name the subject", arguments: ["pss-pem", "pkcs1-pem-v1issuer"])
    func byRoot(name: String) throws {
        let descriptor = try generatedDescriptor()
        let entry = try #require(descriptor.signatures.first { $0.name == name })
        for issuer in [nil, "CN=acme-signer", "acme-signer", "O=acme,CN=acme-signer", "C=DE/O=acme"] {
            let verified = try descriptor.verify(entry, with: .roots(roots(), issuer: issuer))
            #expect(verified.signer == "CN=acme-signer,O=acme,C=DE" && verified.certificateSubject == verified.signer)
        }
        for issuer in ["CN=other", "CN=Vector Root CA", "CN=acme-signer,O=other", "OU=acme"] {
            #expect(
                failure { _ = try descriptor.verify(entry, with: .roots(roots(), issuer: issuer)) }?.code == .unverified
            )
        }
    }

    @Test("an expected name that is none is an error of the caller") func noName() throws {
        let descriptor = try generatedDescriptor()
        let entry = try #require(descriptor.signatures.first { $0.name == "pss-pem" })
        #expect(
            failure { _ = try descriptor.verify(entry, with: .roots(roots(), issuer: "FOO=bar")) }?.code == .invalid)
    }

    @Test(
        "either reading of a noted issuer is right, and no other",
        arguments: [
            ("CN=acme-signer,O=acme,C=DE", true), ("CN=acme-signer", true), ("CN=Vector Root CA,O=acme", true),
            ("CN=Vector Root CA", false), ("CN=mallory", false), ("FOO=bar", false),
        ])
    func notedIssuer(issuer: String, isRight: Bool) throws {
        let descriptor = try generatedDescriptor()
        let entry = try #require(descriptor.signatures.first { $0.name == "pss-pem" })
        var json = entry.json
        var signature = json["signature"] ?? .null
        signature["issuer"] = .string(issuer)
        json["signature"] = signature
        let claimed = try SignatureEntry(json, place: "test")
        let fault = failure { _ = try descriptor.verify(claimed, with: .roots(roots(), issuer: nil)) }
        #expect(fault?.code == (isRight ? nil : .unverified))
    }

    @Test("a plain signature cannot be verified by roots, and no root verifies nothing") func noRoots() throws {
        let descriptor = try generatedDescriptor()
        let plain = try #require(descriptor.signatures.first { $0.name == "pss-max" })
        #expect(failure { _ = try descriptor.verify(plain, with: .roots(roots(), issuer: nil)) }?.code == .unsupported)
        let pem = try #require(descriptor.signatures.first { $0.name == "pss-pem" })
        #expect(failure { _ = try descriptor.verify(pem, with: .roots([], issuer: nil)) }?.code == .unverified)
        let leaf = try Certificate.all(inPEM: vector("\(Self.generated)/leaf.crt.pem"), source: "leaf")
        #expect(!leaf[0].isSelfSigned)
        #expect(
            failure { _ = try descriptor.verify(pem, with: .systemRoots(issuer: "CN=acme-signer")) }?.code
                == .unverified)
    }

    @Test("signatures of other kinds are not verifiable, which is not the same as wrong") func sigstore() throws {
        let descriptor = try ComponentDescriptor(
            parsing: vector("sign/sigstore-podinfo/component-descriptor.yaml"), source: "podinfo")
        let key = try PublicKey(pem: vector("\(Self.compat)/rsa.pub"), source: "rsa.pub")
        #expect(descriptor.signatures.count == 2)
        for entry in descriptor.signatures {
            #expect(failure { _ = try descriptor.verify(entry, with: .key(key)) }?.code == .unsupported)
        }
    }
}
