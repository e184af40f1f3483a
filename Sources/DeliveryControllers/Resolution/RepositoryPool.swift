// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Repositories
internal import WebClient

/// A repository that is open, with all that reads from it need.
struct OpenRepository: Sendable {
    let address: RepositoryAddress
    let repository: any ComponentVersionRepository
    let access: AccessMethods
    let connections: RepositoryConnections
    /// Where else the configuration says that versions are.
    let resolver: RepositoryResolver?

    /// The repository, and what the configuration names beside it.
    var source: ComponentVersionSource { ComponentVersionSource(repository, resolver: resolver) }
}

/// Keeps repositories open: one for each place and configuration, so that nobody speaks with the credentials of another.
actor RepositoryPool {
    private struct Key: Hashable {
        let configuration: String
        let specification: JSON
    }

    private let settings: ResolutionSettings
    private let makeClient: @Sendable (HTTPClientSettings) -> HTTPClient
    private var open: BoundedTable<Key, OpenRepository>
    private var connections: BoundedTable<String, RepositoryConnections>

    init(_ settings: ResolutionSettings, makeClient: @escaping @Sendable (HTTPClientSettings) -> HTTPClient) {
        (self.settings, self.makeClient) = (settings, makeClient)
        open = BoundedTable(limit: 2 * settings.openRepositories)
        // Each has a client with a thread of its own.
        connections = BoundedTable(limit: settings.openRepositories)
    }

    /// The repository of a specification, spoken to as a configuration says.
    func repository(_ specification: JSON, _ configuration: LoadedConfiguration) async throws -> OpenRepository {
        let key = Key(configuration: configuration.hash, specification: specification)
        if let known = open.find(key) { return known }
        let address = try RepositoryAddress(specification, archiveFolder: settings.archiveFolder)
        let connections = try self.connections(configuration)
        let resolver = try resolver(configuration, connections)
        let repository = try await connections.open(address.locator, .read)
        let opened = OpenRepository(
            address: address, repository: repository, access: AccessMethods(connections), connections: connections,
            resolver: resolver)
        // Archives are opened each time: what is kept would not see what others put there.
        if case .registry = address.locator.kind { open.set(key, to: opened) }
        return opened
    }

    private func connections(_ configuration: LoadedConfiguration) throws(Fault) -> RepositoryConnections {
        if let known = connections.find(configuration.hash) { return known }
        // Certificates stand in the configuration itself: entries that name files were refused when it was read.
        let settings = try configuration.configuration.httpSettings(Environment([:]), isOffline: false, log: nil)
        let made = RepositoryConnections(
            credentials: configuration.credentials, http: makeClient(settings),
            temporaryFolder: self.settings.temporaryFolder)
        connections.set(configuration.hash, to: made)
        return made
    }

    /// The places where referenced versions may be, beside the repository itself; archives only where they may be.
    private func resolver(
        _ configuration: LoadedConfiguration, _ connections: RepositoryConnections
    ) throws(Fault) -> RepositoryResolver? {
        let types = ["resolvers.config.ocm.software", "ocm.config.ocm.software"]
        let entries = types.flatMap { configuration.configuration.entries($0) }
        let rules = entries.flatMap { $0.json["resolvers"]?.array ?? [] }
        guard !rules.isEmpty else { return nil }
        for rule in rules {
            let locator: RepositoryLocator
            switch rule["repository"] {
            case .string(let text)?: locator = try RepositoryLocator(text)
            case let json?: locator = try RepositoryLocator(json: json)
            case nil: continue
            }
            try RepositoryAddress.check(locator, archiveFolder: settings.archiveFolder)
        }
        return try RepositoryResolver(configuration.configuration, connections)
    }
}
