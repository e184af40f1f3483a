// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import KubernetesStore
internal import Telemetry
internal import WebServer

/// What the server counts of itself.
final class ServerMetrics: Sendable {
    let registry = MetricRegistry()
    private let requests: MetricFamily<Counter>
    private let seconds: MetricFamily<Histogram>

    /// - Parameter connections: how many are open now.
    init(_ api: KubernetesAPI, connections: @escaping @Sendable () -> Int) throws(Fault) {
        requests = try registry.counters(
            "sovereign_api_requests_total", "Requests that were answered.", labels: ["verb", "resource", "code"])
        seconds = try registry.histograms(
            "sovereign_api_request_seconds", "From the end of a request's head to its answer's beginning.",
            labels: ["verb"])
        try registry.gauge("sovereign_api_connections", "Open connections.") { Double(connections()) }
        try registry.gauge("sovereign_api_watches", "Watches that run.") { Double(api.watches.running) }
        try registry.gauge("sovereign_api_revision", "The revision of the last change.") { Double(api.store.revision) }
        try registry.addProcessMetrics()
    }

    /// Says how the records of requests fare.
    func add(_ audit: AuditLog) throws(Fault) {
        try registry.counter("sovereign_api_audit_lost_total", "Audit records that could not be written.") {
            Double(audit.lost)
        }
        try registry.gauge(
            "sovereign_api_audit_failing", "Whether audit records cannot be written; changes are refused then."
        ) { audit.isBroken ? 1 : 0 }
    }

    func count(verb: String, resource: String, code: Int, _ duration: Duration) {
        requests.with(verb, resource, "\(code)").increment()
        seconds.with(verb).observe(duration)
    }
}
