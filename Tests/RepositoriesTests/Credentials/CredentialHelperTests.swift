// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import OCI
import Repositories
import Testing
import Web

@Suite("Credential helpers") struct CredentialHelperTests {
    /// A helper that keeps logins in files and writes down what it is asked.
    private static let script = """
        #!/bin/sh
        read -r line
        echo "$1 $line" >> "$HOME/asked"
        case "$1 $line" in
        "get ghcr.io") echo '{"ServerURL":"ghcr.io","Username":"u","Secret":"hunter2"}' ;;
        "get https://index.docker.io/v1/") echo '{"Username":"hub","Secret":"hub-secret"}' ;;
        "get token.io") echo '{"Username":"<token>","Secret":"refresh"}' ;;
        "get broken.io") echo hunter2 >&2; exit 3 ;;
        "get garbled.io") echo 'hunter2' ;;
        store*) ;;
        *) echo "credentials not found in native keychain"; exit 1 ;;
        esac

        """
    private let folder: TemporaryFolder
    private let environment: Environment

    init() throws {
        folder = try TemporaryFolder()
        for name in ["keeper", "other"] {
            try FileSystem.write(
                Array(Self.script.utf8), to: "\(folder.path)/docker-credential-\(name)", mode: 0o755)
        }
        environment = Environment(["HOME": folder.path, "PATH": "\(folder.path):/usr/bin:/bin"])
    }

    private func configuration(_ json: String) throws -> DockerConfiguration {
        let path = DockerConfiguration.defaultPath(environment)
        try FileSystem.makeFolder(FileSystem.folder(of: path))
        try FileSystem.write(Array(json.utf8), to: path)
        return DockerConfiguration(path: path, isRequired: true, environment: environment)
    }

    private func login(_ json: String, _ url: String) async throws -> String? {
        switch try await configuration(json).credential(for: HTTPURL(url).origin, repository: "acme/app")?.forRegistry {
        case .basic(let name, let password)?: "\(name):\(password)"
        case .identityToken(let token)?: "token \(token)"
        case .bearer(let token)?: "bearer \(token)"
        case nil: nil
        }
    }

    private func asked() throws -> [String] {
        guard FileSystem.exists("\(folder.path)/asked") else { return [] }
        return String(decoding: try FileSystem.read("\(folder.path)/asked", limit: 1 << 20), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    @Test(
        "give logins under the names that Docker keeps them by",
        arguments: [
            (#"{"credsStore":"keeper"}"#, "https://ghcr.io", "u:hunter2", ["get ghcr.io"]),
            (#"{"credHelpers":{"ghcr.io":"keeper"}}"#, "https://ghcr.io", "u:hunter2", ["get ghcr.io"]),
            (
                #"{"credsStore":"keeper"}"#, "https://docker.io", "hub:hub-secret", ["get https://index.docker.io/v1/"]
            ),
            (
                #"{"credsStore":"keeper"}"#, "https://registry-1.docker.io", "hub:hub-secret",
                ["get https://index.docker.io/v1/"]
            ),
            (#"{"credsStore":"keeper"}"#, "https://token.io", "token refresh", ["get token.io"]),
            // What stands in the file needs no helper; a helper for a host comes before both.
            (#"{"credsStore":"keeper","auths":{"a.io":{"auth":"dTpw"}}}"#, "https://a.io", "u:p", []),
            (
                #"{"credsStore":"missing","credHelpers":{"ghcr.io":"other"},"auths":{"ghcr.io":{"auth":"dTpw"}}}"#,
                "https://ghcr.io", "u:hunter2", ["get ghcr.io"]
            ),
            // Docker leaves empty entries for what the helper keeps.
            (#"{"credsStore":"keeper","auths":{"ghcr.io":{}}}"#, "https://ghcr.io", "u:hunter2", ["get ghcr.io"]),
        ])
    func gives(json: String, url: String, expected: String, calls: [String]) async throws {
        #expect(try await login(json, url) == expected)
        #expect(try asked() == calls)
    }

    @Test("are not asked in the clear, nor for another host", arguments: ["http://ghcr.io", "https://ghcr.io:8443"])
    func others(url: String) async throws {
        #expect(try await login(#"{"credsStore":"keeper"}"#, url) == nil)
        #expect(try await login(#"{"credHelpers":{"ghcr.io":"keeper"}}"#, url) == nil)
        #expect(try asked().allSatisfy { $0 != "get ghcr.io" })
    }

    @Test("that fail are an error which tells no secret", arguments: ["https://broken.io", "https://garbled.io"])
    func failing(url: String) async throws {
        let fault = await faultOf { _ = try await login(#"{"credsStore":"keeper"}"#, url) }
        #expect(fault != nil && !"\(String(describing: fault))".contains("hunter2"))
    }

    @Test("keep what they are given, and the file stays as it was") func stores() async throws {
        let json = #"{"credsStore":"keeper","HttpHeaders":{"a":"b"}}"#
        let configuration = try configuration(json)
        let place = try await configuration.store(
            username: "u", secret: "hunter2", for: HTTPURL("https://docker.io").origin)
        #expect(place == "docker-credential-keeper")
        let call = try #require(try asked().first)
        #expect(call.hasPrefix("store ") && call.contains("https://index.docker.io/v1/") && call.contains("hunter2"))
        #expect(try FileSystem.read(configuration.path, limit: 1000) == Array(json.utf8))
    }

    @Test("a login without a helper goes into the file, for its owner alone, and all else stays")
    func storesInFile() async throws {
        let configuration = try configuration(#"{"HttpHeaders":{"a":"b"},"auths":{"a.io":{"auth":"dTpw"}}}"#)
        for url in ["https://ghcr.io", "https://docker.io", "http://localhost:5000"] {
            _ = try await configuration.store(username: "u", secret: "s", for: HTTPURL(url).origin)
            let found = try await configuration.credential(for: HTTPURL(url).origin, repository: "a")?.forRegistry
            guard case .basic("u", "s")? = found else { return #expect(Bool(false), "\(url)") }
        }
        let json = try JSON(parsing: FileSystem.read(configuration.path, limit: 1 << 16), source: "the file")
        #expect(json["HttpHeaders"]?["a"] == "b" && json["auths"]?["a.io"]?["auth"] == "dTpw")
        #expect(
            json["auths"]?.object?.keys.sorted() == [
                "a.io", "ghcr.io", "https://index.docker.io/v1/", "localhost:5000",
            ])
        #expect(try FileSystem.entry(at: configuration.path).map { $0.mode & 0o777 } == 0o600)
    }
}
