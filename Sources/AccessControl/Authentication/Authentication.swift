// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Web

/// What a request brings to show whose it is. Never shown.
public struct PresentedCredentials: Sendable, CustomStringConvertible, CustomReflectable {
    /// The value of the header `Authorization`, when there is one.
    public var authorization: String?
    /// The client certificate in DER, when TLS was given one and found that a trusted authority issued it.
    public var certificate: [UInt8]?
    /// Where the request comes from.
    public var peer: IPAddress

    /// What a request brings.
    public init(authorization: String?, certificate: [UInt8]? = nil, peer: IPAddress) {
        (self.authorization, self.certificate, self.peer) = (authorization, certificate, peer)
    }

    /// Where it comes from, and nothing of what it brings.
    public var description: String { "credentials from \(peer)" }
    /// What `description` says and no more.
    public var customMirror: Mirror { Mirror(self, children: ["peer": "\(peer)"]) }
}

/// Whose a request is.
public enum Authentication: Sendable {
    /// Somebody's, or nobody's in particular when it brings nothing.
    case identity(Identity)
    /// What it brings does not count.
    case refused(AuthenticationRefusal)
    /// It was not looked at, since too much went wrong before or too much waits; again after so many seconds.
    case throttled(retryAfter: Int)
    /// It could not be looked at: the keys of its issuer are not to be had now.
    case unavailable(Fault)
}

/// Why credentials do not count.
public struct AuthenticationRefusal: Sendable, CustomStringConvertible {
    /// The kinds of reasons, fit for a metric.
    public enum Reason: String, Sendable, CaseIterable {
        /// The header is not what its scheme demands.
        case malformed
        /// The scheme is neither Basic nor Bearer, or there is nothing here to check it with.
        case unsupported
        /// No such user, or another password.
        case wrongPassword = "wrong_password"
        /// The token is damaged, forged, expired, or for somebody else.
        case invalidToken = "invalid_token"
        /// The certificate names nobody that is known, or is not valid now.
        case invalidCertificate = "invalid_certificate"
    }

    /// The kind.
    public let reason: Reason
    /// What is wrong in one sentence for the log, without anything secret; the client is told no more than the kind.
    public let fault: Fault

    init(_ reason: Reason, _ fault: Fault) { (self.reason, self.fault) = (reason, fault) }
    init(_ reason: Reason, _ message: String) {
        self.init(reason, Fault(.unauthorized, message, fix: "log in again"))
    }

    /// The sentence for the log.
    public var description: String { fault.message }
}
