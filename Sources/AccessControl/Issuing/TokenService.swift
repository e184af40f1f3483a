// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Documents
public import Tokens
public import Web

/// Issues tokens by the distribution project's token specification: whoever asks shows who they are and gets a token for
/// as much of what they ask for as the rules allow, which may be nothing.
public final class TokenService: Sendable {
    private let own: OwnTokens
    private let authenticator: Authenticator
    private let rules: AccessRules
    private let realm: String
    private let clock: AccessClock

    init(_ own: OwnTokens, authenticator: Authenticator, rules: AccessRules, realm: String, clock: AccessClock) {
        (self.own, self.authenticator, self.rules) = (own, authenticator, rules)
        (self.realm, self.clock) = (realm, clock)
    }

    /// The public keys of the tokens, for whoever checks them elsewhere.
    public var keySet: JSONWebKeySet { own.keys.keySet }
    /// The document of the public keys, for `GET /jwks`.
    public var keyDocument: [UInt8] { keySet.json.encoded() }

    /// Makes a new key that signs from now on; tokens signed with the one before it stay valid.
    public func rotateKeys() throws(Fault) {
        try own.keys.rotate()
        authenticator.forgetAll()
    }

    /// Reads the keys again, when another process has made a new one.
    public func reloadKeys() throws(Fault) {
        try own.keys.reload()
        authenticator.forgetAll()
    }

    /// Answers `GET /token?service=…&scope=…`.
    ///
    /// - Parameters:
    ///   - query: what stands behind the question mark, as it came.
    ///   - credentials: Basic credentials, a client certificate, a token of a trusted issuer, or nothing.
    public func answer(query: String, credentials: PresentedCredentials) async -> TokenAnswer {
        guard let fields = FormFields(query.utf8) else {
            return .failure(400, "UNSUPPORTED", "the query cannot be read or is too large")
        }
        let request: TokenRequest
        do throws(Fault) { request = try TokenRequest(fields, service: own.service) } catch {
            return .failure(400, "UNSUPPORTED", error.message)
        }
        switch await authenticator.authenticate(credentials) {
        case .identity(let identity):
            guard identity.means != .token, identity.authority == .rules else {
                return unauthorized("a token cannot be exchanged for another one")
            }
            return grant(request, to: identity, isOAuth: false)
        case .refused: return unauthorized("the credentials are not valid")
        case .throttled(let seconds):
            return .failure(
                429, "TOOMANYREQUESTS", "too many attempts; wait before the next one", ["Retry-After": "\(seconds)"])
        case .unavailable: return .failure(503, "UNAVAILABLE", "the issuer's keys are not to be had now")
        }
    }

    /// Answers `POST /token` with a form (the specification's OAuth2 variant, RFC 6749 section 4.3).
    ///
    /// Only `grant_type=password` is known: there are no refresh tokens, so none is issued and none is taken.
    public func answer(form: [UInt8], contentType: String?, peer: IPAddress) async -> TokenAnswer {
        let type = (contentType ?? "").prefix { $0 != ";" }.trimmed.lowercased()
        guard type == "application/x-www-form-urlencoded", let fields = FormFields(form) else {
            return .oauth(400, "invalid_request", "the body is no form, cannot be read or is too large")
        }
        guard case .value("password") = fields.single("grant_type") else {
            return .oauth(400, "unsupported_grant_type", "only the grant type “password” is supported")
        }
        guard case .value(let user) = fields.single("username"), case .value(let password) = fields.single("password"),
            !user.utf8.contains(UInt8(ascii: ":"))
        else { return .oauth(400, "invalid_request", "username and password are needed, each once") }
        let request: TokenRequest
        do throws(Fault) { request = try TokenRequest(fields, service: own.service) } catch {
            return .oauth(400, "invalid_scope", error.message)
        }
        // The same way as all other passwords, and so the same throttle.
        let header = "Basic \(Array("\(user):\(password)".utf8).base64)"
        switch await authenticator.authenticate(PresentedCredentials(authorization: header, peer: peer)) {
        case .identity(let identity) where identity.isAuthenticated: return grant(request, to: identity, isOAuth: true)
        case .identity, .refused: return .oauth(400, "invalid_grant", "the credentials are not valid")
        case .throttled(let seconds):
            return .oauth(
                429, "slow_down", "too many attempts; wait before the next one", ["Retry-After": "\(seconds)"])
        case .unavailable: return .oauth(503, "temporarily_unavailable", "try again later")
        }
    }

    private func unauthorized(_ message: String) -> TokenAnswer {
        let challenge = AccessChallenge.basic(realm: realm).header
        return .failure(401, "UNAUTHORIZED", message, ["WWW-Authenticate": challenge])
    }

    private func grant(_ request: TokenRequest, to identity: Identity, isOAuth: Bool) -> TokenAnswer {
        let grants = grants(request.scopes, to: identity)
        let now = clock.now()
        let token: String
        do throws(Fault) {
            token = try own.issue(grants, to: identity, at: now, id: SecureRandom.bytes(16).hex)
        } catch {
            let message = "no token can be made for that much"
            return isOAuth ? .oauth(400, "invalid_scope", message) : .failure(400, "UNSUPPORTED", message)
        }
        var body: JSON = [
            "token": .string(token), "access_token": .string(token),
            "expires_in": .number(JSONNumber(own.lifetime)), "issued_at": .string(now.description),
        ]
        if isOAuth {
            body["token_type"] = "Bearer"
            body["scope"] = .string(Self.scopes(of: grants).map(\.description).joined(separator: " "))
        }
        return TokenAnswer(200, body)
    }

    private func grants(_ scopes: [TokenScope], to identity: Identity) -> TokenGrants {
        var repositories: [String: AccessActions] = [:], mayList = false
        for scope in scopes {
            switch scope.resource {
            case .repository(let name, let actions):
                repositories[name, default: []].formUnion(
                    actions.intersection(rules.actions(of: identity, in: name)))
            case .catalogue: mayList = rules.mayListCatalogue(identity)
            }
        }
        return TokenGrants(repositories: repositories, mayListCatalogue: mayList)
    }

    private static func scopes(of grants: TokenGrants) -> [TokenScope] {
        grants.repositories.sorted { $0.key < $1.key }.map { TokenScope(repository: $0.key, actions: $0.value) }
            + (grants.mayListCatalogue ? [.catalogue] : [])
    }
}

/// What is asked of the token service.
private struct TokenRequest {
    let scopes: [TokenScope]

    /// Throws `.invalid` for a service that is another one and for scopes that cannot be read.
    init(_ fields: FormFields, service: String) throws(Fault) {
        switch fields.single("service") {
        case .missing: break
        case .value(service): break
        case .value, .repeated:
            throw Fault(.invalid, "tokens for that service are not issued here", fix: "ask for \(service)")
        }
        scopes = try TokenScope.list(fields.values("scope"))
    }
}
