// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Telemetry

/// What controllers count of themselves, and where they tell what went wrong.
public final class ControllerMetrics: Sendable {
    /// What `/metrics` shows.
    public let registry: MetricRegistry
    private let passes: MetricFamily<Counter>
    private let seconds: MetricFamily<Histogram>
    private let depths: MetricFamily<Gauge>
    private let log: Log
    private let queues = Guarded<[String: @Sendable () async -> Int]>([:])

    /// Counts into a registry.
    public init(_ registry: MetricRegistry = MetricRegistry(), log: Log = .none) throws(Fault) {
        (self.registry, self.log) = (registry, log)
        passes = try registry.counters(
            "sovereign_reconcile_passes_total", "Passes over objects, by how they ended.",
            labels: ["controller", "result"])
        seconds = try registry.histograms(
            "sovereign_reconcile_seconds", "How long passes took.", labels: ["controller"])
        depths = try registry.gauges(
            "sovereign_reconcile_queue_depth", "Objects that wait to be looked at.", labels: ["controller"])
    }

    func count(_ controller: String, _ result: String, _ duration: Duration) {
        passes.with(controller, result).increment()
        seconds.with(controller).observe(duration)
    }

    /// Tells that something went wrong that is tried again.
    public func note(_ message: String, _ error: any Error) { log.warn("\(message): \(error)") }

    func follow(_ controller: String, _ depth: @escaping @Sendable () async -> Int) {
        queues.withLock { $0[controller] = depth }
    }

    /// The text for Prometheus, with queues as they are now.
    public func text() async -> [UInt8] {
        for (controller, depth) in queues.withLock({ $0 }) { depths.with(controller).set(Double(await depth())) }
        return registry.prometheusText()
    }
}
