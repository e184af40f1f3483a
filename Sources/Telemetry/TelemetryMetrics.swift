// SPDX-License-Identifier: Apache-2.0

public import Basics

extension MetricRegistry {
    /// Adds how many lines a log had to drop.
    public func add(_ writer: LogWriter) throws(Fault) {
        try counter("sovereign_log_dropped_lines_total", "Lines of the log that were dropped.") {
            Double(writer.dropped)
        }
    }

    /// Adds how many spans were sent, and how many were lost.
    public func add(_ tracer: Tracer) throws(Fault) {
        try counter("sovereign_tracing_exported_spans_total", "Spans that the collector took.") {
            Double(tracer.statistics.exported)
        }
        try counter("sovereign_tracing_dropped_spans_total", "Spans that were lost.") {
            Double(tracer.statistics.dropped)
        }
    }
}
