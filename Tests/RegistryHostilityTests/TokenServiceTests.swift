// SPDX-License-Identifier: Apache-2.0

import Basics
import OCI
import TestRegistry
import Testing
import Web
import WebClient

@Suite("A token service that the registry names") struct TokenServiceTests {
    private static let realm = #"Bearer realm="http://{foreign}/token",service="test",scope="repository:a:pull""#

    @Test("on this machine, at another port, gets no password of the registry") func elsewhere() async throws {
        let registry = try HostileRegistry()
        registry.setFaults([RegistryFault(.headManifest, .challenge(Self.realm), at: 1...1)])
        await #expect { _ = try await Direction.client(registry).resolve("v1", in: "a") } throws: { error in
            let fault = Fault(wrapping: error)
            return fault.code == .unauthorized && fault.message.contains(registry.host)
                && fault.message.contains("127.0.0.1:\(registry.foreignPort)")
        }
        #expect(registry.requests.filter(\.isForeign).isEmpty && registry.leaks.isEmpty)
    }

    @Test(
        "gets what is configured for itself, and a token for nobody is asked for without any", arguments: [true, false])
    func own(isConfigured: Bool) async throws {
        let registry = try HostileRegistry(), foreign = "http://127.0.0.1:\(registry.foreignPort)"
        registry.setFaults([RegistryFault(.headManifest, .challenge(Self.realm), at: 1...1)])
        let client = RegistryClient(
            origin: try HTTPURL(registry.url).origin, http: HTTPClient(),
            serviceCredentials: { service in
                isConfigured && "\(service)" == foreign ? .basic(username: "own", password: "word") : nil
            }, credentials: { _ in isConfigured ? .basic(username: HostileRegistry.user, password: "x") : nil })
        _ = try? await client.resolve("v1", in: "a")
        let asked = registry.requests.filter(\.isForeign)
        #expect(asked.map(\.path) == ["/token"])
        #expect(asked.first?.field("Authorization") == (isConfigured ? "Basic \(Array("own:word".utf8).base64)" : nil))
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
