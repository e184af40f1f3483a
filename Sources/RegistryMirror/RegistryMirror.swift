// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
internal import Basics
public import OCI
public import WebClient

/// Brings repositories in step with those elsewhere. It pulls; what is there already is not moved again; a repository that
/// fails does not keep the others from being brought.
///
/// Artifacts are carried byte for byte, so that digests and signatures stay what they are, with what refers to them.
public struct RegistryMirror: Sendable {
    let target: any ArtifactStore
    private let settings: HTTPClientSettings
    let clock: @Sendable () -> Int64

    /// A mirror that writes to a store: a registry's folder in this process, or a registry that runs.
    ///
    /// - Parameters:
    ///   - settings: how sources are asked.
    ///   - clock: milliseconds since 1970.
    public init(
        to target: any ArtifactStore, settings: HTTPClientSettings = HTTPClientSettings(),
        clock: @escaping @Sendable () -> Int64
    ) {
        (self.target, self.settings, self.clock) = (target, settings, clock)
    }

    /// Runs a rule once. What goes wrong is in the report; only the cancellation of the task is thrown.
    public func run(_ rule: MirrorRule) async throws -> MirrorReport {
        var report = MirrorReport(name: rule.name, started: clock(), ended: clock())
        do {
            switch rule.source {
            case .registry(let registry): report.repositories = try await run(rule, from: registry)
            case .folder(let path): report.archives = try await run(rule, folder: path)
            }
        } catch {
            guard !(error is CancellationError) else { throw error }
            report.failure = Fault(wrapping: error).message
        }
        report.ended = clock()
        return report
    }

    private func run(_ rule: MirrorRule, from registry: MirrorRegistry) async throws -> [MirrorReport.Repository] {
        let source = try client(for: registry)
        let start = registry.prefix.isEmpty ? "" : registry.prefix + "/"
        let patterns = rule.repositories.map(\.description)
        var names: [String]
        if !patterns.isEmpty, patterns.allSatisfy({ !$0.contains("*") }) {
            names = patterns
        } else {
            names = try await source.repositories(prefix: start).map { String($0.dropFirst(start.count)) }
                .filter(rule.includes(repository:))
        }
        names.sort()
        return try await carry(names.map { (start + $0, rule.targetName($0)) }, from: source, rule)
    }

    private func client(for registry: MirrorRegistry) throws -> RegistryClient {
        var settings = settings
        if let path = registry.certificateAuthority {
            var tls = TLSSettings()
            tls.certificateAuthority = String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
            let (own, origin) = (tls, registry.origin)
            settings.tls = { $0 == origin ? own : TLSSettings() }
        }
        let path = registry.credentialsFile
        return RegistryClient(origin: registry.origin, http: HTTPClient(settings)) { _ in
            try path.map { path throws(Fault) in try RegistryCredential(file: path) }
        }
    }
}
