// SPDX-License-Identifier: Apache-2.0

@testable internal import Telemetry

/// Reads the fields of a trace, answers of collectors and settings, and writes values into lines of a log and of metrics.
///
/// The first line is `traceparent`, the second `tracestate`; all of it is an answer, a list of headers, a value and a
/// label. What has to hold, beyond not crashing: a context that was read is read again as the same, a line is one line
/// within its limit, and a label cannot end its own.
public enum TraceTarget {
    public static func run(_ bytes: [UInt8]) {
        guard bytes.count < 65_536 else { return }
        let lines = bytes.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        readContext(lines)
        let answer = CollectorAnswer(status: 200, retryAfter: nil, body: bytes)
        precondition((answer.rejected?.spans ?? 1) > 0, "no spans were refused")
        let text = String(decoding: bytes, as: UTF8.self)
        writeLines(text)
        writeMetric(text)
    }

    private static func readContext(_ lines: [String]) {
        guard let parent = lines.first,
            let context = TraceContext(traceparent: parent, tracestate: Array(lines.dropFirst()))
        else { return }
        let state = context.tracestate
        let again = TraceContext(traceparent: context.traceparent, tracestate: state.map { [$0] } ?? [])
        precondition(again?.traceparent == context.traceparent && again?.tracestate == state, "another context")
        precondition((state?.utf8.count ?? 0) <= TraceState.sendLimit, "a state that is too large")
    }

    private static func writeLines(_ text: String) {
        let line = LogLine(time: 0, level: .info, message: text, fields: ["a": .string(text), text: 1])
        for format in LogFormat.allCases {
            let bytes = line.bytes(format, limit: 512)
            precondition(bytes.count <= 512 && bytes.last == 0x0A, "a line that is too long")
            precondition(bytes.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "more than a line")
        }
    }

    private static func writeMetric(_ text: String) {
        let description = MetricDescription(name: "a", help: text, kind: .gauge, labels: ["l"])
        let sample = MetricSample(labels: [text], value: .number(1))
        let written = PrometheusText.write([MetricReading(description: description, samples: [sample])])
        precondition(written.count(where: { $0 == 0x0A }) == 3, "a forged metric")
    }
}
