// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing
import Web
import WebClient
import WebServer

@testable import Telemetry

@Suite("Span exporter", .timeLimit(.minutes(10)))
struct SpanExporterTests {
    /// A client that does not wait between its attempts, and the waits it did not do. It gives nothing up early: beside
    /// other tests the collector's turn may come late.
    private func client(_ waits: Guarded<[Duration]> = Guarded([])) -> HTTPClient {
        var settings = HTTPClientSettings.tracing
        (settings.connectTimeout, settings.idleTimeout) = (.seconds(300), .seconds(300))
        settings.retry.sleep = { wait in waits.withLock { $0.append(wait) } }
        return HTTPClient(settings)
    }

    private func with(
        _ answers: [ServerResponse] = [], _ use: (CollectorServer) async throws -> Void
    ) async throws {
        let collector = try CollectorServer(answers)
        do { try await use(collector) } catch {
            await collector.stop()
            throw error
        }
        await collector.stop()
    }

    @Test("sends spans once, with the fields of the settings, when they are flushed")
    func sends() async throws {
        try await with { collector in
            var settings = try collector.settings()
            settings.headers = ["X-Key": "hunter2"]
            let tracer = Tracer(settings, client: client())
            await tracer.withSpan("outer") { _ in
                for number in 0..<3 {
                    await tracer.withSpan("inner", kind: .client, attributes: ["number": .integer(number)]) { _ in }
                }
            }
            #expect(collector.requests.isEmpty)
            #expect(await tracer.flush(atMost: .seconds(300)))
            #expect(await tracer.flush(atMost: .seconds(300)))
            let request = try #require(collector.requests.first)
            #expect(collector.requests.count == 1 && request.path == "/v1/traces")
            #expect(request.headers["Content-Type"] == "application/json" && request.headers["X-Key"] == "hunter2")
            #expect(request.headers["traceparent"] == nil)
            #expect(request.spans.map { $0["name"]?.string } == ["inner", "inner", "inner", "outer"])
            #expect(tracer.statistics == TracingStatistics(exported: 4, dropped: 0))
        }
    }

    @Test("sends a batch as soon as it is full, and what comes meanwhile after it")
    func fullBatches() async throws {
        try await with { collector in
            var settings = try collector.settings()
            settings.batchSpans = 10
            let tracer = Tracer(settings, client: client())
            for number in 0..<25 { tracer.startSpan("span \(number)").end() }
            await tracer.flush(atMost: .seconds(300))
            #expect(collector.requests.allSatisfy { (1...10).contains($0.spans.count) })
            #expect(
                collector.requests.flatMap(\.spans).compactMap { $0["name"]?.string } == (0..<25).map { "span \($0)" })
            #expect(tracer.statistics.exported == 25)
        }
    }

    @Test("sends what waited for others long enough")
    func delayed() async throws {
        try await with { collector in
            var settings = try collector.settings()
            let (asked, tick) = (Guarded<[Duration]>([]), AsyncStream<Void>.makeStream())
            settings.sleep = { wait in
                asked.withLock { $0.append(wait) }
                for await _ in tick.stream { break }
            }
            let tracer = Tracer(settings, client: client())
            tracer.startSpan("a").end()
            tracer.startSpan("b").end()
            tick.continuation.yield()
            while tracer.statistics.exported < 2 { try await Task.sleep(for: .milliseconds(5)) }
            #expect(collector.requests.map(\.spans.count) == [2] && asked.withLock { $0 } == [.seconds(5)])
        }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let answers: [Int], tries: Int, exported: Int
        var retryAfter: String?, waits: [Duration]?
        var testDescription: String { "\(answers)" }
    }
    static let cases: [Case] = [
        Case(answers: [200], tries: 1, exported: 2), Case(answers: [202], tries: 1, exported: 2),
        Case(answers: [503], tries: 2, exported: 2), Case(answers: [429, 502, 504], tries: 4, exported: 2),
        Case(answers: [503], tries: 2, exported: 2, retryAfter: "7", waits: [.seconds(7)]),
        Case(answers: [429], tries: 1, exported: 0, retryAfter: "3600", waits: []),
        Case(answers: [503, 503, 503, 503, 503, 503], tries: 5, exported: 0),
        Case(answers: [400], tries: 1, exported: 0, waits: []), Case(answers: [401], tries: 1, exported: 0),
        Case(answers: [404], tries: 1, exported: 0), Case(answers: [408], tries: 1, exported: 0),
        Case(answers: [413], tries: 1, exported: 0), Case(answers: [500], tries: 1, exported: 0),
        Case(answers: [307], tries: 1, exported: 0),
    ]

    @Test("asks again after the answers that the protocol names, after no others", arguments: cases)
    func retries(_ test: Case) async throws {
        let answers = test.answers.map { status in
            var response = ServerResponse(status: status)
            response.headers["Retry-After"] = test.retryAfter
            response.headers["Location"] = status == 307 ? "http://127.0.0.1:1/" : nil
            return response
        }
        try await with(answers) { collector in
            let waits = Guarded<[Duration]>([])
            let file = try FileLog()
            let tracer = Tracer(try collector.settings(), client: client(waits), log: file.log)
            tracer.startSpan("a").end()
            tracer.startSpan("b").end()
            #expect(await tracer.flush(atMost: .seconds(300)))
            #expect(collector.requests.count == test.tries)
            #expect(collector.requests.allSatisfy { $0.spans.count == 2 })
            #expect(tracer.statistics == TracingStatistics(exported: test.exported, dropped: 2 - test.exported))
            #expect(waits.withLock { $0.count } == test.tries - 1)
            if let expected = test.waits { #expect(waits.withLock { $0 } == expected) }
            // The log is told once, and once more when it is over.
            tracer.startSpan("c").end()
            await tracer.flush(atMost: .seconds(300))
            let lines = try await file.lines().map { try json($0)["level"]?.string }
            #expect(lines == (test.exported > 0 ? [] : ["warn", "info"]))
        }
    }

    @Test(
        "counts what a collector refuses of a request that it takes, and does not ask again",
        arguments: [
            (#"{"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}}"#, 2),
            (#"{"partialSuccess":{"rejectedSpans":1}}"#, 1), (#"{"partialSuccess":{"rejectedSpans":"999"}}"#, 3),
            (#"{"partialSuccess":{"errorMessage":"a warning"}}"#, 0),
            (#"{"partialSuccess":{"rejectedSpans":"-5"}}"#, 0),
            ("{}", 0), ("", 0), ("<html>", 0), ("[[[[", 0), (#"{"partialSuccess":[]}"#, 0),
            (#"{"partialSuccess":{"rejectedSpans":1e99}}"#, 0),
        ])
    func partialSuccess(_ body: String, _ dropped: Int) async throws {
        try await with([ServerResponse("application/json", body)]) { collector in
            let tracer = Tracer(try collector.settings(), client: client())
            for _ in 0..<3 { tracer.startSpan("a").end() }
            await tracer.flush(atMost: .seconds(300))
            #expect(collector.requests.count == 1)
            #expect(tracer.statistics == TracingStatistics(exported: 3 - dropped, dropped: dropped))
        }
    }

    @Test("drops and counts spans for which the queue has no room, by number and by size")
    func fullQueue() async throws {
        try await with { collector in
            var settings = try collector.settings()
            settings.queueSpans = 10
            let few = Tracer(settings, client: client())
            for _ in 0..<25 { few.startSpan("a").end() }
            #expect(few.statistics.dropped == 15)
            await few.flush(atMost: .seconds(300))
            #expect(few.statistics == TracingStatistics(exported: 10, dropped: 15))

            settings.queueSpans = 1000
            settings.queueBytes = 100_000
            let small = Tracer(settings, client: client())
            for _ in 0..<50 {
                small.startSpan("a", attributes: ["text": .string(String(repeating: "x", count: 4000))]).end()
            }
            let dropped = small.statistics.dropped
            #expect((27...30).contains(dropped))
            await small.flush(atMost: .seconds(300))
            #expect(small.statistics == TracingStatistics(exported: 50 - dropped, dropped: dropped))
            // A request holds a quarter of the queue.
            #expect(collector.requests.dropFirst().allSatisfy { $0.spans.count <= 6 })
        }
    }

    @Test("gives up at the deadline of a flush, and counts what is left as dropped")
    func deadline() async throws {
        var settings = TracingSettings()
        settings.endpoint = try HTTPURL("http://127.0.0.1:1/v1/traces")
        settings.batchSpans = 2
        var web = HTTPClientSettings.tracing
        web.retry.sleep = { _ in try await Task.sleep(for: .seconds(3600)) }
        let tracer = Tracer(settings, client: HTTPClient(web))
        for _ in 0..<5 { tracer.startSpan("a").end() }
        #expect(await tracer.flush(atMost: .milliseconds(50)) == false)
        #expect(tracer.statistics == TracingStatistics(exported: 0, dropped: 5))
        #expect(await tracer.flush(atMost: .zero))
    }

    @Test("never says what the fields of its settings hold")
    func secrets() async throws {
        var settings = TracingSettings()
        settings.endpoint = try HTTPURL("http://127.0.0.1:1/v1/traces?key=hunter2")
        settings.headers = ["X-Honeycomb-Team": "hunter2"]
        let file = try FileLog(level: .debug)
        let tracer = Tracer(settings, client: client(), log: file.log)
        tracer.startSpan("a").end()
        await tracer.flush(atMost: .seconds(300))
        let text = try await file.text()
        #expect(text.contains("spans cannot be sent") && !text.contains("hunter2"))
        #expect(!"\(settings)".contains("hunter2"))
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }
}
