// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import WebClient

/// Makes spans and sends those that are recorded to a collector.
///
/// Without an endpoint it makes nothing: a span then costs a comparison, and no identifiers, tasks or memory.
public final class Tracer: Sendable {
    private let sampler: TraceSampler
    private let clock: WallClock
    private let exporter: SpanExporter?

    /// Traces nothing.
    public static let off = Tracer()

    private init() { (sampler, clock, exporter) = (.followingParent, .system, nil) }

    /// A tracer by its settings.
    ///
    /// - Parameters:
    ///   - client: what sends; its policy of retries holds.
    ///   - log: told when spans cannot be sent, once until they can be again.
    public init(
        _ settings: TracingSettings, client: HTTPClient = HTTPClient(.tracing), log: Log = .none,
        clock: WallClock = .system
    ) {
        (sampler, self.clock) = (settings.sampler, clock)
        exporter = settings.endpoint.map { SpanExporter($0, settings, client: client, log: log) }
    }

    /// Whether spans are made at all.
    public var isEnabled: Bool { exporter != nil }

    /// How many spans the collector took, and how many were lost on the way: the queue was full, or it refused them.
    public var statistics: TracingStatistics { exporter?.statistics ?? TracingStatistics() }

    /// Starts a span that `end` of it ends, for work that is no task: a child of `parent`, else of the current span.
    ///
    /// - Parameters:
    ///   - name: one of few, such as `GET /v2/{name}/manifests/{reference}`.
    ///   - parent: where a request came from; see `TraceContext.init(_:)`.
    public func startSpan(
        _ name: @autoclosure () -> String, kind: SpanKind = .internal, parent: TraceContext? = nil,
        attributes: @autoclosure () -> Fields = [:]
    ) -> TraceSpan {
        guard let exporter else { return .inactive }
        let parent = parent ?? TraceSpan.current.context
        var generator = RandomWords()
        let traceID = parent?.traceID ?? .random(using: &generator)
        let context = TraceContext(
            traceID: traceID, spanID: .random(using: &generator),
            isSampled: sampler.isSampled(traceID, parent: parent), state: parent?.state ?? TraceState())
        guard context.isSampled else { return TraceSpan(context: context, recorder: nil) }
        let start = clock.nanoseconds()
        var record = SpanRecord(
            context: context, parent: parent?.spanID, name: SpanRecord.cut(name()), kind: kind, start: start, end: start
        )
        for (name, value) in attributes() { record.set(name, value) }
        return TraceSpan(context: context, recorder: SpanRecorder(record, clock: clock) { exporter.add($0) })
    }

    /// Does work in a span of its own, which is the current one meanwhile. An error that leaves it marks it as failed.
    public func withSpan<Result>(
        _ name: @autoclosure () -> String, kind: SpanKind = .internal, parent: TraceContext? = nil,
        attributes: @autoclosure () -> Fields = [:], _ body: (TraceSpan) async throws -> Result
    ) async rethrows -> Result {
        guard isEnabled else { return try await body(.inactive) }
        let span = startSpan(name(), kind: kind, parent: parent, attributes: attributes())
        defer { span.end() }
        do {
            return try await TraceSpan.$current.withValue(span) { try await body(span) }
        } catch {
            span.fail(with: error)
            throw error
        }
    }

    /// Sends what has ended so far: for the end of a service. What is not sent in time is dropped and counted; says
    /// whether there was time enough.
    @discardableResult
    public func flush(atMost limit: Duration = .seconds(5)) async -> Bool {
        guard let exporter else { return true }
        return await exporter.flush(atMost: limit)
    }
}

/// What became of recorded spans.
public struct TracingStatistics: Sendable, Equatable {
    /// Spans that a collector took.
    public var exported = 0
    /// Spans that nobody will see.
    public var dropped = 0
}

extension HTTPClientSettings {
    /// Shorter waits than those of transfers: nobody waits for a trace.
    public static var tracing: HTTPClientSettings {
        var settings = HTTPClientSettings()
        settings.connectTimeout = .seconds(10)
        settings.idleTimeout = .seconds(10)
        settings.userAgent = "OTel-OTLP-Exporter-Sovereign/0.1"
        return settings
    }
}
