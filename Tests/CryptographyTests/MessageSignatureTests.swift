// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@Suite("Signatures over messages") struct MessageSignatureTests {
    static let kinds: [KeyKind] = [.rsa(bits: 2048), .ecdsaP256, .ecdsaP384, .ed25519]

    @Test("what a key signs it verifies, and nothing near it", arguments: kinds)
    func signed(_ kind: KeyKind) throws {
        let key = try PrivateKey.generate(kind), message = Array("a message".utf8)
        // Numbers of curves begin with zeros now and then; each form has its one length all the same.
        for round in 0..<(kind == .rsa(bits: 2048) ? 3 : 300) {
            let signature = try key.sign(message: message + [UInt8(truncatingIfNeeded: round)])
            let isValid = key.publicKey.isValid(
                signature: signature, ofMessage: message + [UInt8(truncatingIfNeeded: round)])
            #expect(isValid)
            #expect(!key.publicKey.isValid(signature: signature, ofMessage: message))
        }
        let signature = try key.sign(message: message)
        #expect(!key.publicKey.isValid(signature: [], ofMessage: message))
        #expect(!key.publicKey.isValid(signature: signature + [0], ofMessage: message))
        #expect(!key.publicKey.isValid(signature: [0] + signature, ofMessage: message))
        #expect(!key.publicKey.isValid(signature: Array(signature.dropLast()), ofMessage: message))
        for place in stride(from: 0, to: signature.count, by: 7) {
            var damaged = signature
            damaged[place] ^= 0x10
            #expect(!key.publicKey.isValid(signature: damaged, ofMessage: message))
        }
        let other = try PrivateKey.generate(kind)
        #expect(!other.publicKey.isValid(signature: signature, ofMessage: message))
    }

    /// The order of P-256 (SEC 2 section 2.4.2).
    static let order = [UInt8](hex: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551") ?? []
    static let zero = [UInt8](repeating: 0, count: 32)
    static let one: [UInt8] = zero.dropLast() + [1]
    static let most = [UInt8](repeating: 0xFF, count: 32)

    static let impossible: [[[UInt8]]] = [
        [zero, zero], [zero, one], [one, zero], [order, order], [order, one], [one, order], [most, most], [one, one],
    ]

    @Test("numbers that no signature on P-256 has are refused", arguments: impossible)
    func numbers(_ pair: [[UInt8]]) throws {
        let key = try PrivateKey.generate(.ecdsaP256)
        #expect(!key.publicKey.isValid(signature: pair[0] + pair[1], ofMessage: [1, 2, 3]))
    }

    @Test("a signature of a digest is one of the message, and the other way round")
    func digests() throws {
        let message = Array("a message".utf8), digest = Digest(of: message)
        let rsa = try PrivateKey.generate(.rsa(bits: 2048))
        #expect(try rsa.sign(message: message) == rsa.sign(digest, scheme: .rsaPKCS1v15))
        let p256 = try PrivateKey.generate(.ecdsaP256)
        // DER here, two numbers there.
        #expect(!p256.publicKey.isValid(signature: try p256.sign(digest, scheme: .ecdsaP256), ofMessage: message))
    }

    @Test("a key is made again of its numbers", arguments: kinds)
    func keyNumbers(_ kind: KeyKind) throws {
        for _ in 0..<(kind == .rsa(bits: 2048) ? 1 : 20) {
            let key = try PrivateKey.generate(kind).publicKey
            let again = try PublicKey(key.numbers, source: "it")
            #expect(again == key && again.kind == kind && again.numbers == key.numbers)
        }
    }

    static let damaged: [PublicKeyNumbers] = [
        .ed25519([]), .ed25519([UInt8](repeating: 1, count: 31)), .p256(x: zero, y: zero), .p256(x: one, y: one),
        .p256(x: most, y: most), .p256(x: [], y: []), .p384(x: zero, y: zero),
        .p384(x: [UInt8](repeating: 0, count: 48), y: [UInt8](repeating: 0, count: 48)),
        .rsa(modulus: [], exponent: [1, 0, 1]), .rsa(modulus: most, exponent: [1, 0, 1]),
        .rsa(modulus: [UInt8](repeating: 0xFF, count: 256), exponent: []),
        .rsa(modulus: [UInt8](repeating: 0xFF, count: 256), exponent: [2]),
        .rsa(modulus: [UInt8](repeating: 0xFF, count: 256), exponent: [UInt8](repeating: 1, count: 9)),
        .rsa(modulus: [UInt8](repeating: 0xFF, count: 2049), exponent: [1, 0, 1]),
    ]

    @Test("numbers that are no key are refused", arguments: damaged)
    func refused(_ numbers: PublicKeyNumbers) {
        #expect(throws: Fault.self) { try PublicKey(numbers, source: "it") }
    }

    @Test("bytes are compared to the last")
    func constantTime() {
        #expect(ConstantTime.areEqual([], []) && ConstantTime.areEqual([1, 2], [1, 2]))
        #expect(!ConstantTime.areEqual([1, 2], [1, 3]) && !ConstantTime.areEqual([1, 2], [0, 2]))
        #expect(!ConstantTime.areEqual([1, 2], [1]) && !ConstantTime.areEqual([], [1]))
    }
}
