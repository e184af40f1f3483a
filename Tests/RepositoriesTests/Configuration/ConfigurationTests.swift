// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import OCI
import Repositories
import Testing
import Web

@Suite("Configuration files") struct ConfigurationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ path: String, password: String) throws {
        let text = """
            type: generic.config.ocm.software/v1
            configurations:
              - type: credentials.config.ocm.software
                consumers:
                  - identity: {type: OCIRegistry, hostname: ghcr.io}
                    credentials: [{type: Credentials, properties: {username: u, password: \(password)}}]

            """
        try FileSystem.makeFolder(FileSystem.folder(of: "\(folder.path)/\(path)"))
        try FileSystem.write(Array(text.utf8), to: "\(folder.path)/\(path)")
    }

    private func files(_ variables: [String: String] = [:], named: [String] = []) -> ConfigurationFiles {
        let base = ["HOME": "\(folder.path)/home"]
        return ConfigurationFiles(
            named: named, environment: Environment(base.merging(variables) { $1 }),
            workingFolder: "\(folder.path)/work", executableFolder: "\(folder.path)/bin")
    }

    private func password(_ files: ConfigurationFiles) async throws -> String? {
        let environment = Environment(["HOME": "\(folder.path)/home"])
        let resolver = try Configuration(files: files).credentialResolver(environment)
        let found = try await resolver.registryCredential(for: HTTPURL("https://ghcr.io").origin, repository: "a")
        guard case .basic(_, let password)? = found else { return nil }
        return password
    }

    static let usual = [
        "xdg/ocm/config", "xdg/.ocmconfig", "home/.config/ocm/config", "home/.config/.ocmconfig", "home/.ocm/config",
        "home/.ocmconfig", "work/.ocm/config", "work/.ocmconfig", "bin/.ocm/config", "bin/.ocmconfig",
    ]

    @Test("are found in each of their places", arguments: usual) func places(place: String) async throws {
        try write(place, password: "found")
        let files = files(["XDG_CONFIG_HOME": "\(folder.path)/xdg"])
        #expect(files.paths == ["\(folder.path)/\(place)"])
        #expect(try await password(files) == "found")
    }

    @Test("are read from the general to the particular, and the last word counts") func order() async throws {
        for place in Self.usual { try write(place, password: place) }
        try write("named", password: "named")
        let variables = ["XDG_CONFIG_HOME": "\(folder.path)/xdg", "OCM_CONFIG": "\(folder.path)/named"]
        let found = files(variables)
        #expect(found.paths == (["named"] + Self.usual).map { "\(folder.path)/\($0)" })
        #expect(try await password(found) == Self.usual.last)
        // Files that are named stand alone, in the order in which they are named.
        let named = files(variables, named: ["\(folder.path)/xdg/.ocmconfig", "\(folder.path)/named"])
        #expect(try await password(named) == "named")
    }

    @Test("that were promised must be there; others need not") func missing() async throws {
        #expect(files().paths.isEmpty && files(["OCM_CONFIG": ""]).paths.isEmpty)
        for files in [files(["OCM_CONFIG": "\(folder.path)/none"]), files(named: ["\(folder.path)/none"])] {
            #expect(await faultOf { _ = try Configuration(files: files) }?.code == .notFound)
        }
    }

    @Test(
        "that cannot be understood are refused by name",
        arguments: [
            ("{}", Fault.Code.invalid), ("[]", .invalid), ("type: 5", .invalid), ("a: [", .invalid),
            ("{type: generic.config.ocm.software, configurations: [{}]}", .invalid),
            ("{type: credentials.config.ocm.software, consumers: [{credentials: []}]}", .invalid),
        ])
    func broken(text: String, code: Fault.Code) async throws {
        try FileSystem.write(Array(text.utf8), to: "\(folder.path)/config")
        let fault = await faultOf { _ = try await password(files(named: ["\(folder.path)/config"])) }
        #expect(fault?.code == code && fault?.message.contains("config") == true, "\(String(describing: fault))")
    }

    @Test("may be empty, and may hold what is unknown here") func tolerant() async throws {
        for text in ["", "# nothing\n", "{type: future.config.ocm.software/v9, x: 1}"] {
            try FileSystem.write(Array(text.utf8), to: "\(folder.path)/config")
            #expect(try await password(files(named: ["\(folder.path)/config"])) == nil)
        }
    }

    @Test("nest, but not without end") func nesting() async throws {
        func nested(_ depth: Int) -> String {
            (0..<depth).reduce("{type: x.config/v1}") { text, _ in
                "{type: generic.config.ocm.software/v1, configurations: [\(text)]}"
            }
        }
        try FileSystem.write(Array(nested(10).utf8), to: "\(folder.path)/config")
        #expect(try Configuration(files: files(named: ["\(folder.path)/config"])).entries("x.config").count == 1)
        try FileSystem.write(Array(nested(40).utf8), to: "\(folder.path)/config")
        let fault = await faultOf { _ = try Configuration(files: files(named: ["\(folder.path)/config"])) }
        #expect(fault?.code == .limitExceeded)
    }

    @Test("are shown without secrets") func redacted() async throws {
        try write("config", password: "hunter2")
        let shown = try Configuration(files: files(named: ["\(folder.path)/config"])).redacted.pretty()
        #expect(!shown.contains("hunter2") && shown.contains("ghcr.io") && shown.contains("***"))
    }

    @Test("a password in Docker's file is found through the configuration, wherever it stands") func docker()
        async throws
    {
        let docker = #"{"auths":{"ghcr.io":{"auth":"dTpkb2NrZXI="}}}"#
        try FileSystem.makeFolder("\(folder.path)/home/.docker")
        try FileSystem.write(Array(docker.utf8), to: "\(folder.path)/home/.docker/config.json")
        #expect(try await password(files()) == "docker")
        try FileSystem.write(Array(docker.utf8), to: "\(folder.path)/home/elsewhere.json")
        for path in ["~/elsewhere.json", "\(folder.path)/home/elsewhere.json"] {
            let text = """
                {type: credentials.config.ocm.software, repositories: [{repository: {type: DockerConfig/v1,
                dockerConfigFile: "\(path)"}}]}
                """
            try FileSystem.write(Array(text.utf8), to: "\(folder.path)/config")
            #expect(try await password(files(named: ["\(folder.path)/config"])) == "docker")
        }
        // Our own word comes before Docker's.
        try write("config", password: "ours")
        #expect(try await password(files(named: ["\(folder.path)/config"])) == "ours")
    }
}
