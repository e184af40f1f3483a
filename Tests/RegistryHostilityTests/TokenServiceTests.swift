// SPDX-License-Identifier: Apache-2.0

import Basics
import OCI
import TestRegistry
import Testing
import Web
import WebClient

@Suite("A token service that the registry names") struct TokenServiceTests {
    @Test("on this machine, at another port, gets the password; no other address there gets anything") func elsewhere()
        async throws
    {
        let registry = try HostileRegistry()
        let realm = #"Bearer realm="http://{foreign}/token",service="test",scope="repository:a:pull""#
        registry.setFaults([RegistryFault(.headManifest, .challenge(realm), at: 1...1)])
        _ = try await Direction.client(registry).resolve("v1", in: "a")
        let asked = registry.requests.filter(\.isForeign)
        #expect(asked.map(\.path) == ["/token"] && registry.leaks.count == 1)
        // The password is for the token service alone, and the token for the registry alone.
        let said = registry.requests.filter { !$0.isForeign }.compactMap { $0.field("Authorization") }
        #expect(!said.isEmpty && said.allSatisfy { $0.hasPrefix("Bearer test-token-") })
    }

    @Test(
        "gets nothing over plain HTTP from another machine, nor through a redirect",
        arguments: [
            [RegistryFault(.headManifest, .challenge(#"Bearer realm="http://192.0.2.1/token",service="x""#))],
            [
                RegistryFault(.headManifest, .challenge(#"Bearer realm="http://127.0.0.1:{port}/token",service="x""#)),
                RegistryFault(.token, .redirect(.foreign)),
            ],
        ], [true, false])
    func refused(faults: [RegistryFault], isIdentity: Bool) async throws {
        let registry = try HostileRegistry()
        registry.setFaults(
            faults.map { fault in
                guard case .challenge(let text) = fault.behaviour else { return fault }
                return RegistryFault(
                    fault.stage, .challenge(text.replacing("{port}", with: "\(registry.port)")), at: fault.requests)
            })
        let credential: RegistryCredential =
            isIdentity
            ? .identityToken(HostileRegistry.identityToken)
            : .basic(username: HostileRegistry.user, password: HostileRegistry.password)
        let client = RegistryClient(origin: try HTTPURL(registry.url).origin, http: HTTPClient()) { _ in credential }
        await #expect { _ = try await client.resolve("v1", in: "a") } throws: { error in
            let fault = Fault(wrapping: error)
            return fault.code == .unauthorized && fault.message.contains(registry.host)
        }
        #expect(registry.leaks.isEmpty && registry.fired.allSatisfy { $0 > 0 })
    }
}
