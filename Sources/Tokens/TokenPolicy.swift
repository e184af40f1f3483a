// SPDX-License-Identifier: Apache-2.0

/// What a token must say, beside being signed with a trusted key (RFC 8725).
public struct TokenPolicy: Sendable, Hashable {
    /// Who must have issued it, `iss`, to the letter.
    public var issuer: String
    /// Whom it must be for: one of these must be among its `aud`. Without any, no token is valid.
    public var audiences: Set<String>
    /// How much clocks may differ, in seconds.
    public var clockSkew: Int64 = 60
    /// The longest time for which a token may be valid, from `iat`, else `nbf`, else now, to `exp`; in seconds.
    public var longestLifetime: Int64 = 24 * 3600
    /// What it may say that it is, `typ`, in lower case.
    public var types: Set<String> = ["jwt", "at+jwt"]
    /// Whether it must say what it is.
    public var isTypeRequired = false

    /// A policy with the values above for all that is not given.
    public init(issuer: String, audiences: Set<String>) { (self.issuer, self.audiences) = (issuer, audiences) }
}
