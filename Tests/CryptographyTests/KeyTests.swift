// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@Suite("Keys") struct KeyTests {
    @Test(
        "private keys are read in each of their formats",
        arguments: [
            (KeyVector.rsaPKCS8, KeyKind.rsa(bits: 2048), KeyVector.rsaPublic),
            (KeyVector.rsaPKCS1, .rsa(bits: 2048), KeyVector.rsaPublic),
            (KeyVector.ecSEC1, .ecdsaP256, KeyVector.ecPublic),
        ])
    func privateKeys(_ pem: String, _ kind: KeyKind, _ publicPEM: String) throws {
        let key = try PrivateKey(pem: Array(pem.utf8), source: "key.pem")
        #expect(key.publicKey.kind == kind)
        #expect(key.publicKey.pem() == publicPEM)
        #expect(key.pem().hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        #expect(try PrivateKey(pem: Array(key.pem().utf8), source: "it").publicKey == key.publicKey)
        #expect(!"\(key)".contains("BEGIN"))
    }

    @Test(
        "a public key is the same in each of its formats",
        arguments: [
            KeyVector.rsaPublic, KeyVector.rsaPublicPKCS1, KeyVector.rsaPKCS8, KeyVector.rsaPKCS1,
            "notes\n\n" + KeyVector.rsaPublic,
        ])
    func publicKeys(_ pem: String) throws {
        let key = try PublicKey(pem: Array(pem.utf8), source: "key.pem")
        #expect(key.pem() == KeyVector.rsaPublic)
        #expect(key == (try PublicKey(pem: Array(KeyVector.rsaPublic.utf8), source: "it")))
        #expect(key.summary == "RSA 2048 sha256:\(key.fingerprint.hex.prefix(16))")
        let info = try #require(try PEM.blocks(in: Array(KeyVector.rsaPublic.utf8), source: "it").first)
        #expect(key.fingerprint == Digest(of: info.bytes))
    }

    @Test("a certificate gives its key")
    func fromCertificate() throws {
        let certificate = try #require(
            try Certificate.all(inPEM: Array(CertificateVector.leaf.utf8), source: "it").first)
        #expect(try PublicKey(pem: Array(CertificateVector.leaf.utf8), source: "it") == certificate.publicKey)
        #expect(certificate.publicKey.kind == .ecdsaP256)
    }

    static let refused: [(what: String, pem: String, code: Fault.Code)] = [
        ("encrypted PKCS #8", KeyVector.ecEncrypted, .unsupported),
        ("encrypted SEC 1", KeyVector.ecEncryptedSEC1, .unsupported),
        ("OpenSSH", KeyVector.openSSH, .unsupported), ("P-521", KeyVector.p521Public, .unsupported),
        ("a curve in numbers", KeyVector.explicitCurvePublic, .unsupported),
        ("nothing", "", .invalid), ("no block", "key", .invalid),
        ("a block of another kind", PEM.encode(label: "X", bytes: [1]), .invalid),
        ("garbage in a public key", PEM.encode(label: "PUBLIC KEY", bytes: [48, 3, 2, 1, 1]), .invalid),
        ("garbage in a private key", PEM.encode(label: "PRIVATE KEY", bytes: [48, 3, 2, 1, 1]), .invalid),
        ("bytes behind the key", PEM.encode(label: "PUBLIC KEY", bytes: der(KeyVector.rsaPublic) + [0]), .invalid),
        (
            "bytes behind the private key", PEM.encode(label: "PRIVATE KEY", bytes: der(KeyVector.rsaPKCS8) + [0]),
            .invalid
        ),
        ("half a key", PEM.encode(label: "PUBLIC KEY", bytes: der(KeyVector.rsaPublic).dropLast(9)), .invalid),
        (
            "another format than the label's", PEM.encode(label: "RSA PUBLIC KEY", bytes: der(KeyVector.rsaPublic)),
            .invalid
        ),
        ("no point of the curve", PEM.encode(label: "PUBLIC KEY", bytes: offCurve), .invalid),
        ("a huge key", PEM.encode(label: "PUBLIC KEY", bytes: [UInt8](repeating: 48, count: 100_000)), .invalid),
    ]

    static func der(_ pem: String) -> [UInt8] {
        (try? PEM.blocks(in: Array(pem.utf8), source: "it").first?.bytes) ?? []
    }

    static var offCurve: [UInt8] {
        var bytes = der(KeyVector.ecPublic)
        bytes[bytes.count - 1] ^= 1
        return bytes
    }

    @Test("other things are refused with a way out", arguments: refused)
    func refuses(_ vector: (what: String, pem: String, code: Fault.Code)) {
        let fault = #expect(throws: Fault.self, "\(vector.what)") {
            try PublicKey(pem: Array(vector.pem.utf8), source: "key.pem")
        }
        #expect(fault?.code == vector.code, "\(vector.what)")
        #expect(fault?.message.contains("key.pem") == true)
        #expect(fault?.fix != nil)
        #expect(throws: Fault.self, "\(vector.what)") { try PrivateKey(pem: Array(vector.pem.utf8), source: "key.pem") }
    }

    @Test("a public key is no private key")
    func publicIsNotPrivate() {
        let fault = #expect(throws: Fault.self) {
            try PrivateKey(pem: Array(KeyVector.rsaPublic.utf8), source: "key.pem")
        }
        #expect(fault?.code == .invalid)
    }

    @Test("keys are made in each kind", arguments: [KeyKind.rsa(bits: 2048), .ecdsaP256, .ecdsaP384, .ed25519])
    func generated(_ kind: KeyKind) throws {
        let key = try PrivateKey.generate(kind)
        #expect(key.publicKey.kind == kind)
        #expect(try PrivateKey(pem: Array(key.pem().utf8), source: "it").publicKey == key.publicKey)
        #expect(try PublicKey(pem: Array(key.publicKey.pem().utf8), source: "it") == key.publicKey)
        #expect(try PrivateKey.generate(kind).publicKey != key.publicKey)
    }

    @Test("short and absurd RSA keys are not made", arguments: [0, -1, 512, 1024, 2047, 1 << 20])
    func notGenerated(bits: Int) {
        let fault = #expect(throws: Fault.self) { try PrivateKey.generate(.rsa(bits: bits)) }
        #expect(fault?.code == .invalid)
    }

    @Test("an RSA key of 1024 bits verifies but does not sign")
    func shortKey() throws {
        let key = try PrivateKey(pem: Array(KeyVector.rsa1024.utf8), source: "old.pem")
        let digest = try Digest(KeyVector.digest)
        let signature = try #require([UInt8](hex: SignatureVector.rsa1024pkcs1))
        #expect(key.publicKey.isValid(signature: signature, over: digest, scheme: .rsaPKCS1v15))
        let fault = #expect(throws: Fault.self) { try key.sign(digest, scheme: .rsaPKCS1v15) }
        #expect(fault?.code == .invalid)
        #expect(fault?.fix?.contains("4096") == true)
    }

    @Test("a key whose parts do not belong together makes no signature")
    func mismatched() throws {
        let key = try PrivateKey(pem: Array(KeyVector.mismatchedSEC1.utf8), source: "it")
        let fault = #expect(throws: Fault.self) { try key.sign(Digest(KeyVector.digest), scheme: .ecdsaP256) }
        #expect(fault?.code == .invalid)
    }

    @Test("a compressed point is the same key")
    func compressed() throws {
        let key = try PublicKey(pem: Array(KeyVector.compressedPublic.utf8), source: "it")
        #expect(key.pem() == KeyVector.ecPublic)
        #expect(try key == PublicKey(pem: Array(KeyVector.ecPublic.utf8), source: "it"))
    }

    @Test("one key serves many tasks at once")
    func concurrent() async throws {
        let key = try PrivateKey(pem: Array(KeyVector.rsaPKCS8.utf8), source: "it")
        let count = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let digest = Digest(of: [UInt8(number)])
                    let signature = try key.sign(digest, scheme: .rsaPSS)
                    return key.publicKey.isValid(signature: signature, over: digest, scheme: .rsaPSS)
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(count == 64)
    }
}
