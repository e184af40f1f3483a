// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@Suite("Certificates") struct CertificateTests {
    static func read(_ pem: String) throws -> Certificate {
        try #require(try Certificate.all(inPEM: Array(pem.utf8), source: "it").first)
    }

    @Test("say what is in them")
    func fields() throws {
        let leaf = try Self.read(CertificateVector.leaf)
        #expect(leaf.subject.description == "CN=signer,O=acme,C=DE")
        #expect(leaf.issuer.description == "CN=Issuing")
        #expect(leaf.notBefore.description == "2020-01-01T00:00:00Z")
        #expect(leaf.notAfter.description == "2120-01-01T00:00:00Z")
        #expect(!leaf.isSelfSigned)
        #expect(leaf.isCodeSigning)
        #expect(leaf.pem() == CertificateVector.leaf)
        let root = try Self.read(CertificateVector.root)
        #expect(root.isSelfSigned)
        #expect(!root.isCodeSigning)
        #expect(root != leaf)
    }

    @Test("of a whole bundle are read in order, other blocks left out")
    func bundle() throws {
        let text =
            KeyVector.ecPublic + CertificateVector.leaf + "text\n" + CertificateVector.issuer + CertificateVector.root
        let all = try Certificate.all(inPEM: Array(text.utf8), source: "it")
        #expect(all.map(\.subject.description) == ["CN=signer,O=acme,C=DE", "CN=Issuing", "CN=Root,O=acme"])
    }

    @Test("print names as Go does, and the text is read back")
    func names() throws {
        let name = try Self.read(CertificateVector.fullName).subject
        let expected =
            "SERIALNUMBER=42,CN=Zoë https://acme.org/x,OU=\\#1 \\<team\\>+OU=\\ edge\\ ,O=Acme\\, Inc.,POSTALCODE=10117,"
            + "STREET=Unter den Linden 1,L=Mitte,ST=Berlin,C=DE,0.9.2342.19200300.100.1.25=#130461636d65,"
            + "1.2.840.113549.1.9.1=#0c0a614061636d652e6f7267"
        #expect(name.description == expected)
        #expect(try DistinguishedName(expected) == name)
        #expect(name.contains(try DistinguishedName("O=Acme\\, Inc.,C=DE")))
        #expect(!name.contains(try DistinguishedName("O=Acme\\, Inc.,C=FR")))
        #expect(!name.contains(try DistinguishedName("ignored")))
    }

    @Test(
        "names are read in each spelling",
        arguments: [
            ("acme signer", "CN=acme signer"), ("CN=acme", "CN=acme"), ("/C=DE/O=acme/CN=x", "CN=x,O=acme,C=DE"),
            ("cn = x ; ou=b+ou=a", "CN=x,OU=b+OU=a"), ("CN=https://acme.org/a,b", "CN=https://acme.org/a\\,b"),
            ("SN=4,C=DE", "SERIALNUMBER=4,C=DE"), ("SERIALNUMBER=4", "SERIALNUMBER=4"), ("CN=a\\,O=b", "CN=a\\,O=b"),
            ("https://acme.org", "CN=https://acme.org"), ("CN=\\ a\\ ", "CN=\\ a\\ "),
            ("1.2.3=#1301AB", "1.2.3=#1301ab"),
        ])
    func spellings(text: String, printed: String) throws {
        let name = try DistinguishedName(text)
        #expect(name.contains(try DistinguishedName(printed)))
        #expect(name.description == printed || text.contains("\\,O="))
    }

    @Test(
        "names are refused when empty or unknown", arguments: ["", "  ", "/", "X=1", "CN=", "CN= ,O=b", "CN=a,FOO=b"])
    func badNames(_ text: String) {
        let fault = #expect(throws: Fault.self) { try DistinguishedName(text) }
        #expect(fault?.code == .invalid)
    }

    static let damaged: [(what: String, change: @Sendable ([UInt8]) -> [UInt8])] = [
        ("nothing", { _ in [] }), ("half", { Array($0.prefix($0.count / 2)) }), ("bytes behind", { $0 + [0] }),
        ("two", { $0 + $0 }), ("too large", { _ in [UInt8](repeating: 48, count: Certificate.sizeLimit + 1) }),
        ("another start", { [49] + $0.dropFirst() }),
        // The outer length in one byte more than it needs: BER, not DER.
        ("BER", { [48, 0x83, 0] + $0.dropFirst(2) }),
    ]

    @Test("are refused when damaged", arguments: damaged)
    func refuses(_ vector: (what: String, change: @Sendable ([UInt8]) -> [UInt8])) throws {
        let der = try Self.read(CertificateVector.leaf).der
        #expect(throws: Fault.self, "\(vector.what)") { try Certificate(der: vector.change(der), source: "it") }
    }

    @Test("with any one byte changed are read or refused, but never verified")
    func everyByte() throws {
        let leaf = try Self.read(CertificateVector.leafUnderRoot), root = try Self.read(CertificateVector.root)
        let now = Timestamp(seconds: 1_800_000_000)
        try CertificateChain.verify(leaf: leaf, intermediates: [], roots: [root], at: now)
        for index in leaf.der.indices {
            var der = leaf.der
            der[index] ^= 0x04
            guard let changed = try? Certificate(der: der, source: "it") else { continue }
            #expect(throws: Fault.self, "byte \(index)") {
                try CertificateChain.verify(leaf: changed, intermediates: [], roots: [root], at: now)
            }
        }
    }
}

@Suite("Certificate chains") struct CertificateChainTests {
    static let now = Timestamp(seconds: 1_800_000_000)  // 2027

    static let trusted: [(what: String, leaf: String, intermediates: [String], roots: [String], at: Int64)] = [
        (
            "with an issuer between", CertificateVector.leaf, [CertificateVector.issuer], [CertificateVector.root],
            now.seconds
        ),
        ("under the root", CertificateVector.leafUnderRoot, [], [CertificateVector.root], now.seconds),
        (
            "with one of two roots", CertificateVector.leaf, [CertificateVector.issuer],
            [CertificateVector.otherRoot, CertificateVector.root], now.seconds
        ),
        (
            "with intermediates that do not matter", CertificateVector.leaf,
            [CertificateVector.otherRoot, CertificateVector.issuer, CertificateVector.root, CertificateVector.leaf],
            [CertificateVector.root], now.seconds
        ),
        (
            "with an issuer for code only", CertificateVector.leaf, [CertificateVector.issuerForCode],
            [CertificateVector.root], now.seconds
        ),
        ("with an issuer as the anchor", CertificateVector.leaf, [], [CertificateVector.issuer], now.seconds),
        (
            "with itself as the anchor", CertificateVector.selfSignedLeaf, [], [CertificateVector.selfSignedLeaf],
            now.seconds
        ),
        (
            "expired, at a time when it was not", CertificateVector.leafOfPast, [CertificateVector.issuer],
            [CertificateVector.root],
            1_590_000_000
        ),
        (
            "with an issuer that was valid then", CertificateVector.leafOfPast, [CertificateVector.expiredIssuer],
            [CertificateVector.root], 1_590_000_000
        ),
    ]

    @Test("lead to a root", arguments: trusted)
    func accepts(_ vector: (what: String, leaf: String, intermediates: [String], roots: [String], at: Int64)) throws {
        try CertificateChain.verify(
            leaf: CertificateTests.read(vector.leaf), intermediates: vector.intermediates.map(CertificateTests.read),
            roots: vector.roots.map(CertificateTests.read), at: Timestamp(seconds: vector.at))
    }

    static let untrusted: [(what: String, leaf: String, intermediates: [String], roots: [String]?, at: Int64)] = [
        (
            "another root", CertificateVector.leaf, [CertificateVector.issuer], [CertificateVector.otherRoot],
            now.seconds
        ),
        (
            "a root of the same name", CertificateVector.leaf, [CertificateVector.issuer],
            [CertificateVector.sameNameRoot], now.seconds
        ),
        ("no roots", CertificateVector.leaf, [CertificateVector.issuer], [], now.seconds),
        ("the system's roots", CertificateVector.leaf, [CertificateVector.issuer], nil, now.seconds),
        ("a missing issuer", CertificateVector.leaf, [], [CertificateVector.root], now.seconds),
        (
            "an expired issuer", CertificateVector.leaf, [CertificateVector.expiredIssuer], [CertificateVector.root],
            now.seconds
        ),
        (
            "an expired leaf", CertificateVector.leafOfPast, [CertificateVector.issuer], [CertificateVector.root],
            now.seconds
        ),
        (
            "a time before all", CertificateVector.leaf, [CertificateVector.issuer], [CertificateVector.root],
            1_500_000_000
        ),
        (
            "an issuer that is no authority", CertificateVector.leaf, [CertificateVector.notAnIssuer],
            [CertificateVector.root], now.seconds
        ),
        (
            "an issuer without constraints", CertificateVector.leaf, [CertificateVector.issuerWithoutConstraints],
            [CertificateVector.root], now.seconds
        ),
        (
            "an issuer for servers", CertificateVector.leaf, [CertificateVector.issuerForServers],
            [CertificateVector.root], now.seconds
        ),
        (
            "an issuer that may not sign certificates", CertificateVector.leaf,
            [CertificateVector.issuerWithoutSigning],
            [CertificateVector.root], now.seconds
        ),
        (
            "a leaf for servers", CertificateVector.leafForServers, [CertificateVector.issuer],
            [CertificateVector.root], now.seconds
        ),
        (
            "a leaf for anything", CertificateVector.leafForAnything, [CertificateVector.issuer],
            [CertificateVector.root], now.seconds
        ),
        (
            "a leaf without usage", CertificateVector.leafWithoutUsage, [CertificateVector.issuer],
            [CertificateVector.root], now.seconds
        ),
        (
            "a leaf for enciphering", CertificateVector.leafForEnciphering, [CertificateVector.issuer],
            [CertificateVector.root], now.seconds
        ),
        ("a self-signed leaf", CertificateVector.selfSignedLeaf, [], [CertificateVector.root], now.seconds),
        (
            "a self-signed leaf that brings itself", CertificateVector.selfSignedLeaf,
            [CertificateVector.selfSignedLeaf],
            [CertificateVector.root], now.seconds
        ),
        (
            "a root that comes along", CertificateVector.leaf, [CertificateVector.issuer, CertificateVector.root],
            [CertificateVector.otherRoot], now.seconds
        ),
        (
            "a crowd of others", CertificateVector.leaf, [String](repeating: CertificateVector.issuer, count: 33),
            [CertificateVector.root], now.seconds
        ),
    ]

    @Test("fail closed", arguments: untrusted)
    func refuses(_ vector: (what: String, leaf: String, intermediates: [String], roots: [String]?, at: Int64)) throws {
        let leaf = try CertificateTests.read(vector.leaf)
        let intermediates = try vector.intermediates.map(CertificateTests.read)
        let roots = try vector.roots?.map(CertificateTests.read)
        let fault = #expect(throws: Fault.self, "\(vector.what)") {
            try CertificateChain.verify(
                leaf: leaf, intermediates: intermediates, roots: roots, at: Timestamp(seconds: vector.at))
        }
        #expect(fault?.code == .unverified, "\(vector.what)")
        #expect(fault?.fix != nil)
    }
}
