// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import KubernetesAccess
import Testing
import Web

@Suite("A server's own authority") struct CertificateAuthorityTests {
    static let now = Timestamp(seconds: 1_800_000_000)
    static func later(_ days: Int64) -> Timestamp { Timestamp(seconds: now.seconds + days * 86_400) }

    static func code(_ body: () throws -> Void) -> Fault.Code? {
        do { try body() } catch { return (error as? Fault)?.code }
        return nil
    }

    @Test("is made once, for ten years, with a key for its owner") func made() throws {
        let folder = try TemporaryFolder(), path = "\(folder.path)/pki"
        let first = try CertificateAuthority(folder: path, at: Self.now)
        #expect(first.certificate.isSelfSigned && first.certificate.publicKey.kind == .ecdsaP256)
        #expect(first.certificate.notAfter == Self.later(3650))
        #expect(FileMark("\(path)/ca.key")?.permissions == 0o600 && FileMark(path)?.permissions == 0o700)
        #expect(try CertificateAuthority(folder: path, at: Self.later(100)).certificate == first.certificate)
    }

    @Test(
        "is never replaced but by decision",
        arguments: ["ca.crt gone", "ca.key gone", "ca.crt junk", "ca.key junk", "other key", "open key", "over", "two"])
    func damaged(how: String) throws {
        let folder = try TemporaryFolder(), path = folder.path, other = try TemporaryFolder()
        let first = try CertificateAuthority(folder: path, at: Self.now)
        _ = try CertificateAuthority(folder: other.path, at: Self.now)
        var time = Self.now
        switch how {
        case "ca.crt gone": try FileSystem.remove("\(path)/ca.crt")
        case "ca.key gone": try FileSystem.remove("\(path)/ca.key")
        case "ca.crt junk": try FileSystem.write([1, 2, 3], to: "\(path)/ca.crt")
        case "ca.key junk": try SecretFile.replace("\(path)/ca.key", [])
        case "other key": try FileSystem.rename("\(other.path)/ca.key", to: "\(path)/ca.key")
        case "open key": try FileSystem.setMode("\(path)/ca.key", 0o640)
        case "two":
            let pem = Array(first.certificate.pem().utf8)
            try FileSystem.write(pem + pem, to: "\(path)/ca.crt")
        default: time = Self.later(3650)
        }
        let names = try FileSystem.names(in: path)
        #expect(throws: Fault.self) { try CertificateAuthority(folder: path, at: time) }
        #expect(try FileSystem.names(in: path) == names)
        let second = try CertificateAuthority.replace(folder: path, at: time)
        #expect(second.certificate != first.certificate)
        #expect(try FileSystem.names(in: path).contains { $0.contains(".replaced-") })
        #expect(try CertificateAuthority(folder: path, at: time).certificate == second.certificate)
    }

    @Test("gives its server a certificate for all its names, and another one in time") func server() throws {
        let folder = try TemporaryFolder(), path = folder.path
        let authority = try CertificateAuthority(folder: path, at: Self.now)
        var names = ServerNames(
            hostName: "box", hosts: ["api.example.org", "localhost"], addresses: [try #require(IPAddress("10.0.0.1"))])
        let first = try authority.serverCertificate(names, at: Self.now)
        #expect(
            first.certificate.alternativeNames
                == [
                    "kubernetes", "kubernetes.default", "kubernetes.default.svc",
                    "kubernetes.default.svc.cluster.local",
                    "localhost", "box", "api.example.org",
                ].map(AlternativeName.dns))
        #expect(first.certificate.alternativeAddresses.map { $0.last } == [1, 1, 1])
        #expect(first.certificate.alternativeAddresses.map(\.count) == [4, 16, 4])
        #expect(FileMark("\(path)/server.key")?.permissions == 0o600)
        #expect(try authority.serverCertificate(names, at: Self.later(334)).certificate == first.certificate)
        let renewed = try authority.serverCertificate(names, at: Self.later(336))
        #expect(renewed.certificate != first.certificate && renewed.key.publicKey != first.key.publicKey)
        names.hosts.append("more.example.org")
        let more = try authority.serverCertificate(names, at: Self.later(336))
        #expect(more.certificate != renewed.certificate)
        // Damaged, it is made anew: nobody keeps it but the server.
        try SecretFile.replace("\(path)/server.key", Array(first.key.pem().utf8))
        #expect(try authority.serverCertificate(names, at: Self.later(336)).certificate != more.certificate)
        // At the end of the authority it ends with it.
        let last = try authority.serverCertificate(names, at: Self.later(3640))
        #expect(last.certificate.notAfter == authority.certificate.notAfter)
        #expect(try authority.serverCertificate(names, at: Self.later(3641)).certificate == last.certificate)
        #expect(ServerNames(hostName: "not a name").hosts.last == "localhost")
    }

    @Test("knows its clients by their certificates, and nobody else's") func clients() throws {
        let folder = try TemporaryFolder(), other = try TemporaryFolder()
        let authority = try CertificateAuthority(folder: folder.path, at: Self.now)
        let foreign = try CertificateAuthority(folder: other.path, at: Self.now)
        let users = ClientCertificateUser(authorities: [authority.certificate])
        let pair = try authority.clientCertificate(user: "ann", groups: ["ops", "dev"], at: Self.now)
        let user = try users.user(of: pair.certificate.der, at: Self.now)
        #expect(user.name == "ann" && user.groups == ["dev", "ops", "system:authenticated"])
        #expect(
            user.extra["authentication.kubernetes.io/credential-id"] == [
                "X509SHA256=\(Digest(of: pair.certificate.der).hex)"
            ])
        func refused(_ der: [UInt8], _ time: Timestamp = Self.now) -> Fault.Code? {
            Self.code { _ = try users.user(of: der, at: time) }
        }
        #expect(refused(pair.certificate.der, Self.later(366)) == .unverified)
        #expect(refused(pair.certificate.der, Self.later(-1)) == .unverified)
        #expect(refused(try foreign.clientCertificate(user: "ann", at: Self.now).certificate.der) == .unverified)
        let server = try authority.serverCertificate(ServerNames(hostName: ""), at: Self.now)
        #expect(refused(server.certificate.der) == .unverified)
        #expect(refused(authority.certificate.der) == .unverified)
        #expect(refused([]) == .invalid && refused([1, 2]) == .invalid)
        for index in stride(from: 0, to: pair.certificate.der.count, by: 5) {
            var changed = pair.certificate.der
            changed[index] ^= 0x10
            #expect(refused(changed) != nil, "byte \(index)")
        }
        #expect(
            Self.code { _ = try ClientCertificateUser(authorities: []).user(of: pair.certificate.der, at: Self.now) }
                == .unverified)
        #expect(!"\(pair) \(authority)".contains("PRIVATE"))
    }

    @Test("that a certificate was verified counts for that second and that certificate alone") func repeated() throws {
        let folder = try TemporaryFolder()
        let authority = try CertificateAuthority(folder: folder.path, at: Self.now)
        let users = ClientCertificateUser(authorities: [authority.certificate])
        let ann = try authority.clientCertificate(user: "ann", at: Self.now).certificate.der
        let ben = try authority.clientCertificate(user: "ben", at: Self.now).certificate.der
        var changed = ann
        changed[changed.count - 1] ^= 1
        for _ in 1...2 {
            for (der, name) in [(ann, "ann"), (ben, "ben"), (ann, "ann")] {
                #expect(try users.user(of: der, at: Self.now).name == name)
            }
            #expect(Self.code { _ = try users.user(of: ann, at: Self.later(366)) } == .unverified)
            #expect(Self.code { _ = try users.user(of: changed, at: Self.now) } != nil)
        }
    }

    @Test("certificates, tokens and silence lead to users in this order") func authenticator() throws {
        let folder = try TemporaryFolder(), other = try TemporaryFolder()
        let authority = try CertificateAuthority(folder: folder.path, at: Self.now)
        let good = try authority.clientCertificate(user: "cert", at: Self.now).certificate.der
        let bad = try CertificateAuthority(folder: other.path, at: Self.now).clientCertificate(user: "x", at: Self.now)
            .certificate.der
        let tokens = try ServiceAccountTokens(keyFile: "\(folder.path)/sa.key", issuer: "i", isCurrent: { _ in true })
        let account = ServiceAccountIdentity(namespace: "n", name: "a", uid: "u")
        let token = try tokens.issue(to: .init(account), at: Self.now).token
        var authenticator = RequestAuthenticator()
        authenticator.certificates = ClientCertificateUser(authorities: [authority.certificate])
        authenticator.serviceAccounts = tokens
        authenticator.tokens = try TokenFile(parsing: Array("0123456789abcdef,file,1\n".utf8), source: "file")
        func name(_ header: String?, _ certificate: [UInt8]?) -> String? {
            try? authenticator.user(authorization: header, certificate: certificate, at: Self.now).name
        }
        for anonymous in [false, true] {
            authenticator.allowsAnonymous = anonymous
            #expect(name(nil, nil) == (anonymous ? "system:anonymous" : nil))
            #expect(
                name(nil, good) == "cert" && name("Bearer \(token)", good) == "cert"
                    && name("Bearer junk", good) == "cert")
            #expect(name("Bearer \(token)", nil) == "system:serviceaccount:n:a")
            #expect(name("bearer  0123456789abcdef", nil) == "file" && name("Bearer 0123456789abcdef", bad) == "file")
            for header in [
                "Bearer x", "Bearer", "", "Basic YTpi", "Bearer a b", "Bearer \(token)x", "0123456789abcdef",
                "Bearer \u{E9}",
            ] {
                #expect(name(header, nil) == nil && name(header, bad) == nil, "\(header)")
            }
            #expect(name(nil, bad) == nil)
        }
        #expect(
            Self.code { _ = try authenticator.user(authorization: "Bearer x", certificate: nil, at: Self.now) }
                == .unauthorized)
    }
}
