// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography

/// Who somebody is by a certificate of an authority: its common name is the user, its organizations are the groups.
public struct ClientCertificateUser: Sendable {
    /// The only authorities whose certificates count.
    public let authorities: [Certificate]
    /// Users who were verified within the same second.
    private let verified = Guarded(Verified())

    /// What a verification says depends on the certificate, the authorities and the second: within that second it need not
    /// be done again for each request on a connection.
    private struct Verified: Sendable {
        /// More certificates than that are verified each time, so that nobody fills the memory with his.
        static let limit = 256
        var second: Timestamp?
        /// By the bytes of the certificate.
        var users: [[UInt8]: UserInfo] = [:]
    }

    /// Trusts authorities; without any nobody is known.
    public init(authorities: [Certificate]) { self.authorities = authorities }

    /// The user of a certificate that a TLS client proved to own.
    ///
    /// The chain is verified here, whatever has been verified before: it must lead to one of the authorities, be valid
    /// now, and be for TLS clients. Throws `.unverified` otherwise, also when it has no common name. Within one second a
    /// certificate that was verified is not verified again.
    public func user(of der: [UInt8], at now: Timestamp) throws(Fault) -> UserInfo {
        if let known = verified.withLock({ $0.second == now ? $0.users[der] : nil }) { return known }
        let user = try verifiedUser(of: der, at: now)
        verified.withLock { verified in
            if verified.second != now { (verified.second, verified.users) = (now, [:]) }
            if verified.users.count < Verified.limit { verified.users[der] = user }
        }
        return user
    }

    private func verifiedUser(of der: [UInt8], at now: Timestamp) throws(Fault) -> UserInfo {
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
