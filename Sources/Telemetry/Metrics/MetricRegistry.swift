// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The metrics of a service, and their text for Prometheus.
///
/// Each is registered once, under a name of its own. Registering throws `.invalid` for a name or a label that Prometheus
/// does not accept and for bounds that do not rise, `.conflict` for a name that is taken.
public final class MetricRegistry: Sendable {
    /// How many sets of label values a metric may have unless it says otherwise.
    public static let labelSets = 200
    /// What `prometheusText` is, for the field `Content-Type`.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct State: Sendable {
        var names: Set<String> = []
        var sources: [@Sendable () -> [MetricReading]] = []
    }
    private let state = Guarded(State())

    /// A registry without metrics.
    public init() {}

    /// A number that only grows. Its name ends with `_total`.
    public func counter(_ name: String, _ help: String) throws(Fault) -> Counter {
        try counters(name, help, labels: []).with()
    }

    /// Numbers that only grow, one for each set of label values.
    public func counters(
        _ name: String, _ help: String, labels: [String], limit: Int = labelSets
    ) throws(Fault) -> MetricFamily<Counter> {
        try family(MetricDescription(name: name, help: help, kind: .counter, labels: labels), limit) { Counter() }
    }

    /// A number that only grows and that is kept elsewhere; read at each scrape, on the thread that scrapes.
    public func counter(_ name: String, _ help: String, read: @escaping @Sendable () -> Double) throws(Fault) {
        let description = MetricDescription(name: name, help: help, kind: .counter, labels: [])
        try add([description]) {
            [MetricReading(description: description, samples: [MetricSample(value: .number(read()))])]
        }
    }

    /// A number that goes up and down.
    public func gauge(_ name: String, _ help: String) throws(Fault) -> Gauge {
        try gauges(name, help, labels: []).with()
    }

    /// Numbers that go up and down, one for each set of label values.
    public func gauges(
        _ name: String, _ help: String, labels: [String], limit: Int = labelSets
    ) throws(Fault) -> MetricFamily<Gauge> {
        try family(MetricDescription(name: name, help: help, kind: .gauge, labels: labels), limit) { Gauge() }
    }

    /// A number that goes up and down and that is kept elsewhere; read at each scrape, on the thread that scrapes.
    public func gauge(_ name: String, _ help: String, read: @escaping @Sendable () -> Double) throws(Fault) {
        let description = MetricDescription(name: name, help: help, kind: .gauge, labels: [])
        try add([description]) {
            [MetricReading(description: description, samples: [MetricSample(value: .number(read()))])]
        }
    }

    /// Numbers that go up and down and that are kept elsewhere, each with the values of its labels; read at each scrape.
    ///
    /// Numbers with the same values are summed, as are those of sets beyond the bound, under `other`.
    public func gauges(
        _ name: String, _ help: String, labels: [String], limit: Int = labelSets,
        read: @escaping @Sendable () -> [(labels: [String], value: Double)]
    ) throws(Fault) {
        let description = MetricDescription(name: name, help: help, kind: .gauge, labels: labels)
        try add([description]) {
            var sums: [[String]: Double] = [:]
            for (values, number) in read() {
                precondition(values.count == labels.count, "\(name) has \(labels.count) labels, not \(values.count)")
                sums[values.map { $0.cut(toBytes: MetricLabels.valueBytes) }, default: 0] += number
            }
            let sorted = sums.sorted { $0.key.precedes($1.key) }
            var samples = sorted.prefix(max(limit, 1)).map { MetricSample(labels: $0.key, value: .number($0.value)) }
            let rest = sorted.dropFirst(samples.count).reduce(0) { $0 + $1.value }
            if sorted.count > samples.count {
                samples.append(MetricSample(labels: MetricLabels.other(labels.count), value: .number(rest)))
            }
            return [MetricReading(description: description, samples: samples)]
        }
    }

    /// How observations are spread over fixed bounds, which rise.
    public func histogram(
        _ name: String, _ help: String, bounds: [Double] = Histogram.requestSeconds
    ) throws(Fault) -> Histogram {
        try histograms(name, help, labels: [], bounds: bounds).with()
    }

    /// How observations are spread over fixed bounds, which rise, for each set of label values.
    public func histograms(
        _ name: String, _ help: String, labels: [String], bounds: [Double] = Histogram.requestSeconds,
        limit: Int = labelSets
    ) throws(Fault) -> MetricFamily<Histogram> {
        guard !bounds.isEmpty, bounds.allSatisfy(\.isFinite), zip(bounds, bounds.dropFirst()).allSatisfy({ $0 < $1 })
        else { throw Fault(.invalid, "the bounds of \(name) do not rise from number to number") }
        return try family(MetricDescription(name: name, help: help, kind: .histogram, labels: labels), limit) {
            Histogram(bounds: bounds)
        }
    }

    private func family<Metric: MetricValue>(
        _ description: MetricDescription, _ limit: Int, _ make: @escaping @Sendable () -> Metric
    ) throws(Fault) -> MetricFamily<Metric> {
        let family = MetricFamily(description, limit: max(limit, 1), make: make)
        try add([description]) { [family.reading()] }
        return family
    }

    /// Takes in metrics that are read together.
    func add(
        _ descriptions: [MetricDescription], read: @escaping @Sendable () -> [MetricReading]
    ) throws(Fault) {
        for description in descriptions { try MetricName.check(description) }
        let names = descriptions.map(\.name)
        let taken = state.withLock { state -> String? in
            if let taken = names.first(where: state.names.contains) { return taken }
            state.names.formUnion(names)
            state.sources.append(read)
            return nil
        }
        if let taken { throw Fault(.conflict, "there is a metric \(taken) already") }
    }

    /// All metrics in Prometheus' text format 0.0.4, ordered by their names and the values of their labels.
    public func prometheusText() -> [UInt8] {
        // Read without the lock: a closure may take its time.
        let readings = state.withLock { $0.sources }.flatMap { $0() }
        return PrometheusText.write(readings)
    }
}
