// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// Spans as OTLP/HTTP wants them in JSON: `ExportTraceServiceRequest` of opentelemetry-proto in protobuf's JSON mapping
/// with OTLP's deviations (opentelemetry-proto `docs/specification.md`, “JSON Protobuf Encoding”): identifiers in
/// hexadecimal, enumerations as numbers, 64-bit integers as strings.
enum OTLPDocument {
    /// Who made the spans, for `InstrumentationScope`.
    static let scope = "sovereign"

    static func request(_ spans: [SpanRecord], _ settings: TracingSettings) -> JSON {
        var resource = Fields()
        resource["service.name"] = .string(settings.serviceName)
        if let version = settings.serviceVersion { resource["service.version"] = .string(version) }
        resource = resource.merging(settings.resource)
        let scopeSpans: JSON = ["scope": ["name": .string(scope)], "spans": .array(spans.map(span))]
        return ["resourceSpans": [["resource": ["attributes": attributes(resource)], "scopeSpans": [scopeSpans]]]]
    }

    /// Absent fields are those with protobuf's default.
    private static func span(_ span: SpanRecord) -> JSON {
        var json: JSON = [
            "traceId": .string("\(span.context.traceID)"), "spanId": .string("\(span.context.spanID)"),
            "name": .string(span.name), "kind": integer(span.kind.rawValue),
            "startTimeUnixNano": .string("\(span.start)"), "endTimeUnixNano": .string("\(span.end)"),
            "flags": integer(span.context.isSampled ? 1 : 0),
        ]
        json["parentSpanId"] = span.parent.map { .string("\($0)") }
        json["traceState"] = span.context.tracestate.map { .string($0) }
        if span.attributes.count > 0 { json["attributes"] = attributes(span.attributes) }
        if span.droppedAttributes > 0 { json["droppedAttributesCount"] = integer(span.droppedAttributes) }
        if !span.events.isEmpty { json["events"] = .array(span.events.map(event)) }
        if span.droppedEvents > 0 { json["droppedEventsCount"] = integer(span.droppedEvents) }
        // STATUS_CODE_ERROR; a span that did not fail has none, as the specification asks of instrumentation.
        json["status"] = span.failure.map { ["message": .string($0), "code": 2] }
        return json
    }

    private static func event(_ event: SpanRecord.Event) -> JSON {
        var json: JSON = ["timeUnixNano": .string("\(event.time)"), "name": .string(event.name)]
        if event.attributes.count > 0 { json["attributes"] = attributes(event.attributes) }
        return json
    }

    private static func attributes(_ fields: Fields) -> JSON {
        .array(fields.map { ["key": .string($0.name), "value": value($0.value)] })
    }

    private static func value(_ value: FieldValue) -> JSON {
        switch value {
        case .string(let text): ["stringValue": .string(text)]
        case .integer(let number): ["intValue": .string("\(number)")]
        case .bool(let value): ["boolValue": .bool(value)]
        case .double(let number) where !number.isFinite:
            // The mapping's words, which differ from Go's.
            ["doubleValue": number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity"]
        case .double, .duration:
            ["doubleValue": value.jsonLiteral.flatMap(JSONNumber.init(text:)).map { .number($0) } ?? 0]
        }
    }

    private static func integer(_ value: Int) -> JSON { .number(JSONNumber(Int64(value))) }
}
