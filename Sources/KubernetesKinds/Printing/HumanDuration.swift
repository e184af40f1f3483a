// SPDX-License-Identifier: Apache-2.0

internal import Chronology
internal import Documents
internal import Kubernetes

/// Lengths of time in tables.
enum HumanDuration {
    /// The time since a moment of an object; `<unknown>` when it is not given.
    static func since(_ moment: JSON?, now: Moment) -> String {
        guard let text = moment?.string, !text.isEmpty else { return "<unknown>" }
        guard let moment = Moment(rfc3339: text) else { return "<invalid>" }
        return between(moment, now).humanText
    }

    /// The span between moments; Go's spans end at 292 years.
    static func between(_ start: Moment, _ end: Moment) -> TimeSpan {
        end.since(start) ?? TimeSpan(nanoseconds: end < start ? .min : .max)
    }
}
