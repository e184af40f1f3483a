// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Tokens
public import Web

/// All that a server needs to decide about requests: whose they are, what they may do, and what to say when they may not.
public final class RegistryAccess: Sendable {
    /// What becomes of a request.
    public enum Decision: Sendable, Equatable {
        /// It may be done.
        case allowed
        /// 401: it may be that somebody may do it, who has to show who they are in this way.
        case unauthorized(AccessChallenge)
        /// 403: it is known who asks, and they may not do it.
        case forbidden
    }

    /// Who may do what.
    public let rules: AccessRules
    /// Whose a request is.
    public let authenticator: Authenticator
    /// Issues tokens, when it is configured.
    public let tokens: TokenService?
    private let realm: String
    private let bearer: (realm: String, service: String)?

    /// Whether everybody may do everything, since nothing is configured. A server should not listen beyond loopback then.
    public var isOpen: Bool { rules.isOpen }

    /// Reads passwords, groups and keys; makes the signing key if there is none.
    ///
    /// - Parameter fetch: gets the keys of issuers elsewhere. It must be bounded in size (`JSONWebKeySet.sizeLimit`) and
    ///   time and must not follow redirects to other hosts.
    /// - Throws: the faults of the files, with their places.
    public init(
        _ configuration: AccessConfiguration, clock: AccessClock = .system,
        fetch: @escaping @Sendable (HTTPURL) async throws -> [UInt8]
    ) throws(Fault) {
        realm = configuration.realm
        bearer = configuration.tokens.map { ($0.realm, $0.service) }
        rules = AccessRules(
            configuration.rules, default: configuration.isAuthenticationConfigured ? .authenticated : .everybody)
        var means = Authenticator.Means()
        var limits = Authenticator.Limits()
        means.groups = configuration.groups
        means.certificates = configuration.certificates
        if let path = configuration.groupFile {
            means.groupFile = try WatchedFile(path, limit: GroupTable.sizeLimit, empty: GroupTable()) {
                bytes, source throws(Fault) in try GroupTable(parsing: bytes, source: source)
            }
        }
        if let passwords = configuration.passwords {
            means.passwords = try WatchedFile(passwords.file, limit: PasswordFile.sizeLimit, empty: PasswordFile()) {
                bytes, source throws(Fault) in try PasswordFile(parsing: bytes, source: source)
            }
            (limits.checks, limits.rememberedFor) = (passwords.checks, passwords.remember * 1000)
        }
        if let tokens = configuration.tokens {
            let keys = try SigningKeys(folder: tokens.keys, kind: tokens.algorithm)
            means.own = OwnTokens(
                keys: keys, issuer: tokens.issuer, service: tokens.service, lifetime: tokens.lifetime)
        }
        let forget = Guarded<(@Sendable () -> Void)?>(nil)
        means.issuers = configuration.issuers.map { issuer in
            Self.trusted(issuer, clock, fetch) { forget.withLock { $0 }?() }
        }
        let authenticator = Authenticator(
            means, throttle: AttemptThrottle(configuration.throttle, clock: clock), limits: limits, clock: clock)
        forget.withLock { $0 = { [weak authenticator] in authenticator?.forgetAll() } }
        self.authenticator = authenticator
        tokens = means.own.map { [rules] own in
            TokenService(
                own, authenticator: authenticator, rules: rules, realm: configuration.realm, clock: clock)
        }
    }

    private static func trusted(
        _ issuer: AccessConfiguration.Issuer, _ clock: AccessClock,
        _ fetch: @escaping @Sendable (HTTPURL) async throws -> [UInt8], _ onChange: @escaping @Sendable () -> Void
    ) -> TrustedIssuer {
        var intervals = IssuerKeys.Intervals()
        intervals.refresh = issuer.refresh * 1000
        let keys = IssuerKeys(
            name: issuer.name, intervals: intervals, clock: clock,
            fetch: {
                switch issuer.keys {
                case .file(let path): try FileSystem.read(path, limit: JSONWebKeySet.sizeLimit)
                case .url(let url): try await fetch(url)
                }
            }, onChange: onChange)
        return TrustedIssuer(policy: issuer.policy, keys: keys, claims: issuer.claims)
    }

    /// Decides about actions on a repository; all of them must be allowed.
    public func decide(_ identity: Identity, _ actions: AccessActions, in repository: String) -> Decision {
        if rules.actions(of: identity, in: repository).isSuperset(of: actions) { return .allowed }
        if identity.isAuthenticated {
            // Another token helps only whom the rules allow it.
            guard case .rulesWithin = identity.authority, rules.ruled(identity, repository).isSuperset(of: actions)
            else {
                return .forbidden
            }
        }
        return unauthorized([TokenScope(repository: repository, actions: actions)], identity)
    }

    /// Decides about the catalogue.
    public func decideCatalogue(_ identity: Identity) -> Decision {
        if rules.mayListCatalogue(identity) { return .allowed }
        if case .rules = identity.authority, identity.isAuthenticated { return .forbidden }
        if case .grants = identity.authority { return .forbidden }
        return unauthorized([.catalogue], identity)
    }

    /// Decides about `GET /v2/`, by which clients find out whether they have to log in: when nothing is open to
    /// everybody, or when they have to show something to get anywhere.
    public func decideProbe(_ identity: Identity) -> Decision {
        let needsLogin = !identity.isAuthenticated && identity.means != .token && !authenticator.means.isEmpty
        return needsLogin ? unauthorized([], identity) : .allowed
    }

    /// How to show who one is, for a 401 beside credentials that do not count: with a token where they are issued, with a
    /// password elsewhere.
    public func challenge(
        _ scopes: [TokenScope] = [], error: AccessChallenge.BearerError? = nil
    ) -> AccessChallenge {
        guard let bearer else { return .basic(realm: realm) }
        return .bearer(realm: bearer.realm, service: bearer.service, scopes: scopes, error: error)
    }

    private func unauthorized(_ scopes: [TokenScope], _ identity: Identity) -> Decision {
        // Without any way to show who one is, showing it cannot help.
        guard !authenticator.means.isEmpty else { return .forbidden }
        return .unauthorized(challenge(scopes, error: identity.means == .token ? .insufficientScope : nil))
    }
}
