// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import Testing

@Suite("Signing and verifying") struct SigningTests {
    private func sample() throws -> ComponentDescriptor { try descriptor(#","resources":[\#(resource("aa"))]"#) }

    private func altered(_ entry: SignatureEntry, _ change: (inout JSON) -> Void) throws -> SignatureEntry {
        var json = entry.json
        var signature = json["signature"] ?? .null
        change(&signature)
        json["signature"] = signature
        return try SignatureEntry(json, place: "test")
    }

    @Test(
        "what is signed verifies, for every scheme and hash", arguments: SignatureScheme.allCases,
        Digest.Algorithm.allCases)
    func roundTrip(scheme: SignatureScheme, hash: Digest.Algorithm) throws {
        let descriptor = try sample(), key = try TestKeys.key(for: scheme)
        for encoding in [SignatureEncoding.plain, .pem] {
            let entry = try descriptor.sign(
                name: "acme", scheme: scheme, hash: hash, normalisation: .v4alpha1, key: key, encoding: encoding)
            #expect(
                entry.algorithm == scheme.rawValue && entry.digest.hashAlgorithm == hash.ocmName && entry.issuer == nil)
            let verified = try descriptor.verify(entry, with: .key(key.publicKey))
            #expect(
                verified.name == "acme" && verified.identity == descriptor.identity
                    && verified.algorithm == scheme.rawValue)
            #expect(verified.signer == key.publicKey.summary && verified.digest.algorithm == hash)
        }
    }

    @Test(
        "media types",
        arguments: [
            (SignatureScheme.rsaPKCS1v15, "application/vnd.ocm.signature.rsa"),
            (.rsaPSS, "application/vnd.ocm.signature.rsa.pss"),
            (.ecdsaP256, "application/vnd.sovereign.signature.ecdsa"),
            (.ecdsaP384, "application/vnd.sovereign.signature.ecdsa"),
            (.ed25519, "application/vnd.sovereign.signature.ed25519"),
        ])
    func mediaTypes(scheme: SignatureScheme, expected: String) throws {
        let key = try TestKeys.key(for: scheme), descriptor = try sample()
        let plain = try descriptor.sign(name: "s", scheme: scheme, normalisation: .v3, key: key)
        #expect(plain.mediaType == expected && plain.value.allSatisfy { "0123456789abcdef".contains($0) })
        let pem = try descriptor.sign(name: "s", scheme: scheme, normalisation: .v3, key: key, encoding: .pem)
        #expect(pem.mediaType == "application/x-pem-file")
        #expect(pem.value.hasPrefix("-----BEGIN SIGNATURE-----\nSignature Algorithm: \(scheme.rawValue)\n\n"))
    }

    @Test("changes outside the signed part keep a signature valid, others do not") func changes() throws {
        let original = try sample(), key = try TestKeys.rsa.get()
        let entry = try original.sign(name: "s", scheme: .rsaPSS, normalisation: .v3, key: key)
        var moved = original
        moved.resources[0].access = try TypedSpecification(["type": "localBlob", "localReference": "sha256:x"])
        moved.repositoryContexts = [["type": "OCIRegistry"]]
        moved.signatures = [entry]
        _ = try moved.verify(entry, with: .key(key.publicKey))
        var changed = original
        changed.resources[0].digest = .excluded
        #expect(failure { _ = try changed.verify(entry, with: .key(key.publicKey)) }?.code == .unverified)
        changed = original
        changed.labels = [try Label(name: "l", value: 1, isSigned: true)]
        #expect(failure { _ = try changed.verify(entry, with: .key(key.publicKey)) }?.code == .unverified)
        changed.labels = [try Label(name: "l", value: 1)]
        _ = try changed.verify(entry, with: .key(key.publicKey))
    }

    @Test(
        "what is wrong is unverified",
        arguments: [
            ("algorithm", "RSASSA-PKCS1-V1_5"), ("algorithm", "Ed25519"), ("algorithm", "ECDSA-P256"),
            ("mediaType", "application/vnd.ocm.signature.rsa"), ("mediaType", "application/x-pem-file"),
            ("mediaType", "application/vnd.sovereign.signature.ed25519"),
            ("value", "00"), ("value", "zz"), ("value", "abc"), ("value", "-----BEGIN SIGNATURE-----"),
        ])
    func wrong(field: String, value: String) throws {
        let descriptor = try sample(), key = try TestKeys.rsa.get()
        let entry = try altered(descriptor.sign(name: "s", scheme: .rsaPSS, normalisation: .v3, key: key)) {
            $0[field] = .string(value)
        }
        #expect(failure { _ = try descriptor.verify(entry, with: .key(key.publicKey)) }?.code == .unverified)
    }

    @Test(
        "algorithm, media type and key must agree even when two of them do",
        arguments: [
            (SignatureScheme.ed25519, SignatureScheme.rsaPSS), (.rsaPSS, .ed25519), (.ecdsaP256, .ecdsaP384),
            (.rsaPSS, .rsaPKCS1v15),
        ])
    func confusion(made: SignatureScheme, claimed: SignatureScheme) throws {
        let descriptor = try sample(), key = try TestKeys.key(for: made)
        let plain = try descriptor.sign(name: "s", scheme: made, normalisation: .v3, key: key)
        let other = try descriptor.sign(
            name: "s", scheme: claimed, normalisation: .v3, key: try TestKeys.key(for: claimed))
        let entry = try altered(plain) {
            $0["algorithm"] = .string(other.algorithm)
            $0["mediaType"] = .string(other.mediaType)
        }
        #expect(failure { _ = try descriptor.verify(entry, with: .key(key.publicKey)) }?.code == .unverified)
    }

    @Test(
        "what is unknown is not verifiable",
        arguments: [
            ("algorithm", "GPG"), ("algorithm", "sigstore"), ("algorithm", "rsassa-pss"), ("mediaType", "text/plain"),
        ])
    func unknown(field: String, value: String) throws {
        let descriptor = try sample(), key = try TestKeys.rsa.get()
        let entry = try altered(descriptor.sign(name: "s", scheme: .rsaPSS, normalisation: .v3, key: key)) {
            $0[field] = .string(value)
        }
        #expect(failure { _ = try descriptor.verify(entry, with: .key(key.publicKey)) }?.code == .unsupported)
    }

    @Test(
        "an unknown hash or normalisation is not verifiable, a wrong value is wrong",
        arguments: [
            ("hashAlgorithm", "MD5", Fault.Code.unsupported),
            ("normalisationAlgorithm", "jsonNormalisation/v9", .unsupported),
            ("normalisationAlgorithm", "jsonNormalisation/v1", .unverified), ("value", "AB", .unverified),
            ("value", String(repeating: "0", count: 64), .unverified),
        ])
    func digests(field: String, value: String, code: Fault.Code) throws {
        let descriptor = try sample(), key = try TestKeys.rsa.get()
        var json = try descriptor.sign(name: "s", scheme: .rsaPSS, normalisation: .v3, key: key).json
        var digest = json["digest"] ?? .null
        digest[field] = .string(value)
        json["digest"] = digest
        let entry = try SignatureEntry(json, place: "test")
        #expect(failure { _ = try descriptor.verify(entry, with: .key(key.publicKey)) }?.code == code)
    }

    @Test("another key does not verify, and no key signs with a scheme that is not its own") func keys() throws {
        let descriptor = try sample(), key = try TestKeys.rsa.get()
        let entry = try descriptor.sign(name: "s", scheme: .rsaPSS, normalisation: .v3, key: key)
        #expect(
            failure { _ = try descriptor.verify(entry, with: .key(TestKeys.other.get().publicKey)) }?.code
                == .unverified)
        #expect(
            failure { _ = try descriptor.verify(entry, with: .key(TestKeys.p256.get().publicKey)) }?.code == .unverified
        )
        #expect(
            failure { _ = try descriptor.sign(name: "s", scheme: .ed25519, normalisation: .v3, key: key) }?.code
                == .invalid)
        #expect(
            failure { _ = try descriptor.sign(name: "", scheme: .rsaPSS, normalisation: .v3, key: key) }?.code
                == .invalid)
    }

    @Test("the header of a PEM signature must name the algorithm, and nothing strange may follow it") func pemHeader()
        throws
    {
        let descriptor = try sample(), key = try TestKeys.rsa.get()
        let entry = try descriptor.sign(name: "s", scheme: .rsaPSS, normalisation: .v3, key: key, encoding: .pem)
        let lying = try altered(entry) {
            $0["value"] = .string(entry.value.replacing("RSASSA-PSS", with: "RSASSA-PKCS1-V1_5"))
        }
        #expect(failure { _ = try descriptor.verify(lying, with: .key(key.publicKey)) }?.code == .unverified)
        let followed = try altered(entry) { $0["value"] = .string(entry.value + key.publicKey.pem()) }
        #expect(failure { _ = try descriptor.verify(followed, with: .key(key.publicKey)) }?.code == .unverified)
        let bare = try altered(entry) {
            $0["value"] = .string(entry.value.replacing("Signature Algorithm: RSASSA-PSS\n\n", with: ""))
        }
        _ = try descriptor.verify(bare, with: .key(key.publicKey))
    }

    @Test("a real signature of an old tool verifies from this checkout alone") func inline() throws {
        let digest = "c893900c1106f13d55648a425f502dd6518e40eaa3ac7d24023d4c73d55dc12e"
        let value =
            "4447c988ecb26352019bdfd5b3e69005eff685ed1ff699f937091ecad6a3bc2156f8d3e9cb3ba3b9d7ea203a5e7a3af5dcb756553fad33b159134cd306ff072544fe6dd991bc51b3ff5de8dcd3d0a401e768523545c5e343c5010073570975dcaa15217b1338810983b68fb4eb878ad26a1c6c3bc441b0f2029cab6b2a352ae40c979b6098a1a880a2ea0e4747c7f88863c4c91543bf457b0f3a396334e4f6155075fc46b8d45cfa34171108c42bc1f779a03bc0844bf91d50d2b6eeba71806a34d18230b911e80871a544d2b499c20d170e8a2b86f85a799b60cf540925425f5f6ff8ef36d8b63dfe0ffd82e635faa5be2a58e5078925d66e494d43fa10948e"
        let key = """
            -----BEGIN RSA PUBLIC KEY-----
            MIIBCgKCAQEA1Xd/gl1zLmz+KW3/A6fLOY3zQnfnsK+aDjGMxt54GApuB9E+bxXO
            3zrwxIkDEl7L2R8uKJaQNDnFH1QdyHeH8B70WObOcq07S7irW0O8yC/RQjX6x07m
            5Tlvt9Rprsmqs+rIjKqFLIpDb+3a+/rXrhMPgFissoo3u4LskYVjCCWCdGhY+FFK
            f0BQ2tI6DRWUd7V8n7m+uqa3enYVxnvHQ+zTT9yXSdjA/gq0dFUUhYavOa8UDEir
            gaAvThvQLdkdXPJUC1qXre+BqXVW8RqpqKGpl/qxPy3Kc7D2AQEvNlqmNQ0Eie+8
            gxD7ioq5M/RUJyfzl7T1F+I16Cd/uz9G+wIDAQAB
            -----END RSA PUBLIC KEY-----
            """
        let descriptor = try parse(
            #"{"component":{"componentReferences":[],"name":"github.com/mandelsoft/test","provider":"mandelsoft","repositoryContexts":[],"resources":[{"access":{"type":"localBlob","localReference":"x"},"digest":{"hashAlgorithm":"sha256","normalisationAlgorithm":"genericBlobDigest/v1","value":"\#(digest)"},"name":"text","relation":"local","type":"PlainText","version":"1.0.0"}],"sources":[],"version":"1.0.0"},"meta":{"schemaVersion":"v2"},"signatures":[{"digest":{"hashAlgorithm":"sha256","normalisationAlgorithm":"jsonNormalisation/v1","value":"b06e4c1a68274b876661f9fbf1f100526d289745f6ee847bfef702007b5b14cf"},"name":"test","signature":{"algorithm":"RSASSA-PKCS1-V1_5","mediaType":"application/vnd.ocm.signature.rsa","value":"\#(value)"}}]}"#
        )
        let verified = try descriptor.verify(
            descriptor.signatures[0], with: .key(PublicKey(pem: Array(key.utf8), source: "key")))
        #expect(verified.normalisation == .v1 && verified.algorithm == "RSASSA-PKCS1-V1_5")
    }
}
