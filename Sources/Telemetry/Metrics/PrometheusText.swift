// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Prometheus' text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats).
enum PrometheusText {
    static func write(_ readings: [MetricReading]) -> [UInt8] {
        var text: [UInt8] = []
        let sorted = readings.sorted { [$0.description.name].precedes([$1.description.name]) }
        for reading in sorted where !reading.samples.isEmpty {
            let description = reading.description
            text += "# HELP \(description.name) ".utf8
            escape(description.help, quotes: false, into: &text)
            text += "\n# TYPE \(description.name) \(description.kind.rawValue)\n".utf8
            for sample in reading.samples { write(sample, of: description, into: &text) }
        }
        return text
    }

    private static func write(_ sample: MetricSample, of metric: MetricDescription, into text: inout [UInt8]) {
        text += "\(metric.name)\(sample.suffix)".utf8
        var separator = "{"
        func label(_ name: String, _ value: String) {
            text += "\(separator)\(name)=\"".utf8
            escape(value, quotes: true, into: &text)
            text.append(UInt8(ascii: "\""))
            separator = ","
        }
        for (name, value) in zip(metric.labels, sample.labels) { label(name, value) }
        if let bound = sample.bound { label("le", goShortest(bound)) }
        if separator == "," { text.append(UInt8(ascii: "}")) }
        switch sample.value {
        case .count(let count): text += " \(count)\n".utf8
        case .number(let number): text += " \(goShortest(number))\n".utf8
        }
    }

    /// `\` and line feeds are escaped, and quotes where the text stands in them.
    private static func escape(_ value: String, quotes: Bool, into text: inout [UInt8]) {
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): text += "\\\\".utf8
            case 0x0A: text += "\\n".utf8
            case UInt8(ascii: "\"") where quotes: text += "\\\"".utf8
            default: text.append(byte)
            }
        }
    }
}
