// SPDX-License-Identifier: Apache-2.0

/// What was said of a span that has ended.
struct SpanRecord: Sendable {
    struct Event: Sendable {
        let time: Int64
        let name: String
        let attributes: Fields
    }
    let context: TraceContext
    let parent: SpanID?
    var name: String
    let kind: SpanKind
    let start: Int64
    var end: Int64
    var attributes = Fields()
    var events: [Event] = []
    var droppedAttributes = 0
    var droppedEvents = 0
    var failure: String?

    static let attributeLimit = 64
    static let eventLimit = 64
    /// The most bytes of a text.
    static let textLimit = 4096

    mutating func set(_ name: String, _ value: FieldValue) {
        guard attributes.count < Self.attributeLimit || attributes[name] != nil else { return droppedAttributes += 1 }
        attributes[name] = Self.cut(value)
    }

    mutating func add(_ event: String, _ attributes: Fields, at time: Int64) {
        guard events.count < Self.eventLimit else { return droppedEvents += 1 }
        var kept = Fields()
        for (name, value) in attributes.prefix(Self.attributeLimit) { kept[name] = Self.cut(value) }
        events.append(Event(time: time, name: Self.cut(event), attributes: kept))
    }

    /// About how many bytes it takes, here and on its way.
    var weight: Int {
        func weight(_ fields: Fields) -> Int {
            fields.reduce(0) { $0 + 80 + $1.name.utf8.count + ($1.value.string?.utf8.count ?? 0) }
        }
        return 512 + name.utf8.count + (failure?.utf8.count ?? 0) + weight(attributes)
            + events.reduce(0) { $0 + 80 + $1.name.utf8.count + weight($1.attributes) }
    }

    static func cut(_ text: String) -> String { text.cut(toBytes: textLimit) }

    private static func cut(_ value: FieldValue) -> FieldValue { value.string.map { .string(cut($0)) } ?? value }
}

extension FieldValue {
    /// The text of a string; nil for any other value.
    var string: String? { if case .string(let text) = self { text } else { nil } }
}
