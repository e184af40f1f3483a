// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
public import Documents

extension JSONWebKey {
    /// Reads a JSON Web Key that checks signatures.
    ///
    /// - Throws: `.unsupported` for kinds, curves, algorithms and uses that are not for signatures here, which RFC 7517
    ///   section 5 lets a reader of sets pass over; `.invalid` for a key that is damaged, too short, or holds a secret.
    public init(_ json: JSON, source: String) throws(Fault) {
        guard let object = json.object, let type = object["kty"]?.string else {
            throw Fault(.invalid, "\(source) holds a key without a type, “kty”", fix: "ask the issuer for its keys")
        }
        try Self.checkSecrets(object, type, source)
        try Self.checkUse(object, source)
        let name = try object["kid"].map { value throws(Fault) in
            guard let name = value.string else {
                throw Fault(.invalid, "\(source) holds a key whose “kid” is no string", fix: "ask the issuer")
            }
            return name
        }
        let key = try PublicKey(Self.numbers(object, type, source), source: source)
        do { try self.init(key, keyID: name) } catch { throw error.about(source) }
        if let algorithm = object["alg"], algorithm.string != self.algorithm.rawValue {
            throw Fault(
                .unsupported, "\(source) holds a key for an algorithm that is not used here",
                fix: "use RS256, ES256, ES384 or EdDSA")
        }
    }

    /// Whoever publishes the secret part of a key has lost it.
    private static func checkSecrets(_ object: JSONObject, _ type: String, _ source: String) throws(Fault) {
        guard !["d", "p", "q", "dp", "dq", "qi", "oth"].contains(where: { object[$0] != nil }) || type == "oct" else {
            throw Fault(
                .invalid, "\(source) holds the private part of a key",
                fix: "publish public keys only, and make new ones")
        }
    }

    private static func checkUse(_ object: JSONObject, _ source: String) throws(Fault) {
        let operations = object["key_ops"].map { $0.array?.compactMap(\.string).contains("verify") ?? false }
        guard object["use"].map({ $0.string == "sig" }) ?? true, operations ?? true else {
            throw Fault(.unsupported, "\(source) holds a key that does not check signatures", fix: "leave it out")
        }
    }

    private static func numbers(
        _ object: JSONObject, _ type: String, _ source: String
    ) throws(Fault) -> PublicKeyNumbers {
        func bytes(_ name: String, limit: Int) throws(Fault) -> [UInt8] {
            guard let text = object[name]?.string, text.utf8.count <= limit * 4 / 3 + 4,
                let bytes = Base64URL.decode(text.utf8), !bytes.isEmpty
            else {
                throw Fault(
                    .invalid, "\(source) holds a key whose “\(name)” is no Base64 for URLs", fix: "ask the issuer")
            }
            return bytes
        }
        switch (type, object["crv"]?.string) {
        case ("RSA", nil):
            let modulus = try bytes("n", limit: PublicKey.maximumRSABits / 8)
            return .rsa(modulus: modulus, exponent: try bytes("e", limit: 8))
        case ("EC", "P-256"): return .p256(x: try bytes("x", limit: 32), y: try bytes("y", limit: 32))
        case ("EC", "P-384"): return .p384(x: try bytes("x", limit: 48), y: try bytes("y", limit: 48))
        case ("OKP", "Ed25519"): return .ed25519(try bytes("x", limit: 32))
        default:
            throw Fault(
                .unsupported, "\(source) holds a key of a kind that is not used here",
                fix: "use RSA, EC on P-256 or P-384, or OKP with Ed25519")
        }
    }
}
