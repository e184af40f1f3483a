// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@Suite("Issued certificates") struct CertificateIssueTests {
    static let now = Timestamp(seconds: 1_800_000_000)

    static func template(
        _ purpose: CertificateTemplate.Purpose, _ name: String = "somebody", days: Int64 = 10
    ) -> CertificateTemplate {
        CertificateTemplate(
            purpose, commonName: name, notBefore: now, notAfter: Timestamp(seconds: now.seconds + days * 86_400))
    }

    struct Authority {
        let key: PrivateKey, certificate: Certificate
        init(_ name: String = "authority") throws {
            key = try PrivateKey.generate(.ecdsaP256)
            certificate = try Certificate.selfSigned(
                CertificateIssueTests.template(.authority, name, days: 3650), key: key)
        }
        func issue(_ template: CertificateTemplate) throws -> Certificate {
            try certificate.issue(template, for: PrivateKey.generate(.ecdsaP256).publicKey, key: key)
        }
    }

    @Test("lead to the authority that issued them, for their purpose alone") func chain() throws {
        let authority = try Authority()
        let purposes: [(CertificateTemplate.Purpose, CertificatePurpose)] = [(.server, .server), (.client, .client)]
        for (made, use) in purposes {
            let leaf = try authority.issue(Self.template(made))
            try CertificateChain.verify(
                leaf: leaf, intermediates: [], roots: [authority.certificate], at: Self.now, for: use)
            for other: CertificatePurpose in [.codeSigning, .server, .client] where other != use {
                #expect(throws: Fault.self) {
                    try CertificateChain.verify(
                        leaf: leaf, intermediates: [], roots: [authority.certificate], at: Self.now, for: other)
                }
            }
            for seconds in [Self.now.seconds - 1, Self.now.seconds + 10 * 86_400 + 1] {
                #expect(throws: Fault.self) {
                    try CertificateChain.verify(
                        leaf: leaf, intermediates: [], roots: [authority.certificate],
                        at: Timestamp(seconds: seconds), for: use)
                }
            }
            let other = try Authority()
            #expect(throws: Fault.self) {
                try CertificateChain.verify(
                    leaf: leaf, intermediates: [], roots: [other.certificate], at: Self.now, for: use)
            }
        }
    }

    @Test("say what their template says") func contents() throws {
        let authority = try Authority()
        var template = Self.template(.server, "kubernetes é, \"x\"")
        template.organizations = ["system:masters", "more"]
        template.hosts = ["localhost", "*.example.org", "kubernetes.default.svc"]
        template.addresses = [[127, 0, 0, 1], [UInt8](repeating: 0, count: 15) + [1]]
        let leaf = try authority.issue(template)
        #expect(leaf.subject.attributes["CN"] == ["kubernetes é, \"x\""])
        #expect(leaf.subject.attributes["O"] == ["system:masters", "more"])
        #expect(leaf.issuer == authority.certificate.subject && !leaf.isSelfSigned)
        #expect(authority.certificate.isSelfSigned)
        #expect(leaf.notBefore == template.notBefore && leaf.notAfter == template.notAfter)
        #expect(leaf.alternativeNames == [.dns("localhost"), .dns("*.example.org"), .dns("kubernetes.default.svc")])
        #expect(leaf.alternativeAddresses == template.addresses)
        #expect(try Certificate(der: leaf.der, source: "it") == leaf)
    }

    @Test("end in 2049 and in 2050 alike") func centuries() throws {
        let key = try PrivateKey.generate(.ecdsaP256)
        for seconds: Int64 in [2_524_607_999, 2_524_608_000, 4_102_444_800] {
            var template = Self.template(.authority)
            template.notAfter = Timestamp(seconds: seconds)
            #expect(try Certificate.selfSigned(template, key: key).notAfter == template.notAfter)
        }
    }

    @Test("are read by the openssl program", .enabled(if: FileSystem.exists("/usr/bin/openssl"), "needs openssl"))
    func openSSL() async throws {
        let folder = try TemporaryFolder()
        let authority = try Authority()
        var template = Self.template(.server)
        (template.hosts, template.addresses) = (["localhost"], [[127, 0, 0, 1]])
        let leaf = try authority.issue(template)
        try FileSystem.write(Array(authority.certificate.pem().utf8), to: "\(folder.path)/ca.pem")
        try FileSystem.write(Array(leaf.pem().utf8), to: "\(folder.path)/leaf.pem")
        let verified = try await ChildProcess.run(
            [
                "/usr/bin/openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "localhost",
                "-attime",
                "\(Self.now.seconds + 5)", "-CAfile", "\(folder.path)/ca.pem", "\(folder.path)/leaf.pem",
            ])
        #expect(verified.status == 0, "\(String(decoding: verified.stderr, as: UTF8.self))")
    }

    @Test("are not made of what makes none") func refusals() throws {
        let authority = try Authority()
        var bad: [CertificateTemplate] = [
            Self.template(.client, ""), Self.template(.client, String(repeating: "x", count: 65)),
            Self.template(.client, "a\u{0}b"), Self.template(.client, days: -1), Self.template(.client, days: 4000),
            Self.template(.authority),
        ]
        for host in ["", "a b", "a\u{0}.example", "é", "a..b", "*", String(repeating: "a", count: 64)] {
            var template = Self.template(.server)
            template.hosts = [host]
            bad.append(template)
        }
        var template = Self.template(.server)
        template.addresses = [[1, 2, 3]]
        bad.append(template)
        for template in bad { #expect(throws: Fault.self, "\(template)") { try authority.issue(template) } }
        let leaf = try authority.issue(Self.template(.client)), key = try PrivateKey.generate(.ecdsaP256)
        #expect(throws: Fault.self) { try leaf.issue(Self.template(.client), for: key.publicKey, key: key) }
        #expect(throws: Fault.self) {
            try authority.certificate.issue(Self.template(.client), for: key.publicKey, key: key)
        }
        #expect(throws: Fault.self) {
            try Certificate.selfSigned(Self.template(.authority), key: PrivateKey.generate(.ed25519))
        }
    }
}
