// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Cryptography
internal import Repositories

/// Turns keys and certificates that the user named, or the configuration holds, into demands on signatures.
struct TrustResolver {
    let context: OCMContext

    /// The demands for a version.
    ///
    /// With keys or root certificates given, they count. Without, every signature asked for must have a public key in
    /// the configuration (consumers of type `RSA/v1alpha1`).
    func trust(
        signatures: [String], publicKeys: [NamedFile], roots: [String], issuer: String?,
        for descriptor: ComponentDescriptor
    ) throws(Fault) -> [SignatureTrust] {
        var trust: [SignatureTrust] = []
        for file in publicKeys {
            let key = VerificationKey.key(try Self.publicKey(file.path))
            let names = file.name.map { [$0] } ?? signatures
            trust +=
                names.isEmpty
                ? [SignatureTrust(signature: nil, key: key)] : names.map { SignatureTrust(signature: $0, key: key) }
        }
        if !roots.isEmpty {
            var certificates: [Certificate] = []
            for path in roots {
                certificates += try Certificate.all(inPEM: FileSystem.read(path, limit: 1 << 20), source: path)
            }
            let key = VerificationKey.roots(certificates, issuer: issuer)
            trust +=
                signatures.isEmpty
                ? [SignatureTrust(signature: nil, key: key)]
                : signatures.map { SignatureTrust(signature: $0, key: key) }
        }
        guard trust.isEmpty else { return trust }
        let wanted = signatures.isEmpty ? descriptor.signatures.map(\.name) : signatures
        for name in wanted {
            guard let entry = descriptor.signatures.first(where: { $0.name == name }),
                let key = try configuredKey(signature: name, algorithm: entry.algorithm)
            else { continue }
            trust.append(SignatureTrust(signature: name, key: key))
        }
        if !signatures.isEmpty, trust.count < signatures.count {
            let missing = signatures.filter { name in !trust.contains { $0.signature == name } }
            throw Fault(
                .unverified,
                "there is no public key for the signature \(missing.map { "“\($0)”" }.joined(separator: ", "))",
                fix: "pass --public-key FILE, or configure a consumer of type RSA/v1alpha1 for it")
        }
        return trust
    }

    /// `--verify NAME=FILE`, as transfers take it.
    func trust(_ demands: [NamedFile]) throws(Fault) -> [SignatureTrust] {
        var trust: [SignatureTrust] = []
        for demand in demands {
            let key = try Self.publicKey(demand.path)
            trust.append(SignatureTrust(signature: demand.name, key: .key(key)))
        }
        return trust
    }

    /// The public key that the configuration has for a signature; nil when it has none.
    func configuredKey(signature: String, algorithm: String) throws(Fault) -> VerificationKey? {
        guard let credential = context.signingCredential(signature: signature, algorithm: algorithm),
            let pem = try credential.pem(
                ["publicKeyPEM", "public_key_pem"], files: ["publicKeyPEMFile", "public_key_pem_file"])
        else { return nil }
        return .key(try PublicKey(pem: pem.bytes, source: pem.source))
    }

    static func publicKey(_ path: String) throws(Fault) -> PublicKey {
        try PublicKey(pem: FileSystem.read(path, limit: 1 << 20), source: path)
    }
}

extension OCMContext {
    /// The credential configured for a signature.
    func signingCredential(signature: String, algorithm: String) -> Credential? {
        configurationCredential(
            ConsumerIdentity(["type": "RSA/v1alpha1", "algorithm": algorithm, "signature": signature]))
    }

    private func configurationCredential(_ identity: ConsumerIdentity) -> Credential? {
        connections.credentials.credential(for: identity)
    }
}
