// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Web

/// An authority for one server and its clients, in a folder: `ca.crt` and `ca.key` (ECDSA P-256, ten years), and beside
/// them the server's `server.crt` and `server.key`.
///
/// Files appear whole, keys are for their owner alone. What is there is never replaced silently: an authority that is
/// damaged, incomplete or over is an error, and `replace` is a decision of somebody who knows that all clients must learn
/// to trust the new one.
public struct CertificateAuthority: Sendable, CustomStringConvertible, CustomReflectable {
    /// Whom clients and the server trust.
    public let certificate: Certificate
    let folder: String
    private let key: PrivateKey

    /// For how long an authority is valid, in seconds.
    public static let lifetime: Int64 = 10 * 365 * 86_400
    /// For how long certificates are, in seconds; never longer than the authority.
    public static let leafLifetime: Int64 = 365 * 86_400
    /// Certificates are valid from a little before they are made: clocks differ.
    private static let clockSkew: Int64 = 300
    private static let sizeLimit = 64 * 1024

    /// The subject; never the key.
    public var description: String { "authority \(certificate.subject) until \(certificate.notAfter)" }
    /// What `description` says and no more.
    public var customMirror: Mirror { Mirror(self, children: ["authority": description]) }

    /// Opens the authority of a folder, or makes folder and authority when there is neither certificate nor key.
    ///
    /// Throws `.corrupt` when one of the two is missing, cannot be read, or does not belong to the other; `.unverified` when
    /// the authority is not valid now; `.forbidden` when others may read the key.
    public init(folder: String, name: String = "sovereign kubernetes authority", at now: Timestamp) throws(Fault) {
        try FileSystem.makeFolder(folder, mode: 0o700)
        let (certificatePath, keyPath) = ("\(folder)/ca.crt", "\(folder)/ca.key")
        if !FileSystem.exists(certificatePath), !FileSystem.exists(keyPath) { try Self.make(folder, name, now) }
        for path in [certificatePath, keyPath] where !FileSystem.exists(path) {
            throw Self.damaged(folder, "\(path) is missing")
        }
        let key = try PrivateKey(pem: SecretFile.read(keyPath, limit: Self.sizeLimit), source: keyPath)
        let all = try Certificate.all(
            inPEM: FileSystem.read(certificatePath, limit: Self.sizeLimit), source: certificatePath)
        guard all.count == 1, all[0].isSelfSigned, all[0].publicKey == key.publicKey else {
            throw Self.damaged(folder, "\(certificatePath) and \(keyPath) do not belong together")
        }
        guard all[0].notBefore <= now, now < all[0].notAfter else {
            throw Fault(
                .unverified, "the authority of \(folder) is valid from \(all[0].notBefore) until \(all[0].notAfter)",
                fix: "check the clock; when the time has come, replace the authority")
        }
        (certificate, self.folder, self.key) = (all[0], folder, key)
    }

    /// Makes a new authority in the place of one; the old files keep their content under names with the present time.
    ///
    /// Nobody trusts the new one until it is handed out, and certificates of the old one do not count any more.
    public static func replace(
        folder: String, name: String = "sovereign kubernetes authority", at now: Timestamp
    ) throws(Fault) -> CertificateAuthority {
        for file in ["ca.crt", "ca.key", "server.crt", "server.key"] where FileSystem.exists("\(folder)/\(file)") {
            var kept = "\(folder)/\(file).replaced-\(now.seconds)"
            while FileSystem.exists(kept) { kept += "+" }
            try FileSystem.rename("\(folder)/\(file)", to: kept)
        }
        return try CertificateAuthority(folder: folder, name: name, at: now)
    }

    private static func make(_ folder: String, _ name: String, _ now: Timestamp) throws(Fault) {
        let key = try PrivateKey.generate(.ecdsaP256)
        let template = CertificateTemplate(
            .authority, commonName: name, notBefore: Timestamp(seconds: now.seconds - clockSkew),
            notAfter: Timestamp(seconds: now.seconds + lifetime))
        let certificate = try Certificate.selfSigned(template, key: key)
        try SecretFile.make("\(folder)/ca.key", Array(key.pem().utf8))
        try FileSystem.write(Array(certificate.pem().utf8), to: "\(folder)/ca.crt")
    }

    private static func damaged(_ folder: String, _ why: String) -> Fault {
        Fault(
            .corrupt, "the authority of \(folder) is damaged: \(why)",
            fix: "restore the folder from a backup, or replace the authority and hand out its new certificate")
    }

    /// A certificate with its key, as PEM. Has no description that shows the key.
    public struct Pair: Sendable, CustomStringConvertible, CustomReflectable {
        /// The certificate.
        public let certificate: Certificate
        /// The key. Keep it secret.
        public let key: PrivateKey
        /// The subject; never the key.
        public var description: String { "certificate of \(certificate.subject) until \(certificate.notAfter)" }
        /// What `description` says and no more.
        public var customMirror: Mirror { Mirror(self, children: ["pair": description]) }
    }

    /// A certificate for a client, with a new key, that is written nowhere.
    ///
    /// - Parameters:
    ///   - user: the name of the user, its common name.
    ///   - groups: his groups, its organizations. Whoever is in `system:masters` may do everything, until it ends.
    ///   - seconds: for how long it is valid; a year at most.
    public func clientCertificate(
        user: String, groups: [String] = [], seconds: Int64 = leafLifetime, at now: Timestamp
    ) throws(Fault) -> Pair {
        var template = template(.client, user, min(seconds, Self.leafLifetime), now)
        template.organizations = groups
        return try issue(template)
    }

    func issue(_ template: CertificateTemplate) throws(Fault) -> Pair {
        let key = try PrivateKey.generate(.ecdsaP256)
        return Pair(
            certificate: try certificate.issue(template, for: key.publicKey, key: self.key), key: key)
    }

    func template(
        _ purpose: CertificateTemplate.Purpose, _ name: String, _ seconds: Int64, _ now: Timestamp
    ) -> CertificateTemplate {
        CertificateTemplate(
            purpose, commonName: name,
            notBefore: max(Timestamp(seconds: now.seconds - Self.clockSkew), certificate.notBefore),
            notAfter: min(Timestamp(seconds: now.seconds + seconds), certificate.notAfter))
    }
}
