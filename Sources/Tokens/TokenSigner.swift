// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
public import Documents

/// Makes signed tokens (RFC 7519 in the compact form of RFC 7515). It has no description that shows its key.
public struct TokenSigner: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: PrivateKey
    private let head: String
    /// The public part, for whoever checks the tokens.
    public let webKey: JSONWebKey
    /// What kind of key it is; never the key.
    public var description: String { "signer with \(webKey)" }
    /// What `description` says and no more.
    public var customMirror: Mirror { Mirror(self, children: ["key": webKey.description]) }

    /// A signer with a key of RSA (2048 bits at least), P-256, P-384 or Ed25519.
    ///
    /// - Parameters:
    ///   - keyID: the key's name; its thumbprint if there is none.
    ///   - type: what the tokens say they are, `typ` (RFC 8725 section 3.11).
    public init(_ key: PrivateKey, keyID: String? = nil, type: String = "JWT") throws(Fault) {
        self.key = key
        webKey = try JSONWebKey(key.publicKey, keyID: keyID)
        let header: JSON = [
            "alg": .string(webKey.algorithm.rawValue), "typ": .string(type), "kid": .string(webKey.keyID),
        ]
        head = Base64URL.encode(header.encoded())
    }

    /// A token with these claims.
    ///
    /// Throws `.limitExceeded` when it would be larger than any verifier takes.
    public func sign(_ claims: JSONObject) throws(Fault) -> String {
        let signed = "\(head).\(Base64URL.encode(JSON.object(claims).encoded()))"
        let token = "\(signed).\(Base64URL.encode(try key.sign(message: Array(signed.utf8))))"
        guard token.utf8.count <= UnverifiedToken.sizeLimit else {
            throw Fault(
                .limitExceeded,
                "a token would have \(ByteCount(Int64(token.utf8.count))), more than the"
                    + " \(ByteCount(Int64(UnverifiedToken.sizeLimit))) that are taken", fix: "ask for less at once")
        }
        return token
    }
}
