// SPDX-License-Identifier: Apache-2.0

import Basics
import OCI
import Repositories
import TestInputs
import Testing
import Web

@Suite("Damaged names and logins are refused or read, and nothing else happens") struct CredentialFuzzTests {
    @Test("repositories are the same read from their specification", arguments: [1, 2] as [UInt64])
    func locators(seed: UInt64) throws {
        let samples = [
            "oci::https://ghcr.io:8443/acme/components", "localhost:5000/a", "ctf+tgz::./archive.tgz", "[::1]:5000/x",
            "https://registry.example", #"{"type":"OCIRepository/v1","baseUrl":"http://a.b:80/c","subPath":"d/e"}"#,
        ]
        let tokens = ["::", "://", "//", "http://", ":", "@", "#", "?", "..", "[", "]", "443", "80", "+", "~/", "ä"]
        var mutator = ByteMutator(samples: samples.map { Array($0.utf8) }, tokens: tokens, seed: seed)
        var accepted = 0
        for _ in 0..<3000 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            guard let locator = try? RepositoryLocator(text) else { continue }
            accepted += 1
            // A specification does not say how an archive is packed: its content does.
            if case .archive = locator.kind { continue }
            #expect(try RepositoryLocator(json: locator.json).kind == locator.kind, "\(text)")
        }
        #expect(accepted > 100)
    }

    @Test("a login that was damaged is never given to another host", arguments: [3, 4] as [UInt64])
    func logins(seed: UInt64) async throws {
        let folder = try TemporaryFolder()
        let json = #"{"auths":{"ghcr.io":{"auth":"dTpzZWNyZXQ="},"localhost:5000":{"username":"u","password":"p"}}}"#
        let tokens = ["ghcr.io", "https://", "/v1/", "auths", "credsStore", "identitytoken", "null", "[]", "dTpw", "="]
        var mutator = ByteMutator(samples: [Array(json.utf8)], tokens: tokens, seed: seed)
        let configuration = DockerConfiguration(
            path: "\(folder.path)/config.json", isRequired: true, environment: Environment(["HOME": folder.path]))
        let origins = try ["https://ghcr.io", "https://evil.example", "https://ghcr.io:8443"].map {
            try HTTPURL($0).origin
        }
        for round in 0..<500 {
            try FileSystem.write(mutator.next(), to: configuration.path)
            for origin in origins {
                do {
                    let found = try await configuration.credential(for: origin, repository: "a")
                    #expect(found == nil || origin == origins[0], "round \(round): \(origin)")
                } catch { #expect(error is Fault, "round \(round): \(error)") }
            }
        }
    }
}
