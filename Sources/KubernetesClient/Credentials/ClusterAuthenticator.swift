// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Documents
internal import Web
internal import WebClient

/// Knows who we are for the next request: files are read again, plug-ins are run when what they gave has expired, once for
/// all who wait.
actor ClusterAuthenticator {
    /// What a request shows.
    struct Identity: Sendable {
        /// The field `Authorization`.
        var authorization: SecretText?
        /// Which of our identities it is.
        var number = 0
        /// Until when it is good, for plug-ins.
        var expiry: Moment?
    }

    private let configuration: ClusterConfiguration
    private let environment: Environment
    private let now: @Sendable () -> Moment
    /// What the HTTP client uses for handshakes with the server.
    nonisolated let tls = Guarded(TLSSettings())
    private var current: (identity: Identity, read: ContinuousClock.Instant)?
    private var loading: Task<Identity, any Error>?
    private var lastFailure: (error: any Error, at: ContinuousClock.Instant)?
    private var number = 0
    /// How long what a file holds is taken for granted.
    private static let fileLifetime = Duration.seconds(30)
    /// How long a plug-in that failed is left alone.
    private static let failureLifetime = Duration.seconds(2)

    init(_ configuration: ClusterConfiguration, environment: Environment, now: @escaping @Sendable () -> Moment) {
        (self.configuration, self.environment, self.now) = (configuration, environment, now)
    }

    /// Who we are now.
    func identity() async throws -> Identity {
        if let current, isGood(current) { return current.identity }
        if let loading { return try await loading.value }
        if let lastFailure, ContinuousClock.now - lastFailure.at < Self.failureLifetime { throw lastFailure.error }
        // A task of its own: that one of those who wait is cancelled does not concern the others.
        let task = Task { try await self.load() }
        loading = task
        do {
            let identity = try await task.value
            (loading, lastFailure) = (nil, nil)
            return identity
        } catch {
            (loading, lastFailure) = (nil, (error, .now))
            throw error
        }
    }

    /// Takes note that the server does not know an identity; whether there may be another one.
    func refused(_ identity: Identity) -> Bool {
        guard configuration.user.tokenFile != nil || configuration.user.exec != nil else { return false }
        if current?.identity.number == identity.number { current = nil }
        return true
    }

    private func isGood(_ current: (identity: Identity, read: ContinuousClock.Instant)) -> Bool {
        if let expiry = current.identity.expiry, expiry <= now() { return false }
        return !usesFiles || ContinuousClock.now - current.read < Self.fileLifetime
    }

    private var usesFiles: Bool {
        let user = configuration.user
        return user.tokenFile != nil
            || [configuration.certificateAuthority, user.clientCertificate, user.clientKey].contains {
                $0?.isFile == true
            }
    }

    private func load() async throws -> Identity {
        let user = configuration.user
        var settings = TLSSettings()
        var identity = Identity()
        do {
            settings.certificateAuthority = try configuration.certificateAuthority?.read()
            settings.clientCertificatePEM = try user.clientCertificate?.read()
            settings.clientKeyPEM = try user.clientKey?.read()
            identity.authorization = try bearer() ?? basic
        } catch {
            // A file that is just being replaced: what we have is still good for a while.
            guard let current else { throw error.during("the credentials for \(configuration) cannot be read") }
            self.current = (current.identity, .now)
            return current.identity
        }
        (settings.serverName, settings.insecureSkipVerify) = (
            configuration.serverName, configuration.insecureSkipTLSVerify
        )
        if let exec = user.exec {
            let credential: ExecCredential
            if let known = self.credential, known.expiry.map({ $0 > now() }) ?? true, current != nil {
                credential = known
            } else {
                credential = try await exec.run(cluster: clusterInfo(settings), environment: environment)
            }
            self.credential = credential
            if let token = credential.token { identity.authorization = SecretText("Bearer \(token.value)") }
            if let certificate = credential.certificate {
                (settings.clientCertificatePEM, settings.clientKeyPEM) = (certificate.value, credential.key?.value)
            }
            identity.expiry = credential.expiry
        }
        number += 1
        identity.number = number
        let ready = settings
        tls.withLock { $0 = ready }
        current = (identity, .now)
        return identity
    }
    private var credential: ExecCredential?

    private func bearer() throws(Fault) -> SecretText? {
        let user = configuration.user
        var token = user.token?.value
        if let path = user.tokenFile {
            do throws(Fault) {
                let text = String(decoding: try FileSystem.read(path, limit: PEMSource.limit), as: UTF8.self).trimmed
                guard !text.isEmpty else { throw Fault(.invalid, "the token file \(path) is empty") }
                token = text
            } catch { if token == nil { throw error } }
        }
        guard let token else { return nil }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Fault(.invalid, "the token holds what no header field can", fix: "copy it again")
        }
        return SecretText("Bearer \(token)")
    }

    private var basic: SecretText? {
        guard let name = configuration.user.username else { return nil }
        let pair = "\(name):\(configuration.user.password?.value ?? "")"
        return SecretText("Basic \(Array(pair.utf8).base64)")
    }

    /// What a plug-in is told of the cluster.
    private func clusterInfo(_ settings: TLSSettings) -> JSON {
        var info: JSON = ["server": .string(configuration.server.description)]
        if let name = settings.serverName { info["tls-server-name"] = .string(name) }
        if settings.insecureSkipVerify { info["insecure-skip-tls-verify"] = true }
        if let authority = settings.certificateAuthority {
            info["certificate-authority-data"] = .string(Array(authority.utf8).base64)
        }
        return info
    }
}
