// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import ComponentModel
internal import Documents
internal import Repositories
internal import Web
internal import WebClient

/// What every command gets: configuration, connections, terminal. Built once; nothing else is global.
struct OCMContext: Sendable {
    let globals: GlobalOptions
    let environment: Environment
    let terminal: Terminal
    let configuration: Configuration
    let connections: RepositoryConnections
    let resolver: RepositoryResolver

    init(_ globals: GlobalOptions, environment: Environment) throws(Fault) {
        self.globals = globals
        self.environment = environment
        terminal = globals.terminal(environment)
        configuration = try Configuration(
            files: ConfigurationFiles(
                named: globals.config, environment: environment, workingFolder: FileSystem.workingFolder,
                executableFolder: Self.executableFolder))
        let terminal = terminal
        let log: @Sendable (String) -> Void = { terminal.note($0) }
        let http = try configuration.httpSettings(
            environment, isOffline: globals.offline, log: globals.debug ? log : nil)
        connections = RepositoryConnections(
            credentials: try configuration.credentialResolver(environment), http: HTTPClient(http),
            temporaryFolder: globals.tempFolder)
        resolver = try RepositoryResolver(configuration, connections)
    }

    private static var executableFolder: String? {
        guard let path = try? FileSystem.realPath("/proc/self/exe") else { return nil }
        return FileSystem.folder(of: path)
    }

    var access: AccessMethods { AccessMethods(connections) }

    /// Opens the repository of a component version; a digest in its locator holds whenever the version is read.
    func open(
        _ locator: ComponentVersionLocator, _ mode: RepositoryMode = .read
    ) async throws -> any ComponentVersionRepository {
        let repository = try await connections.open(locator.repository, mode)
        guard let digest = locator.digest else { return repository }
        guard let identity = locator.identity else {
            throw Fault(
                .invalid, "“\(locator)” has a digest and no version", fix: "write REPOSITORY//COMPONENT:VERSION@DIGEST")
        }
        return PinnedRepository(repository, identity, storedAs: digest)
    }

    /// Opens the repository of a locator, and those named to look up references.
    func source(
        _ locator: ComponentVersionLocator, lookup: [RepositoryLocator] = []
    ) async throws -> ComponentVersionSource {
        try await source(open(locator), lookup: lookup)
    }

    /// A repository that is open, and those named to look up references.
    func source(
        _ first: any ComponentVersionRepository, lookup: [RepositoryLocator] = []
    ) async throws -> ComponentVersionSource {
        var others: [any ComponentVersionRepository] = []
        for locator in lookup { others.append(try await connections.open(locator, .read)) }
        return ComponentVersionSource(first, lookup: others, resolver: resolver)
    }

    /// The versions that a locator names: the one, or, without a version, those that a constraint leaves.
    func identities(
        _ locator: ComponentVersionLocator, in repository: any ComponentVersionRepository, latest: Bool,
        constraint: VersionConstraint?
    ) async throws -> [ComponentVersionIdentity] {
        if let identity = locator.identity { return [identity] }
        let components: [ComponentName]
        if let component = locator.component {
            components = [component]
        } else {
            components = try await repository.components()
        }
        var identities: [ComponentVersionIdentity] = []
        for component in components {
            var versions = try await repository.versions(of: component)
            if let constraint { versions = versions.filter { constraint.allows($0.semantic) } }
            if latest { versions = Array(versions.prefix(1)) }
            identities += versions.map { ComponentVersionIdentity(name: component, version: $0) }
        }
        guard !identities.isEmpty else {
            let what = locator.component.map { "no version of \($0)" } ?? "no component version"
            throw Fault(
                .notFound,
                "there is \(what) in \(repository.locator)\(constraint.map { " that satisfies \($0)" } ?? "")",
                fix: "check the name, or drop the constraint")
        }
        return identities
    }

    /// Runs work while its progress is shown on stderr, unless output or terminal say otherwise.
    func withProgress<Result: Sendable>(
        _ work: @Sendable (@escaping ProgressObserver) async throws -> Result
    ) async throws -> Result {
        try await ProgressDisplay.run(
            mode: globals.progress, terminal: terminal, environment: environment, work)
    }

    /// Prints one line of the answer to stdout.
    func print(_ line: String) { terminal.output(line + "\n") }

    /// Prints data in the format asked for; `text` makes the text form.
    func present(_ json: JSON, as format: OutputFormat, text: () throws -> String) rethrows {
        switch format {
        case .json: terminal.output(json.pretty())
        case .yaml: terminal.output(YAML.text(json))
        case .ndjson:
            for item in json.array ?? [json] { print(String(decoding: item.encoded(), as: UTF8.self)) }
        case .text, .table, .tree, .wide:
            let text = try text()
            terminal.output(text.hasSuffix("\n") || text.isEmpty ? text : text + "\n")
        }
    }
}

/// How an answer is written.
enum OutputFormat: String, ArgumentValue, CaseIterable {
    case text, table, wide, tree, json, yaml, ndjson

    /// Whether it is for people, and not for programs.
    var isForPeople: Bool { ![.json, .yaml, .ndjson].contains(self) }
}
