// SPDX-License-Identifier: Apache-2.0

public import Documents

/// A signature as a descriptor carries it.
public struct SignatureEntry: Hashable, Sendable {
    /// The whole object, unknown fields included.
    public var json: JSON
    /// Wraps a signature.
    public init(json: JSON) { self.json = json }

    /// The name, unique in the descriptor.
    public var name: String { json["name"]?.string ?? "" }
    /// What was signed.
    public var digest: DigestSpecification {
        DigestSpecification(json: json["digest"])
            ?? DigestSpecification(hashAlgorithm: "", normalisationAlgorithm: "", value: "")
    }
    /// The signature algorithm.
    public var algorithm: String { json["signature"]?["algorithm"]?.string ?? "" }
    /// How the value is written.
    public var mediaType: String { json["signature"]?["mediaType"]?.string ?? "" }
    /// The signature itself.
    public var value: String { json["signature"]?["value"]?.string ?? "" }
    /// The distinguished name of the signer, when the signature has a certificate.
    public var issuer: String? { json["signature"]?["issuer"]?.string }
}
