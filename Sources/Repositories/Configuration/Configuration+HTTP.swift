// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents
internal import Web
public import WebClient

extension Configuration {
    /// The settings of the HTTP client: `http.config.ocm.software` and the certificates of registry credentials.
    public func httpSettings(
        _ environment: Environment, isOffline: Bool, log: (@Sendable (String) -> Void)?
    ) throws(Fault) -> HTTPClientSettings {
        var settings = HTTPClientSettings()
        settings.isOffline = isOffline
        settings.observe = log
        var tls: [String: TLSSettings] = [:]
        for entry in entries("http.config.ocm.software") {
            if let attempts = entry.json["retry"]?["maxRetries"]?.int {
                // Below zero stands for never, zero for without end, which ends here as well.
                let most: Int64 = 100
                settings.retry.attempts = attempts < 0 ? 1 : Int(attempts == 0 ? most : min(attempts, most)) + 1
            }
            for (host, json) in entry.json["hosts"]?.object ?? JSONObject() {
                tls[host.lowercased()] = try Self.tls(json, entry.source)
            }
        }
        for entry in entries("credentials.config.ocm.software") {
            for consumer in entry.json["consumers"]?.array ?? [] {
                try Self.addCertificates(of: consumer, entry.source, to: &tls)
            }
        }
        let byHost = tls
        settings.tls = { origin in byHost["\(origin.host):\(origin.port)"] ?? byHost[origin.host] ?? TLSSettings() }
        return settings
    }

    private static func tls(_ json: JSON, _ source: String) throws(Fault) -> TLSSettings {
        var settings = TLSSettings()
        settings.insecureSkipVerify = json["insecureSkipVerify"]?.bool ?? false
        settings.certificateAuthority = try pem(json, "certificateAuthority")
        settings.clientCertificatePEM = try pem(json, "certificate")
        settings.clientKeyPEM = try pem(json, "privateKey")
        return settings
    }

    /// Registry credentials may carry a certificate authority and a client certificate for their host.
    private static func addCertificates(
        of consumer: JSON, _ source: String, to tls: inout [String: TLSSettings]
    ) throws(Fault) {
        let identities = consumer["identities"]?.array ?? consumer["identity"].map { [$0] } ?? []
        for credential in consumer["credentials"]?.array ?? [] {
            let fields = credential["properties"] ?? credential
            let (authority, certificate) = (try pem(fields, "certificateAuthority"), try pem(fields, "certificate"))
            guard authority != nil || certificate != nil else { continue }
            for identity in identities {
                guard let host = identity["hostname"]?.string?.lowercased() else { continue }
                let port = identity["port"].flatMap { $0.string ?? $0.numberText }
                let key = port.map { "\(host):\($0)" } ?? host
                var settings = tls[key] ?? TLSSettings()
                settings.certificateAuthority = authority ?? settings.certificateAuthority
                settings.clientCertificatePEM = certificate ?? settings.clientCertificatePEM
                settings.clientKeyPEM = try pem(fields, "privateKey") ?? settings.clientKeyPEM
                tls[key] = settings
            }
        }
    }

    /// PEM text, or the content of the file that `<name>File` names.
    private static func pem(_ json: JSON, _ name: String) throws(Fault) -> String? {
        if let text = json[name]?.string { return text }
        guard let path = json["\(name)File"]?.string else { return nil }
        return String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
    }
}
