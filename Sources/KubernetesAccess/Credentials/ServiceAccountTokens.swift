// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Documents
public import Tokens

/// Issues and checks tokens of service accounts, in the form of Kubernetes' bound tokens: for an account of a certain
/// `uid`, for some audiences, for a time, and perhaps only as long as a pod or a secret is there.
public struct ServiceAccountTokens: Sendable, CustomStringConvertible, CustomReflectable {
    /// An object that a token ends with.
    public struct BoundObject: Hashable, Sendable {
        /// What kinds of objects tokens are bound to.
        public enum Kind: String, Sendable {
            case pod = "Pod"
            case secret = "Secret"
            /// Its name in claims.
            var claim: String { self == .pod ? "pod" : "secret" }
        }
        /// Pod or secret.
        public let kind: Kind
        /// Its name, in the namespace of the account.
        public let name: String
        /// Its `metadata.uid`.
        public let uid: String

        /// An object.
        public init(_ kind: Kind, name: String, uid: String) { (self.kind, self.name, self.uid) = (kind, name, uid) }
    }

    /// Whose a token is.
    public struct Holder: Hashable, Sendable {
        /// The account.
        public let account: ServiceAccountIdentity
        /// What the token ends with.
        public let bound: BoundObject?

        /// An account, and what its token is bound to.
        public init(_ account: ServiceAccountIdentity, bound: BoundObject? = nil) {
            (self.account, self.bound) = (account, bound)
        }
    }

    /// A token that was made.
    public struct Issued: Sendable, CustomStringConvertible {
        /// The token. Keep it secret.
        public let token: String
        /// Until when it is valid.
        public let expires: Timestamp
        /// Never the token.
        public var description: String { "token until \(expires)" }
    }

    /// A token that was checked.
    public struct Verified: Sendable {
        /// Whose it is.
        public let holder: Holder
        /// The user that the account is, with what upstream tells of the token in `extra`.
        public let user: UserInfo
        /// Whom it is for, of those that were asked about.
        public let audiences: [String]
        /// Until when it is valid.
        public let expires: Timestamp
    }

    /// Whether an account with its `uid`, and what its token is bound to, are there now. What it throws refuses the token.
    public typealias Check = @Sendable (Holder) throws -> Bool

    /// Who issues the tokens, `iss`.
    public let issuer: String
    /// Whom tokens are for when nobody says otherwise: this API.
    public let audiences: [String]
    /// The longest time for which tokens are issued and taken, in seconds.
    public let longestLifetime: Int64
    /// The shortest time for which tokens are issued, in seconds.
    public static let shortestLifetime: Int64 = 600
    /// The most audiences of a token.
    static let audienceLimit = 64
    private let signer: TokenSigner
    /// The public keys, for those who check tokens themselves.
    public let keySet: JSONWebKeySet
    private let isCurrent: Check

    /// Issuer and keys; never the private one.
    public var description: String { "tokens of \(issuer) signed by \(signer)" }
    /// What `description` says and no more.
    public var customMirror: Mirror { Mirror(self, children: ["tokens": description]) }

    /// Tokens signed with the key of a file.
    ///
    /// The file is made with a new key when it is not there. Throws `.forbidden` when others may read it, and `.invalid`
    /// when it holds no key of ECDSA on P-256.
    public init(
        keyFile: String, issuer: String, audiences: [String]? = nil, longestLifetime: Int64 = 366 * 86_400,
        isCurrent: @escaping Check
    ) throws(Fault) {
        let bytes = try SecretFile.read(keyFile, limit: 32 * 1024) { () throws(Fault) in
            Array(try PrivateKey.generate(.ecdsaP256).pem().utf8)
        }
        let key = try PrivateKey(pem: bytes, source: keyFile)
        guard key.publicKey.kind == .ecdsaP256 else {
            throw Fault(
                .invalid, "\(keyFile) holds a key of \(key.publicKey.kind)",
                fix: "give one of ECDSA P-256, or remove the file so that one is made")
        }
        signer = try TokenSigner(key)
        keySet = try JSONWebKeySet([signer.webKey])
        (self.issuer, self.audiences, self.isCurrent) = (issuer, audiences ?? [issuer], isCurrent)
        self.longestLifetime = longestLifetime
    }

    /// Makes a token for an account that is there.
    ///
    /// - Parameters:
    ///   - audiences: whom it is for; this API if there are none.
    ///   - seconds: for how long; kept between ten minutes and the longest lifetime.
    public func issue(
        to holder: Holder, audiences wanted: [String] = [], seconds: Int64 = 3600, at now: Timestamp
    ) throws(Fault) -> Issued {
        let audiences = wanted.isEmpty ? self.audiences : wanted
        guard audiences.count <= Self.audienceLimit, !audiences.contains("") else {
            throw Fault(
                .invalid, "a token is for one to \(Self.audienceLimit) audiences, none of them empty",
                fix: "name fewer audiences")
        }
        let expires = now.seconds + min(max(seconds, Self.shortestLifetime), longestLifetime)
        var own: JSONObject = ["namespace": .string(holder.account.namespace)]
        if let bound = holder.bound { own[bound.kind.claim] = Self.reference(bound.name, bound.uid) }
        own["serviceaccount"] = Self.reference(holder.account.name, holder.account.uid)
        let claims: JSONObject = [
            "aud": .array(audiences.map { .string($0) }), "exp": .number(JSONNumber(expires)),
            "iat": .number(JSONNumber(now.seconds)), "iss": .string(issuer), "jti": .string(RandomUUID.text()),
            "kubernetes.io": .object(own), "nbf": .number(JSONNumber(now.seconds)),
            "sub": .string(holder.account.userName),
        ]
        return Issued(token: try signer.sign(claims), expires: Timestamp(seconds: expires))
    }

    private static func reference(_ name: String, _ uid: String) -> JSON {
        ["name": .string(name), "uid": .string(uid)]
    }

    /// Whether a text claims to be a token of this issuer; to choose who checks it, and for nothing else.
    func claims(_ text: String) -> UnverifiedToken? {
        guard let token = try? UnverifiedToken(text), token.claimedIssuer == issuer else { return nil }
        return token
    }

    /// Checks a token: signature, issuer, audience and time, what it says of the account, and that the account and what
    /// the token is bound to are there. Throws `.unverified` or `.notFound`; nothing of the token is in the message.
    ///
    /// - Parameter audiences: one of these must be among those it is for; those of this API if there are none.
    public func verify(
        _ text: String, audiences wanted: [String] = [], at now: Timestamp
    ) throws(Fault) -> Verified {
        let accepted = wanted.isEmpty ? audiences : wanted
        var policy = TokenPolicy(issuer: issuer, audiences: Set(accepted))
        // One clock issues and checks.
        (policy.clockSkew, policy.longestLifetime) = (0, longestLifetime)
        let token = try TokenVerifier(keys: keySet, policy: policy).verify(text, at: now)
        let holder = try Self.holder(of: token)
        do {
            guard try isCurrent(holder) else { throw Self.refused("is of an account that is not there any more") }
        } catch {
            throw Fault(wrapping: error)
        }
        var user = holder.account.user
        if let id = token.id { user.extra["authentication.kubernetes.io/credential-id"] = ["JTI=\(id)"] }
        if let bound = holder.bound, bound.kind == .pod {
            user.extra["authentication.kubernetes.io/pod-name"] = [bound.name]
            user.extra["authentication.kubernetes.io/pod-uid"] = [bound.uid]
        }
        return Verified(
            holder: holder, user: user, audiences: accepted.filter(token.audiences.contains), expires: token.expires)
    }

    /// What a token of ours says of its account; all of it must fit together.
    private static func holder(of token: VerifiedToken) throws(Fault) -> Holder {
        func named(_ json: JSON?) -> (name: String, uid: String)? {
            guard let name = json?["name"]?.string, let uid = json?["uid"]?.string, !name.isEmpty, !uid.isEmpty else {
                return nil
            }
            return (name, uid)
        }
        guard let own = token.claims["kubernetes.io"], let namespace = own["namespace"]?.string, !namespace.isEmpty,
            let account = named(own["serviceaccount"])
        else { throw refused("names no service account") }
        let identity = ServiceAccountIdentity(namespace: namespace, name: account.name, uid: account.uid)
        guard token.subject == identity.userName, !namespace.contains(":"), !account.name.contains(":") else {
            throw refused("is about another user than its account")
        }
        for kind in [BoundObject.Kind.pod, .secret] {
            guard let claim = own[kind.claim] else { continue }
            guard let object = named(claim) else { throw refused("is bound to something that has no name") }
            return Holder(identity, bound: BoundObject(kind, name: object.name, uid: object.uid))
        }
        return Holder(identity)
    }

    private static func refused(_ reason: String) -> Fault {
        Fault(.unverified, "the token \(reason)", fix: "ask for a new one")
    }
}
