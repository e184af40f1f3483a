// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// The rules for names of metrics and labels (Prometheus, “Metric and label naming”, and what `promtool` asks for).
enum MetricName {
    /// Throws `.invalid` when a metric cannot be called so.
    static func check(_ metric: MetricDescription) throws(Fault) {
        let name = metric.name
        guard isName(name, colons: true) else {
            throw Fault(
                .invalid, "“\(name)” is no name of a metric", fix: "use letters, digits and _, a letter first")
        }
        guard (metric.kind == .counter) == name.hasSuffix("_total") else {
            throw Fault(.invalid, "the name \(name) is wrong", fix: "end it with _total if, and only if, it counts")
        }
        for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
            throw Fault(.invalid, "the name \(name) ends with \(suffix), which histograms add to theirs")
        }
        guard !metric.help.isEmpty else { throw Fault(.invalid, "\(name) has no help", fix: "say what it is") }
        for label in metric.labels {
            guard isName(label, colons: false), !label.hasPrefix("__"), label != "le", label != "quantile" else {
                throw Fault(
                    .invalid, "“\(label)” is no name of a label of \(name)",
                    fix: "use letters, digits and _, not __ first, and neither le nor quantile")
            }
        }
        guard Set(metric.labels).count == metric.labels.count else {
            throw Fault(.invalid, "\(name) has a label twice")
        }
    }

    private static func isName(_ text: String, colons: Bool) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 200, !(0x30...0x39).contains(first) else { return false }
        return text.utf8.allSatisfy { byte in
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5F
                || colons && byte == 0x3A
        }
    }
}
