// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import Testing

@Suite("Signing") struct SigningTests {
    private static func descriptor(_ change: (inout JSON) -> Void = { _ in }) throws -> ComponentDescriptor {
        var json: JSON = [
            "meta": ["schemaVersion": "v2"],
            "component": [
                "name": "acme.org/app", "version": "1.0.0", "provider": "acme.org", "repositoryContexts": [], "sources": [],
                "componentReferences": [],
                "labels": [["name": "acme.org/tier", "value": "app", "signing": true], ["name": "note", "value": "free"]],
                "resources": [[
                    "name": "docs", "version": "1.0.0", "type": "plainText", "relation": "local",
                    "access": ["type": "localBlob", "localReference": "sha256:810ff2fb242a5dee4220f2cb0e6a519891fb67f2f828a6cab4ef8894633b1f50", "mediaType": "text/plain"],
                    "digest": ["hashAlgorithm": "SHA-256", "normalisationAlgorithm": "genericBlobDigest/v1", "value": "810ff2fb242a5dee4220f2cb0e6a519891fb67f2f828a6cab4ef8894633b1f50"],
                ]],
            ],
        ]
        change(&json)
        return try ComponentDescriptor(json: json, source: "test")
    }

    @Test("every scheme verifies with its key and with no other", arguments: [
        (KeyKind.rsa(bits: 2048), SignatureScheme.rsaPSS), (.rsa(bits: 2048), .rsaPKCS1v15), (.ecdsaP256, .ecdsaP256),
        (.ecdsaP384, .ecdsaP384), (.ed25519, .ed25519),
    ], [Digest.Algorithm.sha256, .sha512])
    func schemes(pair: (KeyKind, SignatureScheme), hash: Digest.Algorithm) throws {
        let key = try PrivateKey.generate(pair.0), other = try PrivateKey.generate(pair.0)
        let descriptor = try Self.descriptor()
        let entry = try descriptor.sign(name: "s", scheme: pair.1, hash: hash, normalisation: .v4alpha1, key: key, chain: [])
        #expect(try descriptor.verify(entry, with: .key(key.publicKey)).algorithm == pair.1.rawValue)
        let fault = #expect(throws: Fault.self) { try descriptor.verify(entry, with: .key(other.publicKey)) }
        #expect(fault?.code == .unverified)
    }

    @Test("any change that a signature covers is noticed", arguments: [
        "version", "provider", "label value", "label gone", "resource digest", "resource type", "resource added",
    ])
    func changes(what: String) throws {
        let key = try PrivateKey.generate(.ecdsaP256)
        let entry = try Self.descriptor().sign(name: "s", scheme: .ecdsaP256, hash: .sha256, normalisation: .v3, key: key, chain: [])
        var changed = try Self.descriptor { json in
            switch what {
            case "version": json["component"]?["version"] = "1.0.1"
            case "provider": json["component"]?["provider"] = "evil.org"
            case "label value": json["component"]?["labels"] = [["name": "acme.org/tier", "value": "db", "signing": true]]
            case "label gone": json["component"]?["labels"] = nil
            default: break
            }
        }
        switch what {
        case "resource digest":
            changed.resources[0].digest = DigestSpecification(
                hashAlgorithm: "SHA-256", normalisationAlgorithm: "genericBlobDigest/v1", value: String(repeating: "0", count: 64))
        case "resource type": changed.resources[0].json["type"] = "blob"
        case "resource added": changed.resources.append(Resource(json: ["name": "xx", "version": "1", "type": "blob", "relation": "local", "access": ["type": "none"]]))
        default: break
        }
        let fault = #expect(throws: Fault.self) { try changed.verify(entry, with: .key(key.publicKey)) }
        #expect(fault?.code == .mismatch)
    }

    @Test("what no signature covers may change: access, unsigned labels, repository contexts") func volatile() throws {
        let key = try PrivateKey.generate(.ecdsaP256)
        let entry = try Self.descriptor().sign(name: "s", scheme: .ecdsaP256, hash: .sha256, normalisation: .v4alpha1, key: key, chain: [])
        var changed = try Self.descriptor { $0["component"]?["repositoryContexts"] = [["type": "OCIRegistry", "baseUrl": "x"]] }
        changed.resources[0].access = try TypedSpecification(["type": "ociBlob", "ref": "x/y"])
        _ = try changed.verify(entry, with: .key(key.publicKey))
    }

    @Test("no field of an entry can be altered or exchanged for another's", arguments: [
        "value", "algorithm", "mediaType", "digest value", "hash", "normalisation",
    ])
    func entryFields(field: String) throws {
        let key = try PrivateKey.generate(.rsa(bits: 2048))
        let descriptor = try Self.descriptor()
        var entry = try descriptor.sign(name: "s", scheme: .rsaPSS, hash: .sha256, normalisation: .v3, key: key, chain: [])
        switch field {
        case "value":
            let reversed = String(entry.value.reversed())
            entry.json["signature"]?["value"] = .string(reversed)
        case "algorithm": entry.json["signature"]?["algorithm"] = "RSASSA-PKCS1-V1_5"
        case "mediaType": entry.json["signature"]?["mediaType"] = "application/x-pem-file"
        case "digest value": entry.json["digest"]?["value"] = .string(String(repeating: "a", count: 64))
        case "hash": entry.json["digest"]?["hashAlgorithm"] = "SHA-512"
        default: entry.json["digest"]?["normalisationAlgorithm"] = "jsonNormalisation/v1"
        }
        #expect(throws: Fault.self) { try descriptor.verify(entry, with: .key(key.publicKey)) }
    }

    @Test("a resource without a digest cannot be signed") func undigested() throws {
        var descriptor = try Self.descriptor()
        descriptor.resources[0].digest = nil
        let key = try PrivateKey.generate(.ecdsaP256)
        #expect(throws: Fault.self) {
            try descriptor.sign(name: "s", scheme: .ecdsaP256, hash: .sha256, normalisation: .v3, key: key, chain: [])
        }
    }

    @Test("unknown fields, order and number text survive") func lossless() throws {
        let text = #"{"meta":{"schemaVersion":"v2","x":1.0},"component":{"zz":[1e5],"name":"acme.org/app","version":"1.0.0","provider":"acme.org","repositoryContexts":null,"resources":[{"unknown":1.50,"name":"docs","version":"1","type":"t","relation":"local","access":{"type":"none","more":true}}],"sources":null,"componentReferences":[]},"signatures":[],"nestedDigests":[{"name":"x"}],"future":{"a":1}}"#
        let descriptor = try ComponentDescriptor(parsing: Array(text.utf8), source: "t")
        #expect(descriptor.json.text() == text)
    }

    @Test("ten thousand resources are normalised") func large() throws {
        var descriptor = try Self.descriptor()
        let template = descriptor.resources[0].json
        descriptor.resources = (0..<10_000).map { index in
            var json = template
            json["name"] = .string("resource-\(index)")
            return Resource(json: json)
        }
        let again = try ComponentDescriptor(parsing: descriptor.encoded(), source: "t")
        #expect(again.resources.count == 10_000)
        #expect(try again.normalised(.v3) == descriptor.normalised(.v3))
    }
}
