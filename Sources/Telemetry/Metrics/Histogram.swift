// SPDX-License-Identifier: Apache-2.0

/// How many observations were at most as large as each of some fixed bounds, and their sum. Any thread may observe.
public final class Histogram: Sendable {
    /// Bounds in seconds for answers to requests: 1 ms to 10 s.
    public static let requestSeconds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// Bounds in bytes: 1 KiB to 4 GiB, each four times the one before.
    public static let bytes: [Double] = (0...11).map { Double(1024 << (2 * $0)) }

    let bounds: [Double]
    /// How many observations fell between the bound before and this one; the last is for those beyond all bounds.
    private let buckets: [Counter]
    private let sum = AtomicDouble()

    init(bounds: [Double]) {
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in Counter() }
    }

    /// Counts a value. One that is no number is not counted, as it would make the sum none for ever.
    public func observe(_ value: Double) {
        guard !value.isNaN else { return }
        var (low, high) = (0, bounds.count)
        while low < high {
            let middle = (low + high) / 2
            if value <= bounds[middle] { high = middle } else { low = middle + 1 }
        }
        buckets[low].increment()
        sum.add(value)
    }

    /// Counts a length of time in seconds, the unit of Prometheus.
    public func observe(_ duration: Duration) { observe(duration / .seconds(1)) }

    /// How many observations there were.
    public var count: UInt64 { buckets.reduce(0) { $0 + $1.value } }

    /// The samples of the text format: cumulative buckets, the sum, and the count, which is that of the last bucket.
    var samples: [MetricSample] {
        var total: UInt64 = 0
        var samples: [MetricSample] = []
        for (index, bucket) in buckets.enumerated() {
            total += bucket.value
            let bound = index < bounds.count ? bounds[index] : .infinity
            samples.append(MetricSample(suffix: "_bucket", bound: bound, value: .count(total)))
        }
        samples.append(MetricSample(suffix: "_sum", value: .number(sum.value)))
        samples.append(MetricSample(suffix: "_count", value: .count(total)))
        return samples
    }
}
