// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Repositories

/// The keys of a rule, as their files are now.
struct SignatureKeys: Sendable {
    /// Which signatures must be there, each with the keys of which one must have made it.
    let demands: [(name: String?, keys: [VerificationKey])]
    /// Changes when the rule, or what its files hold, does.
    let fingerprint: Digest

    /// The most bytes of a file with keys.
    private static let sizeLimit = 1 << 20

    /// Reads the files; throws when one is missing or holds no key.
    init(_ rule: SignatureRule) throws(Fault) {
        var demands: [(String?, [VerificationKey])] = []
        var parts: [JSON] = [
            .string(rule.prefix), .array(rule.components.map { .string($0.description) }),
            .string(rule.unverified.rawValue), .bool(rule.isRecursive),
        ]
        for demand in rule.demands {
            var keys: [VerificationKey] = []
            parts.append(.string(demand.name ?? ""))
            for key in demand.keys {
                switch key {
                case .publicKey(let path):
                    let bytes = try FileSystem.read(path, limit: Self.sizeLimit)
                    let key = try PublicKey(pem: bytes, source: path)
                    keys.append(.key(key))
                    parts.append(.string("key \(key.fingerprint)"))
                case .roots(let path, let issuer):
                    let bytes = try FileSystem.read(path, limit: Self.sizeLimit)
                    let roots = try Certificate.all(inPEM: bytes, source: path)
                    guard !roots.isEmpty else { throw Fault(.invalid, "\(path) holds no certificate") }
                    keys.append(.roots(roots, issuer: issuer))
                    parts.append(.string("roots \(Digest(of: bytes)) \(issuer ?? "")"))
                }
            }
            demands.append((demand.name, keys))
        }
        self.demands = demands
        fingerprint = Digest(of: JSON.array(parts).encoded())
    }

    /// The signatures that meet the demands, one for each; throws `.unverified` unless a descriptor has them all.
    @discardableResult
    func verify(_ descriptor: ComponentDescriptor) throws(Fault) -> [SignatureWitness] {
        var witnesses: [SignatureWitness] = []
        for (name, keys) in demands {
            let entries = descriptor.signatures.filter { name == nil || $0.name == name }
            guard !entries.isEmpty else {
                throw Fault(
                    .unverified, "\(descriptor.identity) has no signature\(name.map { " “\($0)”" } ?? "")",
                    fix: "sign it first: ocm sign cv …")
            }
            witnesses.append(try verify(descriptor, entries.map(\.name), keys))
        }
        return witnesses
    }

    /// One of the signatures must have been made with one of the keys.
    private func verify(
        _ descriptor: ComponentDescriptor, _ names: [String], _ keys: [VerificationKey]
    ) throws(Fault) -> SignatureWitness {
        var failure: Fault?
        for name in names {
            for key in keys {
                do throws(Fault) {
                    let verified = try ComponentVersionVerifier.verifySignatures(
                        of: descriptor, [SignatureTrust(signature: name, key: key)])
                    return SignatureWitness(name: name, signer: verified[0].signer)
                } catch { failure = failure ?? error }
            }
        }
        throw failure ?? Fault(.unverified, "\(descriptor.identity) cannot be verified: there is no key")
    }
}
