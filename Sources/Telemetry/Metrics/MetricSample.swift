// SPDX-License-Identifier: Apache-2.0

/// A line of the text format, without what it shares with others of its metric.
struct MetricSample: Sendable {
    enum Value: Sendable {
        case count(UInt64)
        case number(Double)
    }
    /// What follows the metric's name.
    var suffix = ""
    /// Values of the metric's labels.
    var labels: [String] = []
    /// The bound of a histogram's bucket, its label `le`.
    var bound: Double?
    var value: Value
}

/// What a metric is and how it stands, for one scrape.
struct MetricReading: Sendable {
    let description: MetricDescription
    let samples: [MetricSample]
}

/// What does not change of a metric.
struct MetricDescription: Sendable {
    enum Kind: String, Sendable { case counter, gauge, histogram }
    let name: String
    let help: String
    let kind: Kind
    let labels: [String]
}

/// What can be read at a scrape: one child of a metric.
protocol MetricValue: Sendable {
    var samples: [MetricSample] { get }
}

extension Counter: MetricValue {
    var samples: [MetricSample] { [MetricSample(value: .count(value))] }
}
extension Gauge: MetricValue {
    var samples: [MetricSample] { [MetricSample(value: .number(value))] }
}
extension Histogram: MetricValue {}
