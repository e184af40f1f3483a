// SPDX-License-Identifier: Apache-2.0

import Basics
import TestRegistry
import Testing

@Suite("The program against registries that misbehave") struct HostileRegistryTests {
    /// What is done, what the registry does, the exit code, and a word of the message.
    struct Row: Sendable, CustomTestStringConvertible {
        enum Verb: String, Sendable { case verify, transfer, get }
        let verb: Verb, fault: RegistryFault, status: Int32, word: String
        var testDescription: String { "\(verb), \(fault)" }

        init(_ verb: Verb, _ fault: RegistryFault, _ status: Int32, _ word: String = "") {
            (self.verb, self.fault, self.status, self.word) = (verb, fault, status, word)
        }
    }

    static let rows: [Row] = [
        Row(.transfer, RegistryFault(.headBlob, .status(429, retryAfter: "0"), at: 1...3), 0),
        Row(.transfer, RegistryFault(.putManifest, .reset(.afterStoring), at: 1...1), 0),
        Row(.transfer, RegistryFault(.putBlob, .hangUp(.insideRequest), at: 1...1), 0),
        Row(.transfer, RegistryFault(.putBlob, .lostSession, at: 1...1), 0),
        Row(.transfer, RegistryFault(.beginUpload, .location(.foreign)), 0),
        Row(
            .transfer, RegistryFault(.beginUpload, .location(.text("file:///etc/passwd"))), 1, "neither HTTP nor HTTPS"),
        Row(.transfer, RegistryFault(.putManifest, .status(403)), 4, "403"),
        Row(.transfer, RegistryFault(.putManifest, .lie), 3, "does not have it"),
        Row(.verify, RegistryFault(.getManifest, .hangUp(.insideBody), at: 1...1), 0),
        Row(.verify, RegistryFault(.getBlob, .redirect(.foreign)), 0),
        Row(.verify, RegistryFault(.getBlob, .otherBytes), 3, "should have the digest"),
        Row(.verify, RegistryFault(.getManifest, .document(.page)), 3, "should have the digest"),
        Row(.verify, RegistryFault(.getBlob, .redirect(.loop)), 1, "redirected more than"),
        Row(.verify, RegistryFault(.getManifest, .endlessBody), 1, "larger than"),
        Row(.verify, RegistryFault(.headManifest, .status(401)), 4, "ocm login"),
        Row(.verify, RegistryFault(.headManifest, .length(.two)), 1, "two different lengths"),
        Row(.get, RegistryFault(.token, .redirect(.foreign)), 4, "token service"),
        Row(.get, RegistryFault(.tags, .endlessHead), 1, "header fields"),
        Row(.get, RegistryFault(.tags, .document(.nested)), 1, "nested"),
        Row(.get, RegistryFault(.tags, .field("Link", "<http://{foreign}/v2/x>; rel=next")), 1, "refused"),
        Row(.get, RegistryFault(.tags, .error(400, #"{"errors":[{"code":"X\u001b[2J"}]}"#)), 1, "400 (X"),
    ]

    @Test("each ends with its exit code, names the registry, and tells nobody who we are", arguments: rows)
    func row(row: Row) async throws {
        let workshop = try Workshop()
        try await workshop.build()
        let registry = try HostileRegistry(access: .token)
        try workshop.write(".ocmconfig", Self.consumers(registry))
        let component = String(Workshop.product.prefix { $0 != ":" })
        let transfer = [
            "transfer", "cv", "--recursive", "\(workshop.archive)//\(Workshop.product)", registry.url,
        ]
        if row.verb != .transfer { try await workshop.done(transfer) }
        registry.setFaults([row.fault])
        let result =
            switch row.verb {
            case .transfer: try await workshop.ocm(transfer)
            case .verify: try await workshop.verify(registry.url)
            case .get: try await workshop.ocm("get", "cv", "\(registry.url)//\(component)")
            }
        #expect(result.status == row.status, "\(result.output)\(result.errors)")
        #expect(registry.fired != [0] && registry.leaks.isEmpty, "\(registry.fired) \(registry.leaks)")
        for text in [result.output, result.errors] {
            #expect(!text.contains(HostileRegistry.password) && !text.contains("\u{1B}"), "\(text)")
        }
        guard row.status != 0 else { return }
        let message = result.errors
        #expect(message.contains("127.0.0.1:\(registry.port)") && message.contains(row.word), "\(message)")
        if row.verb == .transfer {
            #expect(registry.tags(in: "component-descriptors/\(component)").isEmpty)
        }
    }

    private static func consumers(_ registry: HostileRegistry) -> String {
        """
        type: generic.config.ocm.software/v1
        configurations:
          - type: credentials.config.ocm.software/v1
            consumers:
              - identity: {type: OCIRegistry, scheme: http, hostname: 127.0.0.1, port: "\(registry.port)"}
                credentials:
                  - {type: OCICredentials/v1, username: \(HostileRegistry.user), password: \(HostileRegistry.password)}

        """
    }
}
