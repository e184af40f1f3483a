// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import KubernetesAccess
import Testing
import Web
import WebClient
import WebServer

@Suite("Certificates on connections") struct ConnectionTests {
    enum Shown: String, Sendable, CaseIterable { case nothing, own, foreign, server }

    @Test(
        "servers and clients of one authority know one another", arguments: Shown.allCases, ["localhost", "127.0.0.1"])
    func connection(shown: Shown, host: String) async throws {
        let now = Timestamp.now()
        let folder = try TemporaryFolder(), elsewhere = try TemporaryFolder()
        let authority = try CertificateAuthority(folder: folder.path, at: now)
        let server = try authority.serverCertificate(ServerNames(), at: now)
        let pair =
            switch shown {
            case .nothing: CertificateAuthority.Pair?.none
            case .own: try authority.clientCertificate(user: "ann", groups: ["ops"], at: now)
            case .foreign:
                try CertificateAuthority(folder: elsewhere.path, at: now).clientCertificate(user: "ann", at: now)
            case .server: server
            }
        var authenticator = RequestAuthenticator()
        authenticator.certificates = ClientCertificateUser(authorities: [authority.certificate])
        var settings = ServerSettings()
        settings.tls = ServerTLS(
            certificate: server.certificate.pem(), key: server.key.pem(),
            clients: .mayShow(authorities: authority.certificate.pem()))
        let site = try HTTPServer(settings) { [authenticator] request in
            do throws(Fault) {
                let user = try authenticator.user(
                    authorization: request.headers["Authorization"], certificate: request.clientCertificate, at: now)
                return ServerResponse("text/plain", "\(user.name) \(user.groups)")
            } catch { return ServerResponse("text/plain", error.code.name) }
        }
        var client = HTTPClientSettings()
        client.retry.attempts = 1
        var tls = TLSSettings()
        tls.certificateAuthority = authority.certificate.pem()
        (tls.clientCertificatePEM, tls.clientKeyPEM) = (pair?.certificate.pem(), pair?.key.pem())
        client.tls = { [tls] _ in tls }
        let request = HTTPRequest(method: .get, url: try HTTPURL("https://\(host):\(site.port)/x"))
        let answer: (Int, String)
        do {
            answer = try await HTTPClient(client).send(request) { response in
                (response.status, String(decoding: try await response.body.collect(limit: 4096), as: UTF8.self))
            }
        } catch {
            await site.stop(deadline: .zero)
            throw error
        }
        await site.stop(deadline: .zero)
        switch shown {
        case .nothing: #expect(answer == (200, "unauthorized"))
        case .own: #expect(answer == (200, #"ann ["ops", "system:authenticated"]"#))
        case .foreign, .server: #expect(answer.0 == 401)
        }
    }
}
