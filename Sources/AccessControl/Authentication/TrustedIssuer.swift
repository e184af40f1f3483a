// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Tokens

/// Whose a token is, and until when.
struct TokenIdentity: Sendable {
    let identity: Identity
    let expires: Timestamp
}

/// An issuer elsewhere whose tokens count, and what their claims mean here.
struct TrustedIssuer: Sendable {
    let policy: TokenPolicy
    let keys: IssuerKeys
    let claims: ClaimMapping

    /// Checks a token and says whose it is.
    func identity(of token: UnverifiedToken, at now: Timestamp) async throws -> TokenIdentity {
        let keys = try await keys.keys(for: token)
        let verified = try TokenVerifier(keys: keys, policy: policy).verify(token, at: now)
        return TokenIdentity(identity: try claims.identity(of: verified), expires: verified.expires)
    }
}

/// What the claims of an issuer's tokens mean here.
struct ClaimMapping: Sendable, Hashable {
    /// The claim that names the user.
    var user = "sub"
    /// The claim that lists groups; without it there are none.
    var groups: String?
    /// What stands before the names of the issuer's users and groups, so that they are nobody else's.
    var prefix: String
    /// Whether the claim `access` decides, in place of the rules.
    var isAccessGranted = false

    func identity(of token: VerifiedToken) throws(Fault) -> Identity {
        guard let name = token.claims[user]?.string, Identity.isName(prefix + name), !name.isEmpty else {
            throw refused("names no user in its claim “\(user)”")
        }
        var names: Set<String> = []
        if let groups, let claim = token.claims[groups] {
            guard let items = claim.array, items.count <= Identity.groupLimit else {
                throw refused("has a claim “\(groups)” that is no short list")
            }
            for item in items {
                guard let group = item.string, Identity.isName(prefix + group), !group.isEmpty else {
                    throw refused("has a claim “\(groups)” with something that is no group")
                }
                names.insert(prefix + group)
            }
        }
        guard isAccessGranted else { return Identity(user: prefix + name, groups: names, means: .issuer) }
        guard let grants = TokenGrants(token.claims["access"] ?? []) else {
            throw refused("has a claim “access” of another shape")
        }
        return Identity(user: prefix + name, groups: names, means: .issuer, authority: .grants(grants))
    }

    private func refused(_ reason: String) -> Fault {
        Fault(.unverified, "the token \(reason)", fix: "compare the issuer's claims with the configuration")
    }
}
