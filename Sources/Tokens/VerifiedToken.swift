// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// The claims of a token whose signature, issuer, audience, type and time were checked; only a `TokenVerifier` makes one.
public struct VerifiedToken: Sendable, CustomStringConvertible, CustomReflectable {
    /// Who issued it.
    public let issuer: String
    /// Whom it is about, `sub`, when it says so.
    public let subject: String?
    /// Whom it is for.
    public let audiences: [String]
    /// Until when it is valid.
    public let expires: Timestamp
    /// When it was issued, when it says so.
    public let issued: Timestamp?
    /// Its own name, `jti`, when it has one.
    public let id: String?
    /// The name of the key that signed it.
    public let keyID: String
    /// All claims, those above included.
    public let claims: JSONObject

    /// Issuer and time; not whom it is about.
    public var description: String { "token of \(issuer) until \(expires)" }
    /// What `description` says and no more.
    public var customMirror: Mirror { Mirror(self, children: ["token": description]) }
}
