// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography

/// How a signature's bytes are written into its value.
public enum SignatureEncoding: Sendable, Hashable {
    /// Lower-case hexadecimal digits.
    case plain
    /// A PEM block, followed by the certificates of the key.
    case pem
}

extension SignatureScheme {
    /// The media type of a plain signature. Those of ECDSA and Ed25519 are extensions of this product.
    var mediaType: String {
        switch self {
        case .rsaPKCS1v15: "application/vnd.ocm.signature.rsa"
        case .rsaPSS: "application/vnd.ocm.signature.rsa.pss"
        case .ecdsaP256, .ecdsaP384: "application/vnd.sovereign.signature.ecdsa"
        case .ed25519: "application/vnd.sovereign.signature.ed25519"
        }
    }
}

/// A signature and the certificates of its key, as a PEM text.
struct PEMSignature {
    static let mediaType = "application/x-pem-file"
    /// The most certificates of one signature.
    static let certificateLimit = 16
    private static let label = "SIGNATURE"
    private static let header = "Signature Algorithm"

    let signature: [UInt8]
    /// Leaf first.
    let chain: [Certificate]

    /// Reads a text. The block's header must name the algorithm of the entry when it is there.
    init(_ text: String, algorithm: String, name: String) throws(Fault) {
        let source = "the signature “\(name)”"
        func refuse(_ what: String) -> Fault { Fault(.unverified, "\(source) \(what)", fix: "sign the version again") }
        let blocks: [PEM.Block]
        do { blocks = try PEM.blocks(in: Array(text.utf8), source: source) } catch {
            throw Fault(.unverified, error.message, fix: error.fix)
        }
        guard let first = blocks.first, first.label == Self.label else {
            throw refuse("has no SIGNATURE block in front")
        }
        if let named = first.header(Self.header), named != algorithm {
            throw refuse("says “\(algorithm.prefix(60))” and “\(named.prefix(60))” of its algorithm")
        }
        guard blocks.dropFirst().allSatisfy({ $0.label == "CERTIFICATE" }), blocks.count <= Self.certificateLimit + 1
        else {
            throw refuse("holds something beside a signature and up to \(Self.certificateLimit) certificates")
        }
        var chain: [Certificate] = []
        for block in blocks.dropFirst() {
            do { chain.append(try Certificate(der: block.bytes, source: source)) } catch {
                throw Fault(error.code == .invalid ? .unverified : error.code, error.message, fix: error.fix)
            }
        }
        (signature, self.chain) = (first.bytes, chain)
    }

    static func text(_ signature: [UInt8], algorithm: String, chain: [Certificate]) -> String {
        PEM.encode(label: label, headers: [(name: header, value: algorithm)], bytes: signature)
            + chain.map { $0.pem() }.joined()
    }
}
