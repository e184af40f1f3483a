// SPDX-License-Identifier: Apache-2.0

/// The values of the rounds, row by row in the order in which they first came.
struct RoundFigures {
    private struct Row: Hashable {
        let name: String, metric: String, unit: String
    }
    private var rows: [Row] = []
    private var values: [Row: [Double]] = [:]

    mutating func add(_ name: String, _ metric: String, _ value: Double, _ unit: String) {
        let row = Row(name: name, metric: metric, unit: unit)
        if values[row] == nil { rows.append(row) }
        values[row, default: []].append(value)
    }

    /// How many requests were answered a second, and the server's processor time for each.
    mutating func add(_ name: String, _ load: ClusterLoad.Rate) {
        add(name, "rate", load.perSecond, "1/s")
        add(name, "server_processor", load.processor * 1e6, "µs")
    }

    /// The medians, with the least and the most.
    func report(to context: BenchmarkContext, suite: String) {
        for row in rows {
            let all = values[row] ?? []
            var figure = Figure(suite: suite, name: row.name, metric: row.metric, value: median(all), unit: row.unit)
            if let least = all.min(), let most = all.max(), all.count > 1 { figure.spread = (least...most, nil) }
            context.report(figure)
        }
    }
}
