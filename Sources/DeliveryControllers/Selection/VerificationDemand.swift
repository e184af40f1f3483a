// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Repositories

/// A signature that must verify, with the key or the certificates that were given for it.
public struct VerificationDemand: Hashable, Sendable {
    /// The signature's name.
    public let signature: String
    /// A public key or certificates as PEM.
    public let pem: [UInt8]
    /// Where they are from, for messages.
    public let source: String

    /// A demand; nothing is read yet.
    public init(signature: String, pem: [UInt8], source: String) {
        (self.signature, self.pem, self.source) = (signature, pem, source)
    }

    /// Equal when name and key are.
    public static func == (a: VerificationDemand, b: VerificationDemand) -> Bool {
        (a.signature, a.pem) == (b.signature, b.pem)
    }
    /// Hashes name and key.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(signature)
        hasher.combine(pem)
    }

    /// What the signature may verify with: a public key; of certificates the key of the first, or any that they certify.
    func keys() throws(Fault) -> [VerificationKey] {
        var keys: [VerificationKey] = [.key(try PublicKey(pem: pem, source: source))]
        let blocks = try PEM.blocks(in: pem, source: source)
        if blocks.contains(where: { $0.label == "CERTIFICATE" }) {
            keys.append(.roots(try Certificate.all(inPEM: pem, source: source), issuer: nil))
        }
        return keys
    }

    /// Verifies the signature of a descriptor, and says with what.
    ///
    /// Throws `.unverified` when the signature is missing, wrong, or of a kind that is not verified here.
    func verify(_ descriptor: ComponentDescriptor) throws(Fault) -> (VerifiedSignature, SignatureTrust) {
        var first: Fault?
        for key in try keys() {
            let trust = SignatureTrust(signature: signature, key: key)
            do throws(Fault) {
                if let verified = try ComponentVersionVerifier.verifySignatures(of: descriptor, [trust]).first {
                    return (verified, trust)
                }
            } catch { first = first ?? error }
        }
        let fault = first ?? Fault(.unverified, "\(descriptor.identity) has no signature “\(signature)”")
        throw Fault(
            fault.code, fault.message, fix: "check the signature “\(signature)” and \(source)", cause: fault.cause)
    }
}
