// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// A signature as a descriptor carries it. It proves nothing until a verifier has looked at it.
public struct SignatureEntry: Hashable, Sendable {
    /// The whole object; fields we do not know are kept, such as the `timestamp` of a time stamping authority.
    public let json: JSON

    /// Its name, unique in the descriptor.
    public var name: String { json["name"]?.string ?? "" }
    /// The digest of the normalised descriptor that was signed.
    public let digest: DigestSpecification
    /// How it was signed: `RSASSA-PSS`.
    public var algorithm: String { json["signature"]?["algorithm"]?.string ?? "" }
    /// How the value is encoded.
    public var mediaType: String { json["signature"]?["mediaType"]?.string ?? "" }
    /// The signature itself.
    public var value: String { json["signature"]?["value"]?.string ?? "" }
    /// Whom the signer claims to be.
    public var issuer: String? { json["signature"]?["issuer"]?.string.flatMap { $0.isEmpty ? nil : $0 } }

    /// The most bytes of a value; a certificate chain fits well.
    public static let valueLimit = 256 * 1024
    /// The most bytes of a name.
    public static let nameLimit = 255

    /// A new entry.
    public init(
        name: String, digest: DigestSpecification, algorithm: String, mediaType: String, value: String,
        issuer: String? = nil
    ) throws(Fault) {
        var signature: JSON = [
            "algorithm": .string(algorithm), "mediaType": .string(mediaType), "value": .string(value),
        ]
        if let issuer { signature["issuer"] = .string(issuer) }
        try self.init(
            ["name": .string(name), "digest": digest.json, "signature": signature], place: "the new signature")
    }

    /// Reads an entry that stands at `place`; throws `.invalid` for a missing or wrong field.
    public init(_ json: JSON, place: String) throws(Fault) {
        guard json.object != nil else { throw Fault(.invalid, "\(place) is a \(json.kindName), not an object") }
        guard let name = json["name"]?.string, (1...Self.nameLimit).contains(name.utf8.count),
            name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else {
            throw Fault(
                .invalid, "\(place) has no name, or one that is too long or holds control characters",
                fix: "give it a name")
        }
        guard let digest = try DigestSpecification.read(json["digest"], of: "the signature “\(name)”") else {
            throw Fault(.invalid, "the signature “\(name)” has no digest")
        }
        for key in ["algorithm", "mediaType", "value"] {
            guard let text = json["signature"]?[key]?.string, !text.isEmpty else {
                throw Fault(.invalid, "the signature “\(name)” has no “\(key)”")
            }
            guard text.utf8.count <= Self.valueLimit else {
                throw Fault(
                    .limitExceeded,
                    "“\(key)” of the signature “\(name)” has more than \(ByteCount(Int64(Self.valueLimit)))")
            }
        }
        switch json["signature"]?["issuer"] {
        case nil, .null, .string: break
        default: throw Fault(.invalid, "the issuer of the signature “\(name)” is not a string")
        }
        (self.json, self.digest) = (json, digest)
    }
}
