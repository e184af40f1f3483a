// SPDX-License-Identifier: Apache-2.0

import Basics
import Repositories
import Testing
import Web
import WebClient

@Suite("What the configuration says about HTTP") struct ConfigurationHTTPTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func settings(_ entries: String...) throws -> HTTPClientSettings {
        let list = entries.map { "  - \($0)\n" }.joined()
        let text = "type: generic.config.ocm.software/v1\nconfigurations:\n\(list)"
        try FileSystem.write(Array(text.utf8), to: "\(folder.path)/config")
        let environment = Environment(["HOME": folder.path])
        let files = ConfigurationFiles(
            named: ["\(folder.path)/config"], environment: environment, workingFolder: folder.path,
            executableFolder: nil)
        return try Configuration(files: files).httpSettings(environment, isOffline: false, log: nil)
    }

    private func tls(_ settings: HTTPClientSettings, _ url: String) throws -> TLSSettings {
        settings.tls(try HTTPURL(url).origin)
    }

    @Test(
        "says how often a request is tried again",
        arguments: [("5", 6), ("1", 2), ("-1", 1), ("0", 101), ("100000", 101), ("many", RetryPolicy().attempts)])
    func retries(value: String, attempts: Int) throws {
        let settings = try settings("{type: http.config.ocm.software/v1alpha1, retry: {maxRetries: \(value)}}")
        #expect(settings.retry.attempts == attempts)
    }

    @Test("a host's settings are for that host, and those for a port for that port") func hosts() throws {
        let settings = try settings(
            """
            {type: http.config.ocm.software/v1alpha1, hosts: {
                "Registry.local:5000": {insecureSkipVerify: true}, other.local: {certificateAuthority: here}}}
            """)
        #expect(try tls(settings, "https://registry.local:5000/").insecureSkipVerify)
        for url in ["https://registry.local", "https://registry.local.evil.org:5000", "https://other.local"] {
            #expect(try !tls(settings, url).insecureSkipVerify, "\(url)")
        }
        #expect(try tls(settings, "https://other.local:8443").certificateAuthority == "here")
        #expect(try tls(settings, "https://another.local").certificateAuthority == nil)
    }

    @Test("certificates come from files and from credentials, for their host alone") func certificates() throws {
        try FileSystem.write(Array("from a file".utf8), to: "\(folder.path)/ca.pem")
        let settings = try settings(
            "{type: http.config.ocm.software/v1alpha1, hosts: {a.b: {certificateAuthorityFile: \(folder.path)/ca.pem}}}",
            """
            {type: credentials.config.ocm.software, consumers: [{
                identity: {type: OCIRegistry, hostname: A.b, port: 5000},
                credentials: [{type: OCICredentials/v1, username: u, certificate: mine, privateKey: key,
                    certificateAuthority: theirs}]}]}
            """)
        let (plain, port) = (try tls(settings, "https://a.b"), try tls(settings, "https://a.b:5000"))
        #expect(plain.certificateAuthority == "from a file" && plain.clientCertificatePEM == nil)
        #expect(port.certificateAuthority == "theirs" && port.clientCertificatePEM == "mine")
        #expect(port.clientKeyPEM == "key")
        #expect(try tls(settings, "https://b.a").certificateAuthority == nil)
        let missing = #expect(throws: Fault.self) {
            try self.settings("{type: http.config.ocm.software, hosts: {a.b: {certificateAuthorityFile: /none}}}")
        }
        #expect(missing?.code == .notFound)
    }
}
