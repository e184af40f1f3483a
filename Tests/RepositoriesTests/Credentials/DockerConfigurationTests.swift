// SPDX-License-Identifier: Apache-2.0

import Basics
import OCI
import Repositories
import Testing
import Web

@Suite("Docker configurations") struct DockerConfigurationTests {
    private func found(_ json: String, _ url: String, _ repository: String) async throws -> RegistryCredential? {
        let folder = try TemporaryFolder()
        try FileSystem.write(Array(json.utf8), to: "\(folder.path)/config.json")
        let configuration = DockerConfiguration(path: "\(folder.path)/config.json", isRequired: true)
        return try await configuration.credential(for: HTTPURL(url).origin, repository: repository)?.forRegistry
    }

    private func password(_ json: String, _ url: String, _ repository: String = "acme/app") async throws -> String? {
        switch try await found(json, url, repository) {
        case .basic(_, let password)?: password
        case .identityToken(let token)?: "token \(token)"
        case .bearer(let token)?: "bearer \(token)"
        case nil: nil
        }
    }

    @Test(
        "a login is found under every name a registry has",
        arguments: [
            // u:secret
            (#"{"ghcr.io":{"auth":"dTpzZWNyZXQ="}}"#, "https://ghcr.io", "secret"),
            (#"{"https://ghcr.io":{"auth":"dTpzZWNyZXQ="}}"#, "https://ghcr.io", "secret"),
            (#"{"https://ghcr.io/v2/":{"auth":"dTpzZWNyZXQ="}}"#, "https://ghcr.io", "secret"),
            (#"{"https://index.docker.io/v1/":{"auth":"dTpzZWNyZXQ="}}"#, "https://docker.io", "secret"),
            (#"{"localhost:5000":{"auth":"dTpzZWNyZXQ="}}"#, "http://localhost:5000", "secret"),
            (#"{"ghcr.io":{"username":"u","password":"plain"}}"#, "https://ghcr.io", "plain"),
            (#"{"ghcr.io":{"identitytoken":"abc","auth":"dTo="}}"#, "https://ghcr.io", "token abc"),
            (#"{"ghcr.io":{"registrytoken":"abc"}}"#, "https://ghcr.io", "bearer abc"),
        ])
    func names(auths: String, url: String, expected: String) async throws {
        #expect(try await password(#"{"auths":\#(auths)}"#, url) == expected)
    }

    @Test(
        "a login for one server is not given to another",
        arguments: [
            (#"{"ghcr.io":{"auth":"dTpzZWNyZXQ="}}"#, "https://evil.ghcr.io"),
            (#"{"ghcr.io":{"auth":"dTpzZWNyZXQ="}}"#, "https://ghcr.io:8443"),
            (#"{"ghcr.io":{"auth":"dTpzZWNyZXQ="}}"#, "http://ghcr.io"),
            (#"{"https://index.docker.io/v1/":{"auth":"dTpzZWNyZXQ="}}"#, "http://docker.io"),
            (#"{"https://index.docker.io/v1/":{"auth":"dTpzZWNyZXQ="}}"#, "https://docker.io.evil.org"),
            (#"{"localhost:5000":{"auth":"dTpzZWNyZXQ="}}"#, "http://localhost:5001"),
            (#"{"localhost":{"auth":"dTpzZWNyZXQ="}}"#, "http://localhost:5001"),
            (#"{"ghcr.io/other":{"auth":"dTpzZWNyZXQ="}}"#, "https://ghcr.io"), (#"{"ghcr.io":{}}"#, "https://ghcr.io"),
        ])
    func otherServers(auths: String, url: String) async throws {
        #expect(try await password(#"{"auths":\#(auths)}"#, url) == nil)
    }

    @Test("the longest path wins") func paths() async throws {
        let auths = """
            {"auths":{"ghcr.io":{"auth":"dTphbGw="},"ghcr.io/acme":{"auth":"dTphY21l"},"ghcr.io/acme/app":{"auth":"dTphcHA="}}}
            """
        #expect(try await password(auths, "https://ghcr.io", "acme/app") == "app")
        #expect(try await password(auths, "https://ghcr.io", "acme/other") == "acme")
        #expect(try await password(auths, "https://ghcr.io", "acmeevil/app") == "all")
    }

    @Test(
        "what cannot be read is an error, not a missing login",
        arguments: [
            "", "[", #"{"auths":{"ghcr.io":{"auth":"%%%"}}}"#, #"{"auths":{"ghcr.io":{"auth":"bm9jb2xvbg=="}}}"#,
            #"{"credsStore":"../../bin/sh"}"#, #"{"credHelpers":{"ghcr.io":"a b"}}"#,
            #"{"credsStore":"this-helper-does-not-exist"}"#,
        ])
    func broken(json: String) async throws {
        let fault = await faultOf { _ = try await password(json, "https://ghcr.io") }
        #expect(fault != nil && fault?.description.contains("secret") == false)
    }
}
