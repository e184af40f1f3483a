// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The numbers that a public key consists of, as JSON Web Keys carry them; all with their highest byte first.
public enum PublicKeyNumbers: Hashable, Sendable {
    /// RSA: modulus and exponent, without zeros before them.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// A point on P-256: two coordinates of 32 bytes.
    case p256(x: [UInt8], y: [UInt8])
    /// A point on P-384: two coordinates of 48 bytes.
    case p384(x: [UInt8], y: [UInt8])
    /// An Ed25519 key (RFC 8032 section 5.1.5): 32 bytes.
    case ed25519([UInt8])
}

extension PublicKey {
    /// The most bytes of an RSA exponent: 65537 has three, and larger ones than eight only burn time.
    private static let exponentLimit = 8

    // What stands before the key in its SubjectPublicKeyInfo: algorithm identifiers of RFC 5480 and RFC 8410, with the
    // lengths that keys of the kind always have.
    private static let p256Prefix: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
        0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ]
    private static let p384Prefix: [UInt8] = [
        0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04,
        0x00, 0x22, 0x03, 0x62, 0x00, 0x04,
    ]
    private static let ed25519Prefix: [UInt8] = [
        0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00,
    ]
    /// The algorithm identifier rsaEncryption with its NULL (RFC 3279 section 2.3.1).
    private static let rsaIdentifier: [UInt8] = [
        0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]

    /// Makes a key of its numbers.
    ///
    /// Throws `.invalid` for coordinates of another length, a point that is not on its curve, and an RSA exponent that
    /// is even, one, or longer than eight bytes; the sizes of RSA keys are those of every public key.
    public convenience init(_ numbers: PublicKeyNumbers, source: String) throws(Fault) {
        guard let info = Self.publicKeyInfo(numbers) else {
            throw Fault(.invalid, "\(source) holds a key with numbers that no such key has", fix: "make a new key")
        }
        try self.init(KeyHandle.decode(info, as: .publicKeyInfo), source: source)
    }

    /// The numbers that the key consists of.
    public var numbers: PublicKeyNumbers {
        let info = handle.publicKeyInfo
        switch kind {
        case .ecdsaP256: return .p256(x: Array(info.suffix(64).prefix(32)), y: Array(info.suffix(32)))
        case .ecdsaP384: return .p384(x: Array(info.suffix(96).prefix(48)), y: Array(info.suffix(48)))
        case .ed25519: return .ed25519(Array(info.suffix(32)))
        case .rsa:
            var rest = info[...]
            guard var parts = DERText.take(DERText.sequenceTag, from: &rest),
                DERText.take(DERText.sequenceTag, from: &parts) != nil,
                var bits = DERText.take(DERText.bitStringTag, from: &parts)?.dropFirst(),
                var pair = DERText.take(DERText.sequenceTag, from: &bits),
                let modulus = DERText.takeInteger(from: &pair), let exponent = DERText.takeInteger(from: &pair)
            else { preconditionFailure("OpenSSL writes RSA keys as RFC 8017 says") }
            return .rsa(modulus: modulus, exponent: exponent)
        }
    }

    private static func publicKeyInfo(_ numbers: PublicKeyNumbers) -> [UInt8]? {
        switch numbers {
        case .p256(let x, let y): return x.count == 32 && y.count == 32 ? p256Prefix + x + y : nil
        case .p384(let x, let y): return x.count == 48 && y.count == 48 ? p384Prefix + x + y : nil
        case .ed25519(let key): return key.count == 32 ? ed25519Prefix + key : nil
        case .rsa(let modulus, let exponent):
            let short = DERText.withoutLeadingZeros(exponent)
            guard let last = short.last, last & 1 == 1, short != [1], short.count <= exponentLimit else { return nil }
            let pair = DERText.sequence(DERText.integer(modulus), DERText.integer(exponent))
            return DERText.sequence(rsaIdentifier, DERText.bitString(pair))
        }
    }
}
