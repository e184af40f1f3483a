// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import OCI
internal import Web
internal import WebClient

/// A rule with the client for its upstream.
struct Upstream: Sendable {
    let rule: ProxyRule
    let client: RegistryClient

    /// How the upstream is asked unless something else is said: whoever waits for us does not wait long.
    static var settings: HTTPClientSettings {
        var settings = HTTPClientSettings()
        settings.connectTimeout = .seconds(5)
        settings.idleTimeout = .seconds(30)
        settings.retry.attempts = 2
        settings.retry.connectAttempts = 1
        return settings
    }

    init(_ rule: ProxyRule, _ settings: HTTPClientSettings) throws(Fault) {
        var settings = settings
        if let path = rule.certificateAuthority {
            var tls = TLSSettings()
            tls.certificateAuthority = String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
            let (own, origin) = (tls, rule.upstream)
            settings.tls = { $0 == origin ? own : TLSSettings() }
        }
        if let path = rule.credentialsFile { _ = try RegistryCredential(file: path) }
        self.rule = rule
        client = RegistryClient(origin: rule.upstream, http: HTTPClient(settings)) { _ in
            try rule.credentialsFile.map { path throws(Fault) in try RegistryCredential(file: path) }
        }
    }
}
