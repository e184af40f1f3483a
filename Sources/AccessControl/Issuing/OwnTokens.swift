// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Tokens

/// The tokens of this service: what they say, and what that means when they come back.
struct OwnTokens: Sendable {
    let keys: SigningKeys
    /// Issuer and audience, and how long tokens are valid at most.
    let policy: TokenPolicy
    let service: String
    let lifetime: Int64

    init(keys: SigningKeys, issuer: String, service: String, lifetime: Int64) {
        (self.keys, self.service, self.lifetime) = (keys, service, lifetime)
        var policy = TokenPolicy(issuer: issuer, audiences: [service])
        // One clock issues and checks.
        (policy.clockSkew, policy.longestLifetime) = (0, lifetime)
        (policy.types, policy.isTypeRequired) = (["jwt"], true)
        self.policy = policy
    }

    /// A token for somebody, by whatever means they are known.
    func issue(_ grants: TokenGrants, to identity: Identity, at now: Timestamp, id: String) throws(Fault) -> String {
        var claims: JSONObject = [
            "iss": .string(policy.issuer), "sub": .string(identity.user ?? ""), "aud": .string(service),
            "iat": .number(JSONNumber(now.seconds)), "nbf": .number(JSONNumber(now.seconds)),
            "exp": .number(JSONNumber(now.seconds + lifetime)), "jti": .string(id), "access": grants.claim,
        ]
        // Whoever came with a password is looked up again whenever the token comes back (RFC 8176).
        if identity.means == .password {
            claims["amr"] = ["pwd"]
        } else if !identity.groups.isEmpty {
            claims["groups"] = .array(identity.groups.sorted().map { .string($0) })
        }
        return try keys.signer.sign(claims)
    }

    /// Whose a token is. What it grants counts only as far as the rules still allow it.
    ///
    /// A user with a password who is no longer in the file is refused, and has the groups of now.
    func identity(
        of token: UnverifiedToken, at now: Timestamp, passwords: PasswordFile?,
        groups currentGroups: (String) -> Set<String>
    ) throws(Fault) -> TokenIdentity {
        let verified = try TokenVerifier(keys: keys.keySet, policy: policy).verify(token, at: now)
        var groups = Set((verified.claims["groups"]?.array ?? []).compactMap(\.string))
        guard let subject = verified.subject, subject.isEmpty || Identity.isName(subject),
            let grants = verified.claims["access"].flatMap({ TokenGrants($0) })
        else {
            throw Fault(.unverified, "the token is none of those that are issued here", fix: "ask for a new one")
        }
        if verified.claims["amr"] == ["pwd"] {
            guard passwords?.holds(subject) == true else {
                throw Fault(.unverified, "the token is of a user who is there no more", fix: "log in again")
            }
            groups = currentGroups(subject)
        }
        let identity = Identity(
            user: subject.isEmpty ? nil : subject, groups: groups, means: .token, authority: .rulesWithin(grants))
        return TokenIdentity(identity: identity, expires: verified.expires)
    }
}
