// SPDX-License-Identifier: Apache-2.0

public import AccessControl
internal import Basics
internal import Documents
internal import Registry
internal import RegistryMirror
internal import RegistryProxy
internal import RegistryRules
public import Telemetry

extension RegistryHost {
    /// Opens a registry with all that its configuration says and begins to listen.
    ///
    /// Where signature rules or their keys have changed, every version that they are about is verified anew before.
    ///
    /// - Parameter folder: where the registry is.
    public static func open(
        _ folder: String, access: RegistryAccess, _ configuration: RegistryConfiguration, log: Log, tracer: Tracer
    ) async throws -> RegistryHost {
        let registry = try RegistryFolder(folder, limits: configuration.limits)
        do {
            let report: @Sendable (Fault) -> Void = {
                log.warn("a rule could not be kept", ["reason": .string("\($0)")])
            }
            let signatures = try await SignatureGuard.open(configuration.signatures, over: registry, report: report)
            let proxies =
                configuration.proxies.isEmpty
                ? nil : try PullThrough(configuration.proxies, over: registry, report: report)
            let host = try RegistryHost(
                registry, access: access, configuration, signatures: signatures, proxies: proxies, log: log,
                tracer: tracer)
            if !configuration.mirrors.isEmpty {
                let mirror = RegistryMirror(
                    to: RegistryFolderStore(registry, by: "mirror", signatures: signatures),
                    clock: { RegistryFolder.wallClock() })
                let schedule = MirrorSchedule(configuration.mirrors, mirror) { report in
                    log.info("mirrored", ["complete": .bool(report.isComplete), "report": .string(report.json.text())])
                }
                host.keep(Task { await schedule.run() })
            }
            return host
        } catch {
            await registry.close()
            throw error
        }
    }
}
