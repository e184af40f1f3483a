// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing
import Web

@testable import AccessControl

/// A folder with users and a clock; `alice` has the password `correct-horse`, `bob` `battery`, `carol` `staple`.
struct AccessFixture {
    static let alice = "alice:$2y$04$.6PhGcobvf8FBe702TZPE.ffOa2nl3GMq7w8h75IH9kvuQNozcA/W"
    static let bob = "bob:$2y$04$E.qWimnIdEpDDQCPyWOEqOSf.uD956MAM0dKA5y55LFJCL4j0XeRi"
    static let carol = "carol:$2y$04$gFpK/Bb/4LOW0N5hrGjjnuMDM5iHbPppBUEvHAAPqYt5MiB86/SIa"
    static let peer = IPAddress("192.0.2.1")!

    static let users = "passwords: {file: htpasswd}\n"
    static let tokens = """
        tokens:
          realm: https://registry.example/token
          service: registry.example
          keys: keys

        """
    static let rules = """
        groups: {admins: [carol]}
        rules:
          - {repositories: ["team-a/**"], users: [alice], allow: [pull, push]}
          - {repositories: ["team-b/**"], users: [bob], allow: [pull]}
          - {repositories: ["public/**"], anonymous: true, allow: [pull]}
          - {repositories: ["**"], groups: [admins], allow: [pull, push, delete]}

        """

    let folder: TemporaryFolder
    let clock = TestClock()

    init() throws {
        folder = try TemporaryFolder(prefix: "access")
        try write("htpasswd", [Self.alice, Self.bob, Self.carol].joined(separator: "\n") + "\n")
    }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    func write(_ name: String, _ text: String) throws {
        let file = try AtomicFile(path(name))
        try file.write(Array(text.utf8)[...])
        try file.commit(durably: false)
    }

    func configuration(_ yaml: String) throws(Fault) -> AccessConfiguration {
        try AccessConfiguration(YAML.document(Array(yaml.utf8), source: "access.yaml"), folder: folder.path)
    }

    func access(
        _ yaml: String = users + tokens + rules,
        fetch: @escaping @Sendable (HTTPURL) async throws -> [UInt8] = { _ in
            throw Fault(.unavailable, "nothing is fetched here")
        }
    ) throws -> RegistryAccess {
        try RegistryAccess(configuration(yaml), clock: clock.access, fetch: fetch)
    }

    static func basic(_ user: String, _ password: String) -> String {
        "Basic \(Array("\(user):\(password)".utf8).base64)"
    }

    static func credentials(
        _ authorization: String?, certificate: [UInt8]? = nil, from peer: IPAddress = peer
    ) -> PresentedCredentials {
        PresentedCredentials(authorization: authorization, certificate: certificate, peer: peer)
    }
}

extension Authentication {
    /// In few words, for tables: `alice`, `anonymous`, `wrong_password`, `throttled`, `unavailable`.
    var word: String {
        switch self {
        case .identity(let identity): identity.user ?? "anonymous"
        case .refused(let refusal): refusal.reason.rawValue
        case .throttled: "throttled"
        case .unavailable: "unavailable"
        }
    }
}
