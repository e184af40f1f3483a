// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Finds out who makes a request: by a client certificate, a token of a service account, or a token of a file.
public struct RequestAuthenticator: Sendable {
    /// Certificates that count; nil for none.
    public var certificates: ClientCertificateUser?
    /// Tokens of service accounts; nil for none.
    public var serviceAccounts: ServiceAccountTokens?
    /// Tokens of a file; nil for none.
    public var tokens: TokenFile?
    /// Whether those who show nothing are let in as `system:anonymous`. Who shows something wrong is not.
    public var allowsAnonymous = false

    /// Nobody is known.
    public init() {}

    /// The user of a request. Throws `.unauthorized` when nobody is known by what is shown, with the reason as its cause,
    /// which is for logs and not for the client.
    ///
    /// A certificate that counts decides; otherwise what stands in `Authorization` does.
    ///
    /// - Parameters:
    ///   - authorization: the value of the header; nil when there is none.
    ///   - certificate: the DER of the certificate that the client proved to own; nil when it showed none.
    public func user(authorization: String?, certificate: [UInt8]?, at now: Timestamp) throws(Fault) -> UserInfo {
        var problem: Fault?
        if let certificate {
            do throws(Fault) {
                guard let certificates else { throw Self.unknown("shows a certificate, and none count here") }
                return try certificates.user(of: certificate, at: now)
            } catch { problem = error }
        }
        if let authorization {
            do throws(Fault) { return try user(ofToken: Self.bearer(authorization), at: now).user } catch {
                problem = error
            }
        }
        if let problem {
            throw Fault(.unauthorized, "nobody is known by what the client shows", cause: problem)
        }
        guard allowsAnonymous else {
            throw Fault(
                .unauthorized, "the client does not say who it is", fix: "send a token, or show a client certificate")
        }
        return .anonymous
    }

    /// The user of a token, and whom of those asked about it is for; empty when it is for nobody in particular.
    func user(
        ofToken token: String, audiences: [String] = [], at now: Timestamp
    ) throws(Fault) -> (user: UserInfo, audiences: [String]) {
        if let serviceAccounts, serviceAccounts.claims(token) != nil {
            let verified = try serviceAccounts.verify(token, audiences: audiences, at: now)
            return (verified.user, verified.audiences)
        }
        guard let user = tokens?.user(of: token) else { throw Self.unknown("sends a token that is nobody's") }
        // Tokens of the file are for this API alone.
        let own = serviceAccounts?.audiences ?? []
        let common = audiences.isEmpty ? own : audiences.filter(own.contains)
        guard audiences.isEmpty || !common.isEmpty else { throw Self.unknown("sends a token for this API alone") }
        return (user, common)
    }

    private static func unknown(_ what: String) -> Fault { Fault(.unverified, "the client \(what)") }

    /// The longest token, and the word before it.
    private static let headerLimit = 17 * 1024

    /// The token of a header with the scheme `Bearer` (RFC 6750 section 2.1).
    private static func bearer(_ header: String) throws(Fault) -> String {
        guard header.utf8.count <= headerLimit else { throw unknown("sends a token that is too large") }
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer",
            parts[1].utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw unknown("sends something that is no bearer token") }
        return String(parts[1])
    }
}
