// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Glibc
public import Web

/// Where a server can be reached, as its certificate says.
public struct ServerNames: Hashable, Sendable {
    /// Names of hosts.
    public var hosts: [String]
    /// Addresses.
    public var addresses: [IPAddress]

    /// The names that Kubernetes' API server has in every cluster, those of this machine, and further ones.
    ///
    /// - Parameter hostName: the name of this machine; left out when it is empty or no name.
    public init(hostName: String = Self.machineName, hosts: [String] = [], addresses: [IPAddress] = []) {
        let own = [
            "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local",
            "localhost",
        ]
        let isName =
            !hostName.isEmpty
            && hostName.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "-.".utf8.contains(byte)
            }
        let loopback = [[127, 0, 0, 1], [UInt8](repeating: 0, count: 15) + [1]].compactMap { IPAddress(bytes: $0) }
        self.hosts = Self.unique(own + (isName ? [hostName] : []) + hosts)
        self.addresses = Self.unique(loopback + addresses)
    }

    /// The name that this machine has.
    public static var machineName: String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func unique<Item: Hashable>(_ items: [Item]) -> [Item] {
        var seen: Set<Item> = []
        return items.filter { seen.insert($0).inserted }
    }
}

extension CertificateAuthority {
    /// When less than this is left, the server gets another certificate, in seconds.
    public static let renewalTime: Int64 = 30 * 86_400

    /// The server's certificate and key, from `server.crt` and `server.key`.
    ///
    /// They are made when they are not there, and made anew when the certificate ends within thirty days, is not of this
    /// authority, is for other names, or does not belong to the key. Ask again now and then, and give the server what
    /// comes.
    public func serverCertificate(_ names: ServerNames, at now: Timestamp) throws(Fault) -> Pair {
        if let pair = kept(names, at: now) { return pair }
        var template = template(.server, "kubernetes", Self.leafLifetime, now)
        template.hosts = names.hosts
        template.addresses = names.addresses.map(\.bytes)
        let pair = try issue(template)
        // Stopped between the two, they do not belong together, and the next start makes others.
        try SecretFile.replace("\(folder)/server.key", Array(pair.key.pem().utf8))
        try FileSystem.write(Array(pair.certificate.pem().utf8), to: "\(folder)/server.crt")
        return pair
    }

    /// What is kept, unless it must be made anew.
    private func kept(_ names: ServerNames, at now: Timestamp) -> Pair? {
        let path = "\(folder)/server.key"
        guard let keyBytes = try? SecretFile.read(path, limit: 64 * 1024),
            let key = try? PrivateKey(pem: keyBytes, source: path),
            let bytes = try? FileSystem.read("\(folder)/server.crt", limit: 64 * 1024),
            let leaf = try? Certificate.all(inPEM: bytes, source: "server.crt").first, leaf.publicKey == key.publicKey,
            leaf.alternativeNames == names.hosts.map(AlternativeName.dns),
            leaf.alternativeAddresses == names.addresses.map(\.bytes)
        else { return nil }
        let later = Timestamp(
            seconds: now.seconds + min(Self.renewalTime, certificate.notAfter.seconds - now.seconds - 1))
        for time in [now, later] {
            do throws(Fault) {
                try CertificateChain.verify(
                    leaf: leaf, intermediates: [], roots: [certificate], at: time, for: .server)
            } catch { return nil }
        }
        return Pair(certificate: leaf, key: key)
    }
}
