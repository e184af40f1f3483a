// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
public import Cryptography

/// The keys that operations may use, each under the name by which specifications know it.
///
/// A specification is a document of others: it names a key that whoever runs it allowed, and never a file.
public struct OperationKeys: Sendable {
    private let signing: [String: PrivateKey]
    private let verification: @Sendable (String) throws(Fault) -> VerificationKey?

    /// Keys by name.
    ///
    /// - Parameters:
    ///   - signing: what may be signed with.
    ///   - verification: finds what signatures are verified with, nil for a name that is not known.
    public init(
        signing: [String: PrivateKey] = [:],
        verification: @escaping @Sendable (String) throws(Fault) -> VerificationKey? = { _ throws(Fault) in nil }
    ) {
        (self.signing, self.verification) = (signing, verification)
    }

    /// The key to sign with. Throws `forbidden` for a name that was not allowed.
    public func signingKey(_ name: String) throws(Fault) -> PrivateKey {
        if let key = signing[name] { return key }
        let names = signing.keys.sorted()
        throw Fault(
            .forbidden, "the specification signs with the key “\(name)”, which it was not given",
            fix: "if it may, pass --signing-key \(name)=FILE"
                + (names.isEmpty ? "" : "; it was given \(names.joined(separator: ", "))"))
    }

    /// What to verify with. Throws `unverified` for a name that is not known.
    public func verificationKey(_ name: String) throws(Fault) -> VerificationKey {
        if let key = try verification(name) { return key }
        throw Fault(
            .unverified, "the specification verifies with the key “\(name)”, which is not known",
            fix: "pass --public-key \(name)=FILE, or configure a consumer of type RSA/v1alpha1 for it")
    }
}
