// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing
import Web
import WebClient

@testable import Telemetry

@Suite("Tracer", .timeLimit(.minutes(10)))
struct TracerTests {
    /// Traces into a collector, and gives what arrived there by the names of the spans.
    private func spans(
        _ change: (inout TracingSettings) -> Void = { _ in }, _ work: (Tracer) async throws -> Void
    ) async throws -> [String: JSON] {
        let collector = try CollectorServer()
        var settings = try collector.settings()
        change(&settings)
        let tracer = Tracer(settings, clock: .counting())
        try await work(tracer)
        #expect(await tracer.flush(atMost: .seconds(300)))
        await collector.stop()
        let spans = collector.requests.flatMap(\.spans).map { ($0["name"]?.string ?? "", $0) }
        return Dictionary(spans) { first, _ in first }
    }

    @Test("puts spans below the current one, in child tasks too, and below none outside")
    func parents() async throws {
        let spans = try await spans { tracer in
            await tracer.withSpan("a") { _ in
                await tracer.withSpan("b") { _ in
                    async let child: Void = tracer.withSpan("c") { _ in }
                    await child
                }
                tracer.startSpan("d").end()
            }
            tracer.startSpan("e").end()
        }
        func id(_ name: String, _ field: String = "spanId") -> String? { spans[name]?[field]?.string }
        #expect(id("a", "parentSpanId") == nil && id("e", "parentSpanId") == nil)
        #expect(id("b", "parentSpanId") == id("a") && id("d", "parentSpanId") == id("a"))
        #expect(id("c", "parentSpanId") == id("b"))
        #expect(
            Set(["a", "b", "c", "d"].map { id($0, "traceId") }).count == 1 && id("e", "traceId") != id("a", "traceId"))
        #expect(Set(spans.values.compactMap { $0["spanId"]?.string }).count == 5)
    }

    @Test("goes on with the trace of a request, and hands it to the services asked on the way")
    func remoteParent() async throws {
        let incoming = try #require(
            TraceContext(
                ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "a=1"]
                    as HTTPHeaders))
        let outgoing = Guarded<HTTPHeaders>([:])
        let spans = try await spans { tracer in
            await tracer.withSpan("serve", kind: .server, parent: incoming) { _ in
                await tracer.withSpan("ask", kind: .client) { span in
                    outgoing.withLock { span.context?.write(to: &$0) }
                }
            }
        }
        #expect(spans["serve"]?["traceId"] == "0af7651916cd43dd8448eb211c80319c")
        #expect(spans["serve"]?["parentSpanId"] == "b7ad6b7169203331" && spans["serve"]?["traceState"] == "a=1")
        #expect(spans["serve"]?["kind"] == 2 && spans["ask"]?["kind"] == 3)
        let id = try #require(spans["ask"]?["spanId"]?.string)
        let headers = outgoing.withLock { $0 }
        #expect(
            headers["traceparent"] == "00-0af7651916cd43dd8448eb211c80319c-\(id)-01" && headers["tracestate"] == "a=1")
    }

    @Test("says what happened in a span, and that it failed when an error leaves it")
    func content() async throws {
        let spans = try await spans { tracer in
            try? await tracer.withSpan("failing", attributes: ["a": 1]) { span in
                #expect(span.isRecording)
                span.set("b", "text")
                span.set("password", "hunter2")
                span.event("midway", ["c": true])
                throw Fault(.conflict, "it is there already")
            }
            let renamed = tracer.startSpan("unnamed")
            renamed.rename("GET /v2/")
            renamed.fail("too slow")
            renamed.end()
            renamed.end()
            renamed.set("late", 1)
        }
        let failing = try #require(spans["failing"])
        #expect(
            failing["attributes"] == [
                ["key": "a", "value": ["intValue": "1"]], ["key": "b", "value": ["stringValue": "text"]],
                ["key": "password", "value": ["stringValue": "(hidden)"]],
                ["key": "error.type", "value": ["stringValue": "conflict"]],
            ])
        #expect(failing["status"] == ["message": "it is there already", "code": 2])
        #expect(failing["startTimeUnixNano"]?.string == "\(someTime)")
        #expect(failing["events"]?[0]?["timeUnixNano"]?.string == "\(someTime + 1000)")
        #expect(failing["endTimeUnixNano"]?.string == "\(someTime + 2000)")
        #expect(failing["events"]?[0]?["name"] == "midway")
        #expect(spans.count == 2 && spans["GET /v2/"]?["status"]?["message"] == "too slow")
        #expect(spans["GET /v2/"]?["attributes"] == nil)
    }

    @Test("holds attributes, events and texts within their bounds, and says what is missing")
    func bounds() async throws {
        let long = "x" + String(repeating: "é", count: 5000)
        let spans = try await spans { tracer in
            let span = tracer.startSpan("a")
            for number in 0..<100 {
                span.set("n\(number)", .string(long))
                span.event(long, ["text": .string(long)])
            }
            span.set("n0", 1)
            span.end()
        }
        let span = try #require(spans["a"])
        #expect(span["attributes"]?.array?.count == 64 && span["droppedAttributesCount"] == 36)
        #expect(span["events"]?.array?.count == 64 && span["droppedEventsCount"] == 36)
        #expect(span["attributes"]?[0]?["value"]?["intValue"] == "1")
        #expect(span["attributes"]?[1]?["value"]?["stringValue"]?.string == "x" + String(repeating: "é", count: 2047))
    }

    @Test("follows what the caller decided, or the identifier of the trace, as its sampler says")
    func sampling() async throws {
        let sampled = TraceContext(traceparent: "00-0af7651916cd43ddffffffffffffffff-b7ad6b7169203331-01")
        let unsampled = TraceContext(traceparent: "00-0af7651916cd43dd0000000000000001-b7ad6b7169203331-00")
        for (sampler, expected) in [
            (TraceSampler(ratio: 1, followsParent: true), [true, true, false]),
            (TraceSampler(ratio: 0, followsParent: true), [false, true, false]),
            (TraceSampler(ratio: 1, followsParent: false), [true, true, true]),
            (TraceSampler(ratio: 0, followsParent: false), [false, false, false]),
            (TraceSampler(ratio: .nan, followsParent: false), [false, false, false]),
            (TraceSampler(ratio: 7, followsParent: false), [true, true, true]),
        ] {
            var settings = TracingSettings()
            settings.endpoint = try HTTPURL("http://127.0.0.1:1/")
            settings.sleep = { _ in try await Task.sleep(for: .seconds(3600)) }
            settings.sampler = sampler
            let tracer = Tracer(settings)
            for (parent, isSampled) in zip([nil, sampled, unsampled], expected) {
                await tracer.withSpan("a", parent: parent) { span in
                    #expect(span.isRecording == isSampled && span.context?.isSampled == isSampled)
                    // What is not recorded is still one trace, here and for those who are asked.
                    #expect(parent == nil || span.context?.traceID == parent?.traceID)
                    let child = tracer.startSpan("b")
                    #expect(child.context?.traceID == span.context?.traceID && child.isRecording == isSampled)
                }
            }
        }
        let half = TraceSampler(ratio: 0.5, followsParent: false)
        let ids = [0x0, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF] as [UInt64]
        let taken = ids.compactMap { TraceID(high: 1, low: $0) }.map { half.isSampled($0, parent: nil) }
        #expect(taken == [true, true, false, false])
    }

    @Test("gives every span an identifier of its own, from many threads too")
    func identifiers() async throws {
        var settings = TracingSettings()
        settings.endpoint = try HTTPURL("http://127.0.0.1:1/")
        settings.sampler = TraceSampler(ratio: 0, followsParent: false)
        let tracer = Tracer(settings)
        let ids = await withTaskGroup(of: [String].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<500).flatMap { _ in
                        let context = tracer.startSpan("a").context
                        return [context?.traceID.description ?? "", context?.spanID.description ?? ""]
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(ids.count == 8000 && Set(ids).count == 8000)
        #expect(ids.allSatisfy { TraceID(hex: $0) != nil || SpanID(hex: $0) != nil })
    }

    @Test("makes nothing without an endpoint: no span, no name, no attribute")
    func off() async throws {
        let made = Guarded(0)
        func text(_ text: String) -> String {
            made.withLock { $0 += 1 }
            return text
        }
        let parent = TraceContext(traceparent: TraceContextTests.parent)
        for tracer in [Tracer.off, Tracer(TracingSettings())] {
            let result = await tracer.withSpan(
                text("a"), parent: parent, attributes: ["b": .string(text("c"))]
            ) { span in
                #expect(!span.isRecording && span.context == nil && TraceSpan.current.context == nil)
                span.set("a", .string(text("d")))
                span.event(text("e"))
                span.fail(text("f"))
                return 5
            }
            #expect(result == 5 && !tracer.isEnabled)
            #expect(await tracer.flush(atMost: .zero) && tracer.statistics == TracingStatistics())
        }
        #expect(made.withLock { $0 } == 0)
    }
}
