// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
public import Documents

/// A document that is no component descriptor, with signatures over its canonical form (RFC 8785).
///
/// Written as `{"document": …, "signatures": […]}`; entries have the shape of those in descriptors. The document has a
/// `type`, which is signed with it, so that a signature over one kind of document is none over another.
public struct SignedDocument: Sendable, Equatable {
    /// What is signed.
    public let document: JSON
    /// The signatures; they prove nothing until `verify` has looked at them.
    public private(set) var signatures: [SignatureEntry]

    /// The most signatures of a document.
    public static let signatureLimit = 16
    private static let normalisation = "jsonCanonicalisation/rfc8785"

    /// A document without signatures.
    public init(_ document: JSON) { (self.document, signatures) = (document, []) }

    /// Reads the envelope; throws `.invalid` when it is none of a document of that type.
    public init(_ json: JSON, type: String, source: String) throws(Fault) {
        func invalid(_ what: String) -> Fault {
            Fault(.invalid, "\(source) \(what)", fix: "check that it is the right file, or get it again")
        }
        guard let envelope = json.object, envelope.allSatisfy({ ["document", "signatures"].contains($0.key) }),
            let document = json["document"], document.object != nil
        else { throw invalid("is no document with signatures") }
        guard document["type"]?.string == type else {
            throw invalid("is of type “\(document["type"]?.string?.prefix(60) ?? "")”, not \(type)")
        }
        guard let list = json["signatures"]?.array else { throw invalid("has no list of signatures") }
        guard list.count <= Self.signatureLimit else {
            throw Fault(.limitExceeded, "\(source) has more than \(Self.signatureLimit) signatures")
        }
        var signatures: [SignatureEntry] = []
        for item in list { signatures.append(try SignatureEntry(item, place: "a signature of \(source)")) }
        (self.document, self.signatures) = (document, signatures)
    }

    /// The envelope.
    public var json: JSON { ["document": document, "signatures": .array(signatures.map(\.json))] }

    /// Adds a signature; one of that name is replaced.
    public mutating func sign(name: String, key: PrivateKey, scheme: SignatureScheme) throws(Fault) {
        let digest = Digest(of: try document.canonical())
        let entry = try SignatureEntry(
            name: name,
            digest: DigestSpecification(
                hashAlgorithm: digest.algorithm.ocmName, normalisationAlgorithm: Self.normalisation, value: digest.hex),
            algorithm: scheme.rawValue, mediaType: scheme.mediaType, value: try key.sign(digest, scheme: scheme).hex)
        signatures.removeAll { $0.name == name }
        signatures.append(entry)
    }

    /// The name of a signature that this key made over this document.
    ///
    /// Throws `.unverified` when there is none. What an entry says its digest is counts for nothing: it is computed.
    /// - Parameter name: the signature that must be the one; nil for any.
    public func verify(with key: PublicKey, name: String? = nil, source: String) throws(Fault) -> String {
        let candidates = signatures.filter { name == nil || $0.name == name }
        guard !candidates.isEmpty else {
            throw Fault(
                .unverified, "\(source) has no signature\(name.map { " “\($0)”" } ?? "")",
                fix: "ask who made it to sign it")
        }
        let digest = Digest(of: try document.canonical())
        for entry in candidates {
            guard let scheme = SignatureScheme(rawValue: entry.algorithm), entry.mediaType == scheme.mediaType,
                entry.digest.normalisationAlgorithm == Self.normalisation,
                let stated = try? entry.digest.digest(), stated == digest, let bytes = [UInt8](hex: entry.value),
                key.isValid(signature: bytes, over: digest, scheme: scheme)
            else { continue }
            return entry.name
        }
        throw Fault(
            .unverified, "no signature of \(source) was made over it with the key \(key.summary)",
            fix: "check that the key is the signer's; if it is, the file was altered: get it again")
    }
}
