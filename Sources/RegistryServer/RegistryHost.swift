// SPDX-License-Identifier: Apache-2.0

public import AccessControl
public import Basics
internal import Documents
public import Registry
public import RegistryProxy
public import RegistryRules
public import Telemetry
internal import Web
public import WebServer

/// A registry that listens: the folder, who may do what, the API, logs and metrics, started and stopped together.
public final class RegistryHost: Sendable {
    /// What it serves.
    public let registry: RegistryFolder
    private let server: HTTPServer
    private let log: Log
    private let configuration: RegistryConfiguration
    private let isDraining: Guarded<Bool>
    private let watch: Task<Void, Never>
    private let operators: OperatorSocket
    private let upkeep: UpkeepSchedule
    private let kept = Guarded<[Task<Void, Never>]>([])
    /// The port it listens on.
    public var port: Int { server.port }
    /// How busy the server is.
    public var statistics: ServerStatistics { server.statistics }

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - registry: what to serve; closed by `stop`.
    ///   - access: who may do what. It is made by the caller, since it may fetch keys.
    ///   - configuration: its `root` and `access` are not looked at any more.
    ///   - signatures: what tags are subject to before they are shown; of the same registry.
    ///   - proxies: the repositories that are those of other registries, kept in the same one. Throws when a signature rule
    ///     is about some of them: nobody pushes a component version there that could vouch for them.
    ///   - report: told of failures and refusals besides the log.
    public init(
        _ registry: RegistryFolder, access: RegistryAccess, _ configuration: RegistryConfiguration,
        signatures: SignatureGuard? = nil, proxies: PullThrough? = nil, log: Log = .none, tracer: Tracer = .off,
        report: @escaping @Sendable (Fault) -> Void = { _ in }
    ) throws(Fault) {
        try Self.check(signatures, proxies)
        let isDraining = Guarded(false)
        let statistics = Guarded<(@Sendable () -> ServerStatistics)?>(nil)
        let gate = RegistryGate(access) {
            log.warn("a request was refused", ["reason": .string("\($0)")])
            report($0)
        }
        let service = RegistryService(registry, gate: gate, signatures: signatures, proxies: proxies) {
            log.error("the registry failed", $0)
            report($0)
        }
        let metrics = try RegistryMetrics(registry) { statistics.withLock { $0 }?() ?? ServerStatistics() }
        let operations = OperationService(gate: gate, metrics: metrics) {
            isDraining.withLock { $0 } ? "the registry is ending" : registry.unready
        }
        let requests = RequestLog(log, configuration.loggedRequests)
        var settings = configuration.server
        (settings.address, settings.port) = (configuration.listen.address, configuration.listen.port)
        settings.bodyBytes = registry.limits.blobBytes
        settings.tls = try configuration.tls.map { tls throws(Fault) in try tls.load() }
        settings.observe = { event in
            metrics.count(event)
            requests.note(event)
        }
        let traced = TracedService(
            service: service, operations: operations,
            pages: RegistryPages(registry: registry, gate: gate, service: service),
            tracer: tracer)
        let server = try HTTPServer(settings, immediate: { traced.respondNow(to: $0) }) { await traced.respond(to: $0) }
        statistics.withLock { $0 = { [weak server] in server?.statistics ?? ServerStatistics() } }
        (self.registry, self.server, self.log, self.configuration) = (registry, server, log, configuration)
        self.isDraining = isDraining
        watch = CertificateWatch(configuration.tls).start(server, log)
        operators = try OperatorSocket(registry, signatures: signatures)
        upkeep = UpkeepSchedule(
            configuration.upkeep, of: registry,
            done: { request, report in
                log.info("upkeep", ["did": .string(request.name), "report": .string(report.text())])
            },
            expired: { tags in
                for tag in tags {
                    log.warn(
                        "a pending tag was removed, which no verified version vouched for in time",
                        [
                            "repository": .string("\(tag.entry.repository)"), "tag": .string(tag.entry.tag),
                            "digest": .string("\(tag.entry.digest)"), "by": .string(tag.by),
                            "since": .string(Timestamp(seconds: tag.since / 1000).description),
                        ])
                }
            }, report: { log.error("upkeep failed", $0) })
        log.info("listening", ["address": .string("\(configuration.listen.address)"), "port": .integer(server.port)])
    }

    private static func check(_ signatures: SignatureGuard?, _ proxies: PullThrough?) throws(Fault) {
        for prefix in proxies?.prefixes ?? [] {
            guard let rule = signatures?.rules.first(where: { $0.overlaps(prefix) }) else { continue }
            throw Fault(
                .invalid, "the proxy for \(prefix) and the signature rule for “\(rule.prefix)” overlap",
                fix: "give them prefixes of which none begins with the other")
        }
    }

    /// Something that runs as long as the registry listens; cancelled by `stop`.
    func keep(_ task: Task<Void, Never>) { kept.withLock { $0.append(task) } }

    /// Says that it is not ready, waits as long as it is configured to, takes no more requests, lets those that run finish
    /// until the deadline, and closes the registry.
    public func stop(deadline: Duration = .seconds(10)) async {
        isDraining.withLock { $0 = true }
        watch.cancel()
        if configuration.drainSeconds > 0 {
            log.info("draining", ["seconds": .integer(Int(configuration.drainSeconds))])
            try? await Task.sleep(for: .seconds(configuration.drainSeconds))
        }
        let tasks = kept.withLock { $0 }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        await upkeep.stop()
        await operators.stop()
        await server.stop(deadline: deadline)
        await registry.close()
        log.info("stopped")
    }
}
