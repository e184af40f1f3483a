// SPDX-License-Identifier: Apache-2.0

internal import Chronology
internal import Documents

extension KindTable {
    /// Events of both groups: what they hold is the same under other names.
    static let events = KindTable([
        "Last Seen", "Type", "Reason", "Object", "+Subobject", "+Source", "Message", "+First Seen", "+Count", "+Name",
    ]) { event, now in
        func either(_ core: String, _ other: String) -> JSON? { event.at(core) ?? event.at(other) }
        func since(_ moment: JSON?) -> String { HumanDuration.since(moment, now: now) }
        var first = since(either("firstTimestamp", "deprecatedFirstTimestamp"))
        if first == "<unknown>" { first = since(event.at("eventTime")) }
        var last = since(either("lastTimestamp", "deprecatedLastTimestamp"))
        if last == "<unknown>" { last = first }
        var count = either("count", "deprecatedCount")?.int ?? 0
        if let series = event.at("series") {
            (last, count) = (since(series.at("lastObservedTime")), series.number("count") ?? 0)
        } else if count == 0 {
            count = 1
        }
        let subject = either("involvedObject", "regarding") ?? [:]
        let kind = subject.text("kind").lowercased()
        let target = subject.text("name").isEmpty ? kind : "\(kind)/\(subject.text("name"))"
        return [
            .string(last), .string(event.text("type")), .string(event.text("reason")), .string(target),
            .string(subject.text("fieldPath")), .string(source(event)),
            .string(trimmed(either("message", "note")?.string ?? "")), .string(first), .integer(count), name(event),
        ]
    }

    private static func source(_ event: JSON) -> String {
        let source = event.at("source") ?? event.at("deprecatedSource") ?? [:]
        func first(_ texts: String...) -> String { texts.first { !$0.isEmpty } ?? "" }
        let component = first(
            source.text("component"), event.text("reportingComponent"), event.text("reportingController"))
        let instance = first(source.text("host"), event.text("reportingInstance"))
        return instance.isEmpty ? component : "\(component), \(instance)"
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop { $0.isWhitespace }
        return String(start.reversed().drop { $0.isWhitespace }.reversed())
    }
}
