// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
internal import Cryptography
public import Evidence
internal import Repositories

extension EvidenceSubject {
    /// A component version, or one resource or source of it.
    public init(_ identity: ComponentVersionIdentity, element: (kind: String, name: String)? = nil) {
        self.init(component: identity.name.text, version: identity.version.text, element: element)
    }
}

extension TransferOptions {
    /// Verifies the signatures that are demanded, and leaves evidence of each or of the one that is refused.
    @discardableResult
    public func verifySignatures(of descriptor: ComponentDescriptor) throws(Fault) -> [VerifiedSignature] {
        var all: [VerifiedSignature] = []
        for demand in trust {
            let verified: [VerifiedSignature]
            do throws(Fault) {
                verified = try ComponentVersionVerifier.verifySignatures(of: descriptor, [demand])
            } catch {
                var key: Digest?
                if case .key(let publicKey) = demand.key { key = publicKey.fingerprint }
                try evidence(
                    .signatureRefused(
                        EvidenceSubject(descriptor.identity), signature: demand.signature,
                        algorithm: descriptor.signatures.first { $0.name == demand.signature }?.algorithm, key: key,
                        reason: error.message))
                throw error
            }
            for signature in verified {
                try evidence(
                    .signatureVerified(
                        EvidenceSubject(descriptor.identity), signature: signature.name,
                        algorithm: signature.algorithm, digest: signature.digest, key: signature.keyFingerprint))
            }
            all += verified
        }
        return all
    }
}
