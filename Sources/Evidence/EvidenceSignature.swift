// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents

/// The signature of a run: it stands in the data of the last entry and covers, by their hashes, all entries before.
struct EvidenceSignature {
    let algorithm: String
    let key: Digest
    let value: [UInt8]

    /// Signs the last entry of a run, of which everything is known but the signature.
    init(_ key: PrivateKey, over unsigned: EvidenceEntry) throws(Fault) {
        let scheme: SignatureScheme =
            switch key.publicKey.kind {
            case .rsa: .rsaPSS
            case .ecdsaP256: .ecdsaP256
            case .ecdsaP384: .ecdsaP384
            case .ed25519: .ed25519
            }
        algorithm = scheme.rawValue
        self.key = key.publicKey.fingerprint
        value = try key.sign(Self.digest(unsigned), scheme: scheme)
    }

    /// The signature of an entry; nil when it has none.
    init?(_ entry: EvidenceEntry) throws(Fault) {
        guard let json = entry.data["signature"] else { return nil }
        guard let algorithm = json["algorithm"]?.string, let key = json["key"]?.string,
            let value = json["value"]?.string.flatMap([UInt8].init(base64:))
        else { throw Fault(.corrupt, "the signature is not complete") }
        self.algorithm = algorithm
        self.key = try Digest(key)
        self.value = value
    }

    var json: JSON {
        ["algorithm": .string(algorithm), "key": .string(key.description), "value": .string(value.base64)]
    }

    /// Whether the key made it over the entry that it stands in.
    func isValid(over entry: EvidenceEntry, key: PublicKey) throws(Fault) -> Bool {
        guard let scheme = SignatureScheme(rawValue: algorithm) else { return false }
        var data = entry.data
        data["signature"] = nil
        let unsigned = try EvidenceEntry(
            sequence: entry.sequence, time: entry.time, event: entry.event, data: data, previous: entry.previous)
        return key.isValid(signature: value, over: Self.digest(unsigned), scheme: scheme)
    }

    /// What is signed: the entry's hash without the signature, behind the name of the format, so that a signature made
    /// for something else is none here.
    private static func digest(_ unsigned: EvidenceEntry) -> Digest {
        Digest(of: Array("\(EvidenceEntry.format) closed \(unsigned.hash)".utf8))
    }
}
