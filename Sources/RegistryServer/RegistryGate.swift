// SPDX-License-Identifier: Apache-2.0

public import AccessControl
public import Basics
internal import Registry
internal import Web
internal import WebServer

/// Whose request it is.
struct RegistryCaller: Sendable {
    let identity: Identity
    let address: IPAddress
    /// What the records and logs call them.
    var name: String { identity.user ?? "anonymous" }
    /// On whose account their uploads count. Of IPv6 it is the network of 64 bits, since one host has all of it.
    var share: UploadShare {
        if let user = identity.user { return .user(user) }
        let plain = address.mapped ?? address
        guard plain.family == .v6, let network = IPPrefix(address: plain, prefixLength: 64)?.masked else {
            return .address("\(plain)")
        }
        return .address("\(network)")
    }
}

/// Lets requests through, or says why not: 401 with how to log in, 403, 429.
///
/// Whether a repository exists does not matter here, so nobody learns that from a refusal.
public final class RegistryGate: Sendable {
    let access: RegistryAccess
    private let tell: @Sendable (Fault) -> Void

    /// - Parameter report: told why credentials were not accepted, which clients do not learn.
    public init(_ access: RegistryAccess, report: @escaping @Sendable (Fault) -> Void = { _ in }) {
        (self.access, tell) = (access, report)
    }

    /// Who asks, when that is known already and they may; nil when the answer needs more than a look into tables.
    func admitNow(_ request: ServerRequest, _ action: RegistryAction, _ name: Substring) -> RegistryCaller? {
        guard
            let identity = access.authenticator.known(
                authorization: request.headers["Authorization"], certificate: request.clientCertificate),
            case .allowed = decide(identity, action, name)
        else { return nil }
        return RegistryCaller(identity: identity, address: request.peer.address)
    }

    /// Who asks, when they may; throws a `Refusal` otherwise.
    func admit(_ request: ServerRequest, _ action: RegistryAction, _ name: Substring) async throws -> RegistryCaller {
        let identity = try await identity(of: request)
        switch decide(identity, action, name) {
        case .allowed: return RegistryCaller(identity: identity, address: request.peer.address)
        case .unauthorized(let challenge): throw Self.unauthorized(challenge, "log in to do that")
        case .forbidden:
            throw Refusal(
                RegistryAnswer.error(403, code: "DENIED", "\(identity.user ?? "anybody") may not do that here"))
        }
    }

    /// The same for somebody at a browser, which knows names and passwords but no tokens.
    func admitPerson(
        _ request: ServerRequest, _ action: RegistryAction, _ name: Substring
    ) async throws -> RegistryCaller {
        do {
            return try await admit(request, action, name)
        } catch let refusal as Refusal where refusal.response.status == 401 {
            var answer = RegistryPages.page("Log in", "<p>Log in to see that.</p>", status: 401)
            answer.headers["WWW-Authenticate"] = AccessChallenge.basic(realm: "registry").header
            throw Refusal(answer)
        } catch let refusal as Refusal {
            throw Refusal(RegistryPages.page("No", "<p>That is not for you.</p>", status: refusal.response.status))
        }
    }

    private func identity(of request: ServerRequest) async throws -> Identity {
        let presented = PresentedCredentials(
            authorization: request.headers["Authorization"], certificate: request.clientCertificate,
            peer: request.peer.address)
        switch await access.authenticator.authenticate(presented) {
        case .identity(let identity): return identity
        case .refused(let refusal):
            tell(refusal.fault)
            throw Self.unauthorized(
                access.challenge(error: refusal.reason == .invalidToken ? .invalidToken : nil),
                "the credentials are not accepted")
        case .throttled(let seconds):
            var answer = RegistryAnswer.error(429, code: "TOOMANYREQUESTS", "too many attempts; wait \(seconds) s")
            answer.headers["Retry-After"] = "\(seconds)"
            throw Refusal(answer)
        case .unavailable(let fault):
            tell(fault)
            throw Refusal(RegistryAnswer.error(503, code: "UNAVAILABLE", "credentials cannot be checked now"))
        }
    }

    private static func unauthorized(_ challenge: AccessChallenge, _ message: String) -> Refusal {
        var answer = RegistryAnswer.error(401, code: "UNAUTHORIZED", message)
        answer.headers["WWW-Authenticate"] = challenge.header
        return Refusal(answer)
    }

    /// What the rules say. A name that is none belongs to no repository: it is refused later, to those who are known.
    private func decide(_ identity: Identity, _ action: RegistryAction, _ name: Substring) -> RegistryAccess.Decision {
        switch action {
        case .ping: access.decideProbe(identity)
        case .catalogue: access.decideCatalogue(identity)
        case .pull, .push, .delete:
            if (try? Registry.RepositoryName(String(name))) != nil {
                access.decide(identity, AccessActions(Self.action(action)), in: String(name))
            } else {
                access.decideProbe(identity)
            }
        }
    }

    private static func action(_ action: RegistryAction) -> AccessAction {
        switch action {
        case .push: .push
        case .delete: .delete
        case .pull, .catalogue, .ping: .pull
        }
    }

    /// Whether the rules allow somebody an action on a repository.
    func allows(_ caller: RegistryCaller, _ action: RegistryAction, _ name: Registry.RepositoryName) -> Bool {
        access.rules.allows(caller.identity, Self.action(action), name.description)
    }

    /// Whether somebody may know that a repository exists.
    func shows(_ name: Registry.RepositoryName, to caller: RegistryCaller) -> Bool {
        access.rules.isVisible(name.description, to: caller.identity)
    }
}
