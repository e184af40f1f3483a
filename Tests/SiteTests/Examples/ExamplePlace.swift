// SPDX-License-Identifier: Apache-2.0

import KubernetesClient
import RegistryServer
import Repositories
import TestServers
import TestSite
import Testing
import WebClient
import WebServer

/// Where examples are delivered: a running site, registries with passwords, and stand-ins of the Internet.
final class ExamplePlace: Sendable {
    let site: RunningSite
    let client: KubernetesClient
    let addresses: ExampleAddresses
    /// Connections without credentials.
    let open = RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())
    private let first: SiteRegistry, second: SiteRegistry
    private let gitHub: HTTPServer

    init() async throws {
        site = try await RunningSite()
        client = await site.client
        first = try await SiteRegistry(.basic, passwords: ["admin": "admin"])
        second = try await SiteRegistry(.basic, passwords: ["admin2": "admin2"])
        gitHub = try await ExampleInternet.gitHub()
        let store = try await open.open(RepositoryLocator(site.registry), .write).storeRepository?.store
        var addresses = ExampleAddresses(
            site: site.registryPort, first: first.host.port, second: second.host.port, gitHub: gitHub.port)
        addresses.digests = try await ExampleInternet.push(to: #require(store))
        self.addresses = addresses
    }

    /// The first of the registries with passwords.
    var firstURL: String { first.url }

    func stop() async {
        await site.stop()
        await gitHub.stop()
    }
}
