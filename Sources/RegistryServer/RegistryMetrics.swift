// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Registry
internal import Synchronization
internal import Telemetry
internal import Web
internal import WebServer

/// What a registry counts of itself.
final class RegistryMetrics: Sendable {
    let registry = MetricRegistry()
    private let requests: MetricFamily<Counter>
    private let seconds: MetricFamily<Histogram>
    private let received: Counter, sent: Counter, abandoned: Counter
    private let refused: MetricFamily<Counter>

    /// - Parameters:
    ///   - statistics: how busy the server is; nil as long as it has not started.
    init(_ folder: RegistryFolder, statistics: @escaping @Sendable () -> ServerStatistics) throws(Fault) {
        requests = try registry.counters(
            "sovereign_registry_requests_total", "Requests that were answered.", labels: ["method", "route", "status"])
        seconds = try registry.histograms(
            "sovereign_registry_request_seconds", "From the end of a request's head to the end of its answer.",
            labels: ["route"])
        received = try registry.counter("sovereign_registry_received_bytes_total", "Bytes of bodies that arrived.")
        sent = try registry.counter("sovereign_registry_sent_bytes_total", "Bytes of bodies that were sent.")
        abandoned = try registry.counter(
            "sovereign_registry_abandoned_total",
            "Requests whose client left, or was cut off, before it had its answer.")
        refused = try registry.counters(
            "sovereign_registry_refused_total", "Requests that were refused before they were looked at.",
            labels: ["status"])
        try registry.gauge("sovereign_registry_connections", "Open connections.") {
            Double(statistics().connections)
        }
        try registry.gauge("sovereign_registry_requests", "Requests that have not been answered in full.") {
            Double(statistics().requests)
        }
        try registry.gauge("sovereign_registry_buffered_bytes", "Bytes of bodies in memory.") {
            Double(statistics().bufferedBytes)
        }
        try registry.gauge("sovereign_registry_uploads", "Uploads that are under way.") { Double(folder.uploadCount) }
        try registry.gauge("sovereign_registry_free_bytes", "Bytes that the disk of the registry has free.") {
            (try? FileSystem.freeSpace(in: folder.path)).map { Double($0) } ?? -1
        }
        try registry.addProcessMetrics()
    }

    func count(_ event: ServerEvent) {
        switch event {
        case .answered(let record, let status):
            let route = Self.route(record.path)
            requests.with(record.method.name, route, Self.text(status)).increment()
            seconds.with(route).observe(record.duration)
            received.increment(by: UInt64(record.bytesReceived))
            sent.increment(by: UInt64(record.bytesSent))
        case .abandoned: abandoned.increment()
        case .refused(_, let status, _): refused.with("\(status)").increment()
        case .failed: break
        }
    }

    /// The kind of a path: few, whatever clients ask for.
    static func route(_ path: String) -> String {
        if let endpoint = RegistryEndpoint(path) { return endpoint.kind.rawValue }
        return OperationRoute(path)?.rawValue ?? "none"
    }

    private static func text(_ status: Int) -> String {
        switch status {
        case 200: "200"
        case 201: "201"
        case 202: "202"
        case 404: "404"
        default: "\(status)"
        }
    }
}
