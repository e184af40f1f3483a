// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import TestInputs
import Testing

@Suite("Damaged keys and certificates") struct KeyFuzzTests {
    static let tokens = [
        "-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "-----BEGIN PRIVATE KEY-----\n", "-----", "=",
        "==",
        "\r\n", "\n\n", "Proc-Type: 4,ENCRYPTED\n", "X: ", "AAAA", "\u{0}", "RSA ",
    ]

    @Test("PEM is refused with a fault or survives writing", arguments: [1, 2] as [UInt64])
    func pem(seed: UInt64) throws {
        let headed = PEM.encode(label: "SIGNATURE", headers: [("A", "b"), ("C", "d: e")], bytes: Array(0...200))
        let samples = [CertificateVector.root + CertificateVector.leaf, KeyVector.rsaPKCS1, KeyVector.ecSEC1, headed]
        var mutator = ByteMutator(samples: samples.map { Array($0.utf8) }, tokens: Self.tokens, seed: seed)
        for round in 0..<3000 {
            let text = mutator.next()
            let blocks: [PEM.Block]
            do throws(Fault) { blocks = try PEM.blocks(in: text, source: "it") } catch {
                #expect(Self.expected.contains(error.code), "round \(round): \(error.code) \(error)")
                continue
            }
            #expect(blocks.count <= PEM.blockLimit, "round \(round)")
            for block in blocks {
                let written = PEM.encode(label: block.label, headers: block.headers, bytes: block.bytes)
                let again = try PEM.blocks(in: Array(written.utf8), source: "written")
                #expect(again.count == 1 && again.first?.bytes == block.bytes, "round \(round)")
                #expect(again.first?.label == block.label, "round \(round)")
            }
        }
    }

    @Test("certificates and keys are refused with a fault or can be used", arguments: [1, 2] as [UInt64])
    func keys(seed: UInt64) throws {
        let texts = [
            CertificateVector.root, CertificateVector.leaf, CertificateVector.fullName, KeyVector.rsaPublic,
            KeyVector.ecPublic, KeyVector.ecSEC1, KeyVector.rsaPKCS8,
        ]
        let blocks = try texts.map { try PEM.blocks(in: Array($0.utf8), source: "it")[0] }
        let labels = Set(blocks.map(\.label)).sorted()
        var mutator = ByteMutator(samples: blocks.map(\.bytes), seed: seed)
        let digest = Digest(of: [1, 2, 3])
        for round in 0..<1000 {
            let bytes = mutator.next()
            for label in labels {
                let text = Array(PEM.encode(label: label, bytes: bytes.isEmpty ? [0] : bytes).utf8)
                do throws(Fault) {
                    if label == "CERTIFICATE" {
                        let certificate = try Certificate(der: bytes, source: "it")
                        #expect(certificate.der == bytes, "round \(round)")
                        _ = (certificate.subject.description, certificate.isSelfSigned, certificate.isCodeSigning)
                    } else if label.hasSuffix("PRIVATE KEY") {
                        let key = try PrivateKey(pem: text, source: "it")
                        _ = (key.pem(), key.publicKey.summary)
                    } else {
                        let key = try PublicKey(pem: text, source: "it")
                        _ = (key.pem(), key.isValid(signature: bytes, over: digest, scheme: .rsaPSS))
                    }
                } catch {
                    #expect(Self.expected.contains(error.code), "round \(round): \(error.code) \(error)")
                }
            }
        }
    }

    static let expected: [Fault.Code] = [.invalid, .limitExceeded, .unsupported, .unverified]
}
