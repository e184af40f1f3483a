// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Tokens
internal import Web

/// Finds out whose a request is.
///
/// `known` answers at once from what was checked before and may be called on any thread; `authenticate` really checks.
public final class Authenticator: Sendable {
    /// What there is to check credentials with.
    struct Means: Sendable {
        var passwords: WatchedFile<PasswordFile>?
        var groupFile: WatchedFile<GroupTable>?
        var groups = GroupTable()
        var certificates: CertificateMapping?
        var issuers: [TrustedIssuer] = []
        var own: OwnTokens?

        /// Whether there is any at all.
        var isEmpty: Bool { passwords == nil && certificates == nil && issuers.isEmpty && own == nil }

        func groups(of user: String) -> Set<String> {
            groups.groups(of: user).union(groupFile?.content.groups(of: user) ?? [])
        }
    }

    /// How much is done at a time, and kept.
    struct Limits: Sendable {
        /// Passwords that are checked at a time, each on a thread of its own.
        var checks = 2
        /// Passwords that wait to be checked.
        var queue = 512
        /// Answers that are held back at a time.
        var delayed = 256
        /// Passwords and certificates that are remembered, and as many tokens.
        var remembered = 16_384
        /// For how long they are, in milliseconds.
        var rememberedFor: Int64 = 300_000
        /// How often files are looked at, in milliseconds.
        var lookInterval: Int64 = 1000

        init() {}
    }

    let means: Means
    let clock: AccessClock
    /// Passwords and certificates. Apart from tokens, which whoever may have one has by the thousand.
    private let remembered: RememberedIdentities
    private let rememberedTokens: RememberedIdentities
    let throttle: AttemptThrottle
    let limits: Limits
    private let workers: HashWorkers
    private let reloading = SerialGate()
    private let looked: Guarded<Int64>
    private let running = Guarded<[CredentialKey: Task<Authentication, Never>]>([:])
    private let delayed = Guarded(0)

    init(
        _ means: Means, throttle: AttemptThrottle, limits: Limits = Limits(), clock: AccessClock
    ) {
        (self.means, self.throttle, self.limits, self.clock) = (means, throttle, limits, clock)
        remembered = RememberedIdentities(limit: limits.remembered, duration: limits.rememberedFor, clock: clock)
        rememberedTokens = RememberedIdentities(limit: limits.remembered, duration: limits.rememberedFor, clock: clock)
        workers = HashWorkers(threads: limits.checks, queue: limits.queue)
        looked = Guarded(clock.uptime())
    }

    /// Whose a request is, when that was found out not long ago or when it brings nothing; nil when it must be checked.
    ///
    /// A look into a table, and once a second one at the files: when one has changed, everything is forgotten.
    public func known(authorization: String?, certificate: [UInt8]? = nil) -> Identity? {
        guard !means.isEmpty else { return .anonymous }
        guard !haveFilesChanged() else { return nil }
        if let authorization {
            let table = Self.isBearer(authorization) ? rememberedTokens : remembered
            return table.identity(of: table.key([1] + Array(authorization.utf8)))
        }
        guard let certificate, means.certificates != nil else { return .anonymous }
        return remembered.identity(of: remembered.key([2] + certificate))
    }

    /// Finds out whose a request is. A header counts before a certificate; where there is nothing to check anything
    /// with, nothing is looked at and everybody is anonymous.
    public func authenticate(_ credentials: PresentedCredentials) async -> Authentication {
        guard !means.isEmpty else { return .identity(.anonymous) }
        await reloadChangedFiles()
        if let known = known(authorization: credentials.authorization, certificate: credentials.certificate) {
            return .identity(known)
        }
        if let authorization = credentials.authorization {
            switch AuthorizationHeader(authorization) {
            case .basic(let user, let password):
                // The same credentials from the same place are checked once, however many requests bring them at once.
                let place = AttemptThrottle.network(of: credentials.peer)
                let key = remembered.key([1] + Array(authorization.utf8))
                return await once(
                    remembered.key(Array("\(place) \(authorization)".utf8)),
                    .password(password, user: user, peer: credentials.peer, key))
            case .bearer(let token):
                let key = rememberedTokens.key([1] + Array(authorization.utf8))
                return await once(key, .token(token, key))
            case .other: return .refused(.init(.unsupported, "the scheme of the credentials is not known"))
            case .malformed: return .refused(.init(.malformed, "the credentials are not what their scheme demands"))
            }
        }
        if let certificate = credentials.certificate { return check(certificate: certificate) }
        return .identity(.anonymous)
    }

    /// Forgets whatever was checked, so that everything is checked again.
    public func forgetAll() {
        remembered.forgetAll()
        rememberedTokens.forgetAll()
    }

    /// What keeps files from being read again and keys from being fetched; empty when all is well.
    public func problems() async -> [Fault] {
        var problems = [means.passwords?.problem, means.groupFile?.problem].compactMap { $0 }
        for issuer in means.issuers { if let problem = await issuer.keys.problem { problems.append(problem) } }
        return problems
    }

    private static func isBearer(_ authorization: String) -> Bool {
        authorization.utf8.count > 7 && zip(authorization.utf8, "bearer ".utf8).allSatisfy { $0 | 0x20 == $1 }
    }

    /// A check that takes a while. A value and no closure: a task that calls an asynchronous closure which it captured
    /// inside `withLock` frees its memory in the wrong order (Swift 6.3, “freed pointer was not the last allocation”).
    private enum Check: Sendable {
        case password([UInt8], user: String, peer: IPAddress, CredentialKey)
        case token(String, CredentialKey)
    }

    /// Runs a check, unless the same one runs already: then its result is that of both.
    private func once(_ key: CredentialKey, _ check: Check) async -> Authentication {
        let task = running.withLock { running in
            if let task = running[key] { return task }
            let task = Task { await self.finish(key, check) }
            running[key] = task
            return task
        }
        return await task.value
    }

    private func finish(_ key: CredentialKey, _ check: Check) async -> Authentication {
        let result =
            switch check {
            case .password(let password, let user, let peer, let key):
                await self.check(password, of: user, from: peer, key)
            case .token(let token, let key): await self.check(token: token, key)
            }
        running.withLock { $0[key] = nil }
        return result
    }
}

// MARK: Checks

extension Authenticator {
    private func check(
        _ password: [UInt8], of user: String, from peer: IPAddress, _ key: CredentialKey
    ) async -> Authentication {
        guard let passwords = means.passwords else {
            return .refused(.init(.unsupported, "there are no passwords to check with"))
        }
        switch throttle.admit(user, from: peer) {
        case .admitted: break
        case .refused(let seconds): return .throttled(retryAfter: seconds)
        case .delayed(let milliseconds):
            guard await wait(milliseconds) else {
                throttle.abandoned(user, from: peer)
                return .throttled(retryAfter: 1)
            }
        }
        let generation = remembered.generation
        let file = passwords.content
        guard let isRight = await workers.run({ file.accepts(user, password: password) }) else {
            throttle.abandoned(user, from: peer)
            return .throttled(retryAfter: 1)
        }
        guard isRight else {
            return .refused(.init(.wrongPassword, "“\(user)” is no user or has another password"))
        }
        throttle.succeeded(user, from: peer)
        let identity = Identity(user: user, groups: means.groups(of: user), means: .password)
        remembered.remember(identity, for: key, generation: generation)
        return .identity(identity)
    }

    /// Holds an answer back; false when too many are held back already.
    private func wait(_ milliseconds: Int64) async -> Bool {
        let mayWait = delayed.withLock { count in
            guard count < limits.delayed else { return false }
            count += 1
            return true
        }
        guard mayWait else { return false }
        await clock.pause(milliseconds)
        delayed.withLock { $0 -= 1 }
        return true
    }

    private func check(token text: String, _ key: CredentialKey) async -> Authentication {
        let generation = rememberedTokens.generation
        do {
            let found = try await identity(of: UnverifiedToken(text))
            rememberedTokens.remember(found.identity, for: key, expires: found.expires, generation: generation)
            return .identity(found.identity)
        } catch {
            let fault = Fault(wrapping: error)
            return fault.code == .unavailable ? .unavailable(fault) : .refused(.init(.invalidToken, fault))
        }
    }

    private func identity(of token: UnverifiedToken) async throws -> TokenIdentity {
        if let own = means.own, token.claimedIssuer == own.policy.issuer {
            return try own.identity(of: token, at: clock.now(), passwords: means.passwords?.content) {
                means.groups(of: $0)
            }
        }
        guard let issuer = means.issuers.first(where: { $0.policy.issuer == token.claimedIssuer }) else {
            throw Fault(.unverified, "the token is of an issuer that is not trusted", fix: "get one from here")
        }
        return try await issuer.identity(of: token, at: clock.now())
    }

    private func check(certificate der: [UInt8]) -> Authentication {
        guard let mapping = means.certificates else { return .identity(.anonymous) }
        let generation = remembered.generation
        do throws(Fault) {
            let certificate = try Certificate(der: der, source: "the client certificate")
            guard certificate.notBefore <= clock.now(), clock.now() < certificate.notAfter else {
                throw Fault(.unauthorized, "the client certificate is not valid now", fix: "issue another one")
            }
            guard let user = mapping.user(of: certificate) else {
                throw Fault(
                    .unauthorized, "the client certificate of \(certificate.subject) is that of no user",
                    fix: "add it to the configuration of certificates")
            }
            let groups = mapping.groups.union(means.groups(of: user))
            let identity = Identity(user: user, groups: groups, means: .certificate)
            remembered.remember(
                identity, for: remembered.key([2] + der), expires: certificate.notAfter, generation: generation)
            return .identity(identity)
        } catch {
            return .refused(.init(.invalidCertificate, error))
        }
    }
}

// MARK: Files that change

extension Authenticator {
    /// Whether a file is another one than was read; looked at once a second.
    private func haveFilesChanged() -> Bool {
        let now = clock.uptime()
        let isTime = looked.withLock { last in
            guard now - last >= limits.lookInterval else { return false }
            last = now
            return true
        }
        guard isTime, filesHaveChanged else { return false }
        forgetAll()
        return true
    }

    private var filesHaveChanged: Bool {
        means.passwords?.hasChanged ?? false || means.groupFile?.hasChanged ?? false
    }

    private func reloadChangedFiles() async {
        guard filesHaveChanged else { return }
        // A large file takes a while, so it is read once, and by a thread that serves nobody.
        _ = try? await reloading.run {
            guard self.filesHaveChanged else { return }
            // Without room in the queue nothing is read, and the next request tries again.
            _ = await self.workers.run {
                self.means.passwords?.reload()
                self.means.groupFile?.reload()
                return true
            }
            // Last, so that a check that began with the old content is not remembered.
            self.forgetAll()
        }
    }
}
