// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents

/// One measured value, and what a peer needed for the same bytes in the same run.
struct Figure {
    var suite: String
    var name: String
    var metric: String
    var value: Double
    var unit: String
    var peer: (name: String, value: Double, ratio: Double)?
    /// The least and the most of the rounds, ours and the peer's.
    var spread: (own: ClosedRange<Double>, peer: ClosedRange<Double>?)?

    var json: JSON {
        var members: [(String, JSON)] = [
            ("suite", .string(suite)), ("case", .string(name)), ("metric", .string(metric)), ("value", number(value)),
            ("unit", .string(unit)),
        ]
        if let peer {
            members += [
                ("peer", .string(peer.name)), ("peer_value", number(peer.value)), ("ratio", number(peer.ratio)),
            ]
        }
        if let spread {
            members += [("least", number(spread.own.lowerBound)), ("most", number(spread.own.upperBound))]
            if let peer = spread.peer {
                members += [("peer_least", number(peer.lowerBound)), ("peer_most", number(peer.upperBound))]
            }
        }
        return .object(JSONObject(members))
    }

    var line: String {
        let own = "\(suite)  \(name)  \(metric)  \(decimal(value, digits: 3)) \(unit)" + text(spread?.own)
        guard let peer else { return own }
        return own + "  (\(peer.name) \(decimal(peer.value, digits: 3)) \(unit)" + text(spread?.peer)
            + ", ratio \(decimal(peer.ratio, digits: 2)))"
    }

    private func text(_ range: ClosedRange<Double>?) -> String {
        guard let range else { return "" }
        return " [\(decimal(range.lowerBound, digits: 2))–\(decimal(range.upperBound, digits: 2))]"
    }

    private func number(_ value: Double) -> JSON {
        JSONNumber(text: decimal(value, digits: 3)).map { .number($0) } ?? .null
    }
}

/// The runs of one case, ours and a peer's in turn, so that a machine whose speed drifts treats both alike.
struct PairedRuns {
    var own: [MeasuredRun] = []
    var peer: [MeasuredRun] = []

    /// Wall time, processor time and peak memory as medians; the ratio is the median of the ratios of the pairs, ours over
    /// theirs.
    func figures(suite: String, name: String, peerName: String?) -> [Figure] {
        let metrics: [(String, String, (MeasuredRun) -> Double)] = [
            ("wall", "s", { $0.wall }), ("processor", "s", { $0.processor }), ("peak_memory", "MiB", { $0.peakMemory }),
        ]
        return metrics.map { metric, unit, value in
            var figure = Figure(suite: suite, name: name, metric: metric, value: median(own.map(value)), unit: unit)
            if let peerName, peer.count == own.count {
                let ratios = zip(own, peer).map { value($0) / max(value($1), 0.000_001) }
                figure.peer = (peerName, median(peer.map(value)), median(ratios))
            }
            return figure
        }
    }
}

/// The middle of the values; the mean of the two middle ones when their number is even.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
