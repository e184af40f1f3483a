// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@Suite("Signatures") struct SignatureTests {
    static let digest = Digest(of: Array("sovereign".utf8))
    static let kinds: [SignatureScheme: KeyKind] = [
        .rsaPSS: .rsa(bits: 2048), .rsaPKCS1v15: .rsa(bits: 2048), .ecdsaP256: .ecdsaP256, .ecdsaP384: .ecdsaP384,
        .ed25519: .ed25519,
    ]

    static func key(for scheme: SignatureScheme) throws -> PrivateKey {
        guard case .rsa = kinds[scheme] else { return try .generate(kinds[scheme] ?? .ed25519) }
        return try PrivateKey(pem: Array(KeyVector.rsaPKCS8.utf8), source: "it")
    }

    @Test("round trip, and fail for anything changed", arguments: SignatureScheme.allCases, Digest.Algorithm.allCases)
    func roundTrip(scheme: SignatureScheme, hash: Digest.Algorithm) throws {
        let key = try Self.key(for: scheme)
        let digest = Digest(of: Array("sovereign".utf8), algorithm: hash)
        let signature = try key.sign(digest, scheme: scheme)
        let valid = { (signature: [UInt8]) in key.publicKey.isValid(signature: signature, over: digest, scheme: scheme)
        }
        #expect(valid(signature))
        for bit in stride(from: 0, to: signature.count * 8, by: 61) {
            var changed = signature
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!valid(changed), "bit \(bit)")
        }
        #expect(!valid([]))
        #expect(!valid(Array(signature.dropLast())))
        #expect(!valid(Array(signature.dropFirst())))
        #expect(!valid(signature + [0]))
        #expect(!valid([0] + signature))
        #expect(!valid([UInt8](repeating: 0, count: signature.count)))
        #expect(!valid([UInt8](repeating: 255, count: signature.count)))
        #expect(!valid([UInt8](repeating: 1, count: 1 << 20)))
        let others = [
            Digest(of: Array("Sovereign".utf8), algorithm: hash),
            Digest(of: Array("sovereign".utf8), algorithm: hash == .sha256 ? .sha512 : .sha256),
        ]
        for other in others { #expect(!key.publicKey.isValid(signature: signature, over: other, scheme: scheme)) }
        #expect(
            try !PrivateKey.generate(Self.kinds[scheme] ?? .ed25519).publicKey.isValid(
                signature: signature, over: digest, scheme: scheme))
        for other in SignatureScheme.allCases where other != scheme {
            #expect(!key.publicKey.isValid(signature: signature, over: digest, scheme: other), "\(other)")
        }
    }

    @Test("are not made by a key of another kind", arguments: SignatureScheme.allCases)
    func otherKey(scheme: SignatureScheme) throws {
        let key = try Self.key(for: scheme)
        for other in SignatureScheme.allCases where !key.publicKey.kind.fits(other) {
            let fault = #expect(throws: Fault.self) { try key.sign(Self.digest, scheme: other) }
            #expect(fault?.code == .invalid)
            #expect(fault?.fix != nil)
        }
    }

    @Test(
        "of another library are valid, PSS with any salt",
        arguments: [
            (SignatureVector.pkcs1, SignatureScheme.rsaPKCS1v15), (SignatureVector.pssMax, .rsaPSS),
            (SignatureVector.pss32, .rsaPSS),
            (SignatureVector.pss0, .rsaPSS), (SignatureVector.pss7, .rsaPSS), (SignatureVector.p256, .ecdsaP256),
        ])
    func foreign(_ hex: String, _ scheme: SignatureScheme) throws {
        let pem = scheme == .ecdsaP256 ? KeyVector.ecPublic : KeyVector.rsaPublic
        let key = try PublicKey(pem: Array(pem.utf8), source: "it")
        let signature = try #require([UInt8](hex: hex))
        #expect(try Self.digest == Digest(KeyVector.digest))
        #expect(key.isValid(signature: signature, over: Self.digest, scheme: scheme))
    }

    @Test("with a mask of another hash are not valid")
    func otherMask() throws {
        let key = try PublicKey(pem: Array(KeyVector.rsaPublic.utf8), source: "it")
        let signature = try #require([UInt8](hex: SignatureVector.pssMGF1SHA512))
        #expect(!key.isValid(signature: signature, over: Self.digest, scheme: .rsaPSS))
    }

    @Test("PKCS #1 paddings are compared byte by byte", arguments: SignatureVector.badPaddings)
    func lenientPadding(_ vector: (what: String, hex: String)) throws {
        let key = try PublicKey(pem: Array(KeyVector.rsaPublic.utf8), source: "it")
        let signature = try #require([UInt8](hex: vector.hex))
        #expect(signature.count == 256)
        #expect(!key.isValid(signature: signature, over: Self.digest, scheme: .rsaPKCS1v15), "\(vector.what)")
    }

    @Test("PKCS #1 padding vectors were found") func paddingCount() { #expect(SignatureVector.badPaddings.count == 8) }

    /// RFC 6979 A.2.5 and A.2.6, message `sample`, and RFC 8032 section 7.1, whose last message is SHA-512 of `abc`.
    static let published:
        [(scheme: SignatureScheme, info: String, message: String, hash: Digest.Algorithm, signature: String)] = [
            (
                .ecdsaP256,
                "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
                    + "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                    + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299", "sample", .sha256,
                "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                    + "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
            ),
            (
                .ecdsaP256,
                "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
                    + "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                    + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299", "sample", .sha512,
                "30450221008496a60b5e9b47c825488827e0495b0e3fa109ec4568fd3f8d1097678eb97f00"
                    + "02202362ab1adbe2b8adf9cb9edab740ea6049c028114f2460f96554f61fae3302fe"
            ),
            (
                .ecdsaP384,
                "3076301006072a8648ce3d020106052b8104002203620004"
                    + "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13"
                    + "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720",
                "sample", .sha256,
                "3065023021b13d1e013c7fa1392d03c5f99af8b30c570c6f98d4ea8e354b63a21d3daa33bde1e888e63355d92fa2b3c36d8fb2cd"
                    + "023100f3aa443fb107745bf4bd77cb3891674632068a10ca67e3d45db2266fa7d1feebefdc63eccd1ac42ec0cb8668a4fa0ab0"
            ),
            (
                .ed25519, "302a300506032b6570032100ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
                "abc", .sha512,
                "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
                    + "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704"
            ),
        ]

    @Test("of the RFCs are valid", arguments: published)
    func rfc(
        _ vector: (scheme: SignatureScheme, info: String, message: String, hash: Digest.Algorithm, signature: String)
    ) throws {
        let info = try #require([UInt8](hex: vector.info)), signature = try #require([UInt8](hex: vector.signature))
        let key = try PublicKey(pem: Array(PEM.encode(label: "PUBLIC KEY", bytes: info).utf8), source: "it")
        let digest = Digest(of: Array(vector.message.utf8), algorithm: vector.hash)
        #expect(key.isValid(signature: signature, over: digest, scheme: vector.scheme))
    }
}

@Suite("Signatures of the Go tools", .enabled(if: SharedVectors.arePresent, SharedVectors.reason))
struct GoSignatureTests {
    static let digest = "sha256:c97c44a4dca9fc85d4e634a617b662f72935cc202d52a46aa9367c937458b35b"

    @Test(
        "are valid with the key in each format",
        arguments: [
            ("pss-maxsalt.hex", SignatureScheme.rsaPSS), ("pss-salt32.hex", .rsaPSS), ("pkcs1v15.hex", .rsaPKCS1v15),
        ], ["compat-rsa-pkcs1v15/rsa.pub", "compat-rsa-pkcs1v15/rsa.spki.pub", "generated-rsa/leaf.crt.pem"])
    func valid(_ vector: (file: String, scheme: SignatureScheme), keyFile: String) throws {
        let key = try PublicKey(pem: SharedVectors.read(keyFile), source: keyFile)
        let signature = try SharedVectors.hex("generated-rsa/\(vector.file)")
        #expect(try key.isValid(signature: signature, over: Digest(Self.digest), scheme: vector.scheme))
        #expect(!key.isValid(signature: signature, over: Digest(of: [1]), scheme: vector.scheme))
        let other: SignatureScheme = vector.scheme == .rsaPSS ? .rsaPKCS1v15 : .rsaPSS
        #expect(try !key.isValid(signature: signature, over: Digest(Self.digest), scheme: other))
    }

    @Test(
        "come in PEM with their chain",
        arguments: [
            ("pss-signature-with-chain.pem", "pss-maxsalt.hex", "RSASSA-PSS"),
            ("pkcs1v15-signature-with-chain.pem", "pkcs1v15.hex", "RSASSA-PKCS1-V1_5"),
        ])
    func chain(file: String, plain: String, algorithm: String) throws {
        let text = try SharedVectors.read("generated-rsa/\(file)")
        let block = try #require(try PEM.blocks(in: text, source: file).first)
        #expect(block.label == "SIGNATURE")
        #expect(block.header("Signature Algorithm") == algorithm)
        #expect(block.bytes == (try SharedVectors.hex("generated-rsa/\(plain)")))
        let chain = try Certificate.all(inPEM: text, source: file)
        let roots = try Certificate.all(inPEM: SharedVectors.read("generated-rsa/root.crt.pem"), source: "root")
        let leaf = try #require(chain.first)
        #expect(leaf.subject.description == "CN=acme-signer,O=acme,C=DE")
        #expect(leaf.issuer.description == "CN=Vector Root CA,O=acme")
        try CertificateChain.verify(
            leaf: leaf, intermediates: Array(chain.dropFirst()), roots: roots, at: leaf.notBefore)
        let again =
            PEM.encode(label: block.label, headers: block.headers, bytes: block.bytes) + chain.map { $0.pem() }.joined()
        #expect(Array(again.utf8) == text)
    }
}
