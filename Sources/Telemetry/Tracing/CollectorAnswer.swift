// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// What a collector answers to spans (opentelemetry-proto `docs/specification.md`, “OTLP/HTTP Response”).
struct CollectorAnswer: Sendable {
    /// The most bytes of an answer that are looked at.
    static let limit = 64 * 1024

    let status: Int
    let retryAfter: String?
    /// `ExportTraceServiceResponse` in JSON, of a collector that knows its part; anything otherwise.
    let body: [UInt8]

    var isSuccess: Bool { (200...299).contains(status) }

    /// “Retryable Response Codes”: all others must not be asked again.
    var mayBeRetried: Bool { [429, 502, 503, 504].contains(status) }

    /// Spans that were refused though others were taken; asking again is forbidden.
    var rejected: (spans: Int, reason: String)? {
        guard let json = try? JSON(parsing: body, source: "the collector's answer"),
            let partial = json["partialSuccess"], let number = partial["rejectedSpans"],
            // 64-bit integers are strings in the mapping, and readers take both.
            let spans = number.int.map(Int.init) ?? number.string.flatMap({ Int($0) }), spans > 0
        else { return nil }
        return (spans, partial["errorMessage"]?.string ?? "the collector refuses some of them")
    }
}
