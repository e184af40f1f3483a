// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Documents

/// Checks tokens of one issuer.
///
/// Keys are chosen by the trusted set alone, each with its own algorithm; what a token says about algorithm and key is
/// compared and never believed.
public struct TokenVerifier: Sendable {
    /// The keys that count.
    public let keys: JSONWebKeySet
    /// What tokens must say.
    public let policy: TokenPolicy

    /// A verifier.
    public init(keys: JSONWebKeySet, policy: TokenPolicy) { (self.keys, self.policy) = (keys, policy) }

    /// Reads and checks a token. See `verify(_:at:)` for tokens that are read.
    public func verify(_ text: String, at now: Timestamp) throws(Fault) -> VerifiedToken {
        try verify(UnverifiedToken(text), at: now)
    }

    /// Checks a token: signature first, then issuer, audience, type and time.
    ///
    /// - Throws: `.notFound` when its key is not in the set; `.unverified` with the reason otherwise.
    public func verify(_ token: UnverifiedToken, at now: Timestamp) throws(Fault) -> VerifiedToken {
        let key = try key(of: token)
        guard key.algorithm == token.algorithm else {
            throw UnverifiedToken.refused("is signed with an algorithm that is not its key's")
        }
        guard key.key.isValid(signature: token.signature, ofMessage: token.signed) else {
            throw UnverifiedToken.refused("has a signature that does not verify")
        }
        let claims = TokenClaims(token.claims)
        guard try claims.text("iss") == policy.issuer else { throw UnverifiedToken.refused("is of another issuer") }
        let audiences = try claims.audiences()
        guard !policy.audiences.isDisjoint(with: audiences) else {
            throw UnverifiedToken.refused("is for somebody else")
        }
        guard token.type.map(policy.types.contains) ?? !policy.isTypeRequired else {
            throw UnverifiedToken.refused("is of another type")
        }
        let (expires, issued) = try checkTime(claims, now.seconds)
        return VerifiedToken(
            issuer: policy.issuer, subject: try claims.text("sub"), audiences: audiences, expires: expires,
            issued: issued, id: try claims.text("jti"), keyID: key.keyID, claims: token.claims)
    }

    /// A token without the name of a key is taken when there is no choice.
    private func key(of token: UnverifiedToken) throws(Fault) -> JSONWebKey {
        if let name = token.keyID {
            guard let key = keys.key(named: name) else {
                throw Fault(.notFound, "the token names a key that is not known", fix: "ask its issuer for a new one")
            }
            return key
        }
        guard keys.keys.count == 1, let key = keys.keys.first else {
            throw UnverifiedToken.refused("does not name its key, and its issuer has several")
        }
        return key
    }

    private func checkTime(_ claims: TokenClaims, _ now: Int64) throws(Fault) -> (Timestamp, Timestamp?) {
        guard let expires = try claims.time("exp") else { throw UnverifiedToken.refused("never expires") }
        let notBefore = try claims.time("nbf"), issued = try claims.time("iat")
        guard now < expires + policy.clockSkew else { throw UnverifiedToken.refused("has expired") }
        guard notBefore ?? now <= now + policy.clockSkew else { throw UnverifiedToken.refused("is not valid yet") }
        guard issued ?? now <= now + policy.clockSkew else { throw UnverifiedToken.refused("is from the future") }
        guard expires - (issued ?? notBefore ?? now) <= policy.longestLifetime else {
            throw UnverifiedToken.refused("is valid for longer than is accepted")
        }
        return (Timestamp(seconds: expires), issued.map { Timestamp(seconds: $0) })
    }
}
