// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography

/// Who somebody is by a certificate of an authority: its common name is the user, its organizations are the groups.
public struct ClientCertificateUser: Sendable {
    /// The only authorities whose certificates count.
    public let authorities: [Certificate]

    /// Trusts authorities; without any nobody is known.
    public init(authorities: [Certificate]) { self.authorities = authorities }

    /// The user of a certificate that a TLS client proved to own.
    ///
    /// The chain is verified here, whatever has been verified before: it must lead to one of the authorities, be valid
    /// now, and be for TLS clients. Throws `.unverified` otherwise, also when it has no common name.
    public func user(of der: [UInt8], at now: Timestamp) throws(Fault) -> UserInfo {
        let certificate = try Certificate(der: der, source: "the client")
        try CertificateChain.verify(
            leaf: certificate, intermediates: [], roots: authorities, at: now, for: .client)
        guard let name = certificate.commonName, !name.isEmpty else {
            throw Fault(
                .unverified, "the client's certificate names no user", fix: "use one with a common name (CN)")
        }
        let groups = (certificate.subject.attributes["O"] ?? []).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let id = "X509SHA256=\(Digest(of: certificate.der).hex)"
        return UserInfo(name, groups: groups, extra: ["authentication.kubernetes.io/credential-id": [id]]).authenticated
    }
}
