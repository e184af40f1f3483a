// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// One metric for each set of label values: `requests.with("GET", "200").increment()`.
///
/// The number of sets is bounded, since each costs memory here and in who scrapes: values beyond the bound are counted
/// under `other`. What is updated often is looked up once and kept.
public final class MetricFamily<Metric: Sendable>: Sendable {
    private let description: MetricDescription
    private let limit: Int
    private let make: @Sendable () -> Metric
    private let children = Guarded<[[String]: Metric]>([:])

    init(_ description: MetricDescription, limit: Int, make: @escaping @Sendable () -> Metric) {
        (self.description, self.limit, self.make) = (description, limit, make)
    }

    /// The metric for values of the labels, in the order of the labels; as many as there are labels.
    public func with(_ values: String...) -> Metric { with(values) }

    /// The metric for values of the labels, in the order of the labels; as many as there are labels.
    public func with(_ values: [String]) -> Metric {
        let count = description.labels.count
        precondition(values.count == count, "\(description.name) has \(count) labels, not \(values.count)")
        let key = values.map { $0.cut(toBytes: MetricLabels.valueBytes) }
        return children.withLock { children in
            if let child = children[key] { return child }
            let other = MetricLabels.other(count)
            let kept = children.count - (children[other] == nil ? 0 : 1) < limit ? key : other
            if let child = children[kept] { return child }
            let child = make()
            children[kept] = child
            return child
        }
    }
}

extension MetricFamily where Metric: MetricValue {
    /// How all sets stand, in the order of their values.
    func reading() -> MetricReading {
        let sorted = children.withLock { Array($0) }.sorted { $0.key.precedes($1.key) }
        let samples = sorted.flatMap { child in
            child.value.samples.map { sample in
                var sample = sample
                sample.labels = child.key
                return sample
            }
        }
        return MetricReading(description: description, samples: samples)
    }
}

/// What holds for the labels of all metrics.
enum MetricLabels {
    /// The most bytes of a label's value; what is longer is cut.
    static let valueBytes = 128

    /// The values that stand for all sets beyond the bound.
    static func other(_ count: Int) -> [String] { [String](repeating: "other", count: count) }
}

extension [String] {
    /// By the bytes of the first text that differs: the same order whatever Unicode says.
    func precedes(_ other: [String]) -> Bool {
        for (a, b) in zip(self, other) where !a.utf8.elementsEqual(b.utf8) {
            return a.utf8.lexicographicallyPrecedes(b.utf8)
        }
        return count < other.count
    }
}
