// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
internal import Basics
internal import CommandLineKit
internal import Documents
internal import OCI
internal import Registry
internal import RegistryMirror
internal import RegistryRules
internal import Web
internal import WebClient

/// `sovereign registry mirror`
struct RegistryMirrorRun: Command {
    static let configuration = CommandConfiguration(
        "mirror", abstract: "Bring repositories in step with another registry, or carry in archives from a folder",
        discussion: """
            Artifacts are carried byte for byte with what refers to them, so that digests and signatures stay what they are. \
            What is there already is not moved again, and a repository that fails does not keep the others from being brought.

            From a folder, transport archives are carried in and moved to its `done` or `failed`, with a result beside them.
            """,
        examples: [
            "sovereign registry mirror --server http://127.0.0.1:5001 --from https://ghcr.io/acme --repository app --to acme",
            "sovereign registry mirror --root /var/lib/registry --from-folder /srv/inbox --to acme",
            "sovereign registry mirror --server https://registry.site:5001 --credentials secret.json "
                + "--from https://registry.example.org/library --repository 'images/**' --versions '>=1.2' --every 3600",
        ])

    @Option(help: "the folder of a registry that is not running", valueName: "DIR", completion: .folder)
    var root: String?
    @Option(help: "the address of a registry that runs", valueName: "URL") var server: String?
    @Option(help: "the registry to mirror, with the prefix of its repositories", valueName: "URL") var from: String?
    @Option(help: "the folder with archives to carry in", valueName: "DIR", completion: .folder) var fromFolder: String?
    @Option(help: "what stands in front of names of repositories here", valueName: "PREFIX") var to = ""
    @Option(
        help: "which repositories, by their names behind the prefix, with * and **; repeatable", valueName: "PATTERN")
    var repository: [String] = []
    @Option(help: "which tags, with * and ?; repeatable", valueName: "PATTERN") var tag: [String] = []
    @Option(help: "only tags that are versions within this, as in '>=1.2 <2'", valueName: "CONSTRAINT")
    var versions: String?
    @Flag(help: "remove tags that are gone at the source") var prune = false
    @Option(
        help: "JSON with username and password, or token, for --server", valueName: "FILE", completion: .file)
    var credentials: String?
    @Option(help: "the same for --from", valueName: "FILE", completion: .file) var fromCredentials: String?
    @Option(help: "PEM with authorities for --server", valueName: "FILE", completion: .file) var caCert: String?
    @Option(help: "the same for --from", valueName: "FILE", completion: .file) var fromCaCert: String?
    @Option(help: "run again after so many seconds, until SIGTERM or SIGINT", valueName: "SECONDS") var every: Int?

    func run(in context: SovereignContext) async throws {
        let rule = try rule()
        let registry = try root.map { path throws(Fault) in try Self.open(path) }
        let mirror = RegistryMirror(to: try target(registry), clock: { RegistryFolder.wallClock() })
        do {
            try await run(rule, mirror, context)
        } catch {
            await registry?.close()
            throw error
        }
        await registry?.close()
    }

    private func run(_ rule: MirrorRule, _ mirror: RegistryMirror, _ context: SovereignContext) async throws {
        let terminal = context.terminal
        if every != nil {
            return await MirrorSchedule([rule], mirror) { terminal.output($0.json.text() + "\n") }.run()
        }
        let report = try await mirror.run(rule)
        terminal.output(report.json.text() + "\n")
        guard report.isComplete else { throw Fault(.partial, "not everything could be brought; the report says what") }
    }

    private func rule() throws -> MirrorRule {
        let source: MirrorRule.Source
        switch (from, fromFolder) {
        case (let text?, nil):
            let url = try HTTPURL(text)
            let path = url.path.split(separator: "/").joined(separator: "/")
            var registry = MirrorRegistry(origin: url.origin, prefix: path)
            (registry.credentialsFile, registry.certificateAuthority) = (fromCredentials, fromCaCert)
            source = .registry(registry)
        case (nil, let path?): source = .folder(path)
        default: throw UsageError("say where from: --from URL or --from-folder DIR")
        }
        var rule = try MirrorRule(name: from ?? fromFolder ?? "", source: source, target: to)
        for text in repository {
            guard let pattern = RepositoryPattern(text) else {
                throw UsageError("“\(text)” is no pattern for repositories", fix: "write it as images/** or app")
            }
            rule.repositories.append(pattern)
        }
        rule.tags = tag.map { Glob($0) }
        if let versions {
            guard let constraint = VersionConstraint(versions) else {
                throw UsageError("“\(versions)” is no constraint of versions", fix: "write it as in '>=1.2 <2'")
            }
            rule.versions = constraint
        }
        rule.prunes = prune
        if let every { rule.interval = Int64(every) }
        return rule
    }

    /// Opens a registry that nobody serves. Its signature rules are known to its server alone.
    private static func open(_ path: String) throws(Fault) -> RegistryFolder {
        guard !SignatureGuard.hasRules(path) else {
            throw Fault(
                .forbidden, "the registry in \(path) has signature rules, which this command does not know",
                fix: "start its server and name it: --server URL")
        }
        return try RegistryFolder(path)
    }

    private func target(_ registry: RegistryFolder?) throws -> any ArtifactStore {
        switch (registry, server) {
        case (let registry?, nil): return RegistryFolderStore(registry, by: "mirror")
        case (nil, let text?):
            var settings = HTTPClientSettings()
            if let caCert {
                var tls = TLSSettings()
                tls.certificateAuthority = String(decoding: try FileSystem.read(caCert, limit: 1 << 20), as: UTF8.self)
                let own = tls
                settings.tls = { _ in own }
            }
            let path = credentials
            return RegistryClient(origin: try HTTPURL(text).origin, http: HTTPClient(settings)) { _ in
                try path.map { path throws(Fault) in try RegistryCredential(file: path) }
            }
        default: throw UsageError("say where to: --root DIR or --server URL")
        }
    }
}
