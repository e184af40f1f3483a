// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import Kubernetes
internal import KubernetesAccess
internal import KubernetesStore
internal import WebServer

/// Who the server is and whom it knows: its authority, its certificate, the key of its tokens. All in a folder.
struct ServerIdentity: Sendable {
    let authority: CertificateAuthority
    let authenticator: RequestAuthenticator
    private let names: ServerNames
    private let folder: String

    /// What is told to those who trust the server (PEM).
    var authorityText: String { authority.certificate.pem() }

    /// Reads it, making what is not there.
    init(
        folder: String, names: ServerNames, tokenFile: String?, allowsAnonymous: Bool, store: ObjectStore,
        at now: Timestamp
    ) throws(Fault) {
        (self.folder, self.names) = (folder, names)
        authority = try CertificateAuthority(folder: "\(folder)/pki", at: now)
        var authenticator = RequestAuthenticator()
        authenticator.certificates = ClientCertificateUser(authorities: [authority.certificate])
        authenticator.allowsAnonymous = allowsAnonymous
        if let tokenFile { authenticator.tokens = try TokenFile(tokenFile) }
        authenticator.serviceAccounts = try ServiceAccountTokens(
            keyFile: "\(folder)/pki/service-accounts.key", issuer: "https://kubernetes.default.svc.cluster.local"
        ) { holder in
            try Self.isThere(holder, store)
        }
        self.authenticator = authenticator
    }

    /// Whether a token's account, and what the token is bound to, are the ones it was made for.
    private static func isThere(_ holder: ServiceAccountTokens.Holder, _ store: ObjectStore) throws -> Bool {
        func isThere(_ plural: String, _ name: String, _ uid: String) throws -> Bool {
            let key = ObjectKey(
                GroupResource(group: "", resource: plural), ObjectName(holder.account.namespace, name))
            return try store.object(key)?.uid == uid
        }
        guard try isThere("serviceaccounts", holder.account.name, holder.account.uid) else { return false }
        guard let bound = holder.bound else { return true }
        return try isThere(bound.kind == .pod ? "pods" : "secrets", bound.name, bound.uid)
    }

    /// The certificate the server shows; made anew when its end is near.
    func tls(at now: Timestamp) throws(Fault) -> ServerTLS {
        let pair = try authority.serverCertificate(names, at: now)
        return ServerTLS(
            certificate: pair.certificate.pem(), key: pair.key.pem(),
            clients: .mayShow(authorities: authority.certificate.pem()))
    }

    /// Writes a configuration for clients with which they may do everything, unless there is one that is still good.
    ///
    /// The file is for its owner alone.
    func writeConfiguration(to path: String, server: String, at now: Timestamp) throws(Fault) {
        if let kept = try? FileSystem.read(path, limit: 1 << 20), isGood(kept, server, now) { return }
        let pair = try authority.clientCertificate(
            user: "system:admin", groups: [UserInfo.mastersGroup], at: now)
        let json: JSON = [
            "apiVersion": "v1", "kind": "Config", "current-context": "sovereign",
            "clusters": [
                [
                    "name": "sovereign",
                    "cluster": [
                        "server": .string(server),
                        "certificate-authority-data": .string(Array(authorityText.utf8).base64),
                    ],
                ]
            ],
            "contexts": [["name": "sovereign", "context": ["cluster": "sovereign", "user": "admin"]]],
            "users": [
                [
                    "name": "admin",
                    "user": [
                        "client-certificate-data": .string(Array(pair.certificate.pem().utf8).base64),
                        "client-key-data": .string(Array(pair.key.pem().utf8).base64),
                    ],
                ]
            ],
        ]
        try SecretFile.replace(path, Array(YAML.text(json).utf8))
    }

    /// Whether a configuration names this server and a certificate that counts for a month to come.
    private func isGood(_ bytes: [UInt8], _ server: String, _ now: Timestamp) -> Bool {
        guard let json = try? YAML.document(bytes, source: "the configuration").root,
            json["clusters"]?[0]?["cluster"]?["server"]?.string == server,
            json["clusters"]?[0]?["cluster"]?["certificate-authority-data"]?.string
                == Array(authorityText.utf8).base64,
            let text = json["users"]?[0]?["user"]?["client-certificate-data"]?.string,
            let pem = [UInt8](base64: text),
            let certificate = try? Certificate.all(inPEM: pem, source: "the configuration").first
        else { return false }
        return certificate.notAfter.seconds > now.seconds + CertificateAuthority.renewalTime
    }
}
