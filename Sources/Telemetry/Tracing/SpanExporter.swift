// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Web
internal import WebClient

/// Sends ended spans in batches; at most one task does so at a time, and none while there is nothing to send.
final class SpanExporter: Sendable {
    private enum Phase: Sendable {
        /// Nothing waits.
        case idle
        /// Spans wait for others.
        case waiting(Task<Void, Never>)
        case sending(Task<Void, Never>)
    }
    private struct State: Sendable {
        var spans: [SpanRecord] = []
        var bytes = 0
        var phase = Phase.idle
        var statistics = TracingStatistics()
        /// Whether the log was told that spans cannot be sent.
        var isFailing = false
    }
    private let state = Guarded(State())
    private let endpoint: HTTPURL
    private let settings: TracingSettings
    private let client: HTTPClient
    private let log: Log

    init(_ endpoint: HTTPURL, _ settings: TracingSettings, client: HTTPClient, log: Log) {
        (self.endpoint, self.settings, self.client, self.log) = (endpoint, settings, client, log)
    }

    var statistics: TracingStatistics { state.withLock { $0.statistics } }

    /// Queues a span; never waits.
    func add(_ span: SpanRecord) {
        let weight = span.weight
        state.withLock { state in
            guard state.spans.count < settings.queueSpans, state.bytes + weight <= settings.queueBytes else {
                state.statistics.dropped += 1
                return
            }
            state.spans.append(span)
            state.bytes += weight
            switch state.phase {
            case .sending: break
            case .waiting(let timer):
                guard state.spans.count >= settings.batchSpans else { break }
                timer.cancel()
                state.phase = .sending(send())
            case .idle: state.phase = settings.batchSpans <= 1 ? .sending(send()) : .waiting(timer())
            }
        }
    }

    /// Sends what waits, but no longer than `limit`: what is left then is dropped. Says whether nothing was left.
    func flush(atMost limit: Duration) async -> Bool {
        let sending = state.withLock { state -> Task<Void, Never>? in
            switch state.phase {
            case .idle: return nil
            case .sending(let task): return task
            case .waiting(let timer):
                timer.cancel()
                let task = send()
                state.phase = .sending(task)
                return task
            }
        }
        guard let sending else { return true }
        let deadline = Task.detached {
            try await Task.sleep(for: limit)
            sending.cancel()
        }
        await sending.value
        deadline.cancel()
        return !sending.isCancelled
    }

    /// Waits a while, then sends.
    private func timer() -> Task<Void, Never> {
        Task.detached(priority: .utility) { [self] in
            // Cancelled when a batch is full before; who cancels sends.
            guard (try? await settings.sleep(settings.delay)) != nil else { return }
            state.withLock { state in
                guard !Task.isCancelled, case .waiting = state.phase else { return }
                state.phase = .sending(send())
            }
        }
    }

    /// Sends until nothing waits.
    private func send() -> Task<Void, Never> {
        // Detached, so that it belongs to no span of whoever came along.
        Task.detached(priority: .utility) { [self] in
            while let batch = take() {
                let failure = await export(batch)
                finish(batch.count, failure)
            }
        }
    }

    /// The next spans to send: so many that they fit in a request. Nil at the end, when the phase is idle again.
    private func take() -> [SpanRecord]? {
        state.withLock { state in
            var (count, bytes) = (0, 0)
            while count < min(state.spans.count, settings.batchSpans) {
                let weight = state.spans[count].weight
                guard count == 0 || bytes + weight <= settings.queueBytes / 4 else { break }
                (count, bytes) = (count + 1, bytes + weight)
            }
            let batch = Array(state.spans.prefix(count))
            state.spans.removeFirst(count)
            state.bytes -= bytes
            guard batch.isEmpty else { return batch }
            state.phase = .idle
            return nil
        }
    }

    /// What became of a batch: how many of its spans were refused, and why.
    struct Refusal: Sendable {
        let spans: Int
        let reason: String
    }

    private func finish(_ count: Int, _ refusal: Refusal?) {
        let dropped = min(refusal?.spans ?? 0, count)
        let isNews = state.withLock { state in
            state.statistics.exported += count - dropped
            state.statistics.dropped += dropped
            let isNews = state.isFailing != (dropped > 0)
            state.isFailing = dropped > 0
            return isNews
        }
        guard isNews else { return }
        if let refusal {
            log.warn(
                "spans cannot be sent",
                [
                    "endpoint": .string(endpoint.redacted), "error": .string(refusal.reason),
                    "dropped": .integer(dropped),
                ])
        } else {
            log.info("spans can be sent again", ["endpoint": .string(endpoint.redacted)])
        }
    }

    /// Sends a batch until it is taken or given up; nil when all of it was taken.
    private func export(_ spans: [SpanRecord]) async -> Refusal? {
        let request = request(spans)
        let policy = client.settings.retry
        var attempt = 1
        while true {
            let reason: String
            var wait: Duration?
            do {
                let answer = try await client.send(request, retry: false, followingRedirects: false) { response in
                    CollectorAnswer(
                        status: response.status, retryAfter: response.headers["Retry-After"],
                        body: (try? await response.body.collect(limit: CollectorAnswer.limit)) ?? [])
                }
                if answer.isSuccess { return answer.rejected.map { Refusal(spans: $0.spans, reason: $0.reason) } }
                reason = "the collector answers \(answer.status)"
                if answer.mayBeRetried {
                    wait = policy.delay(afterAttempt: attempt, retryAfter: answer.retryAfter)
                }
            } catch {
                let fault = Fault(wrapping: error)
                reason = fault.message
                if fault.code == .unavailable { wait = policy.delay(afterAttempt: attempt, retryAfter: nil) }
            }
            guard let wait, attempt < policy.attempts, !Task.isCancelled, (try? await policy.sleep(wait)) != nil else {
                return Refusal(spans: spans.count, reason: reason)
            }
            attempt += 1
        }
    }

    private func request(_ spans: [SpanRecord]) -> HTTPRequest {
        var headers = settings.headers
        headers["Content-Type"] = "application/json"
        var request = HTTPRequest(
            method: .post, url: endpoint, headers: headers,
            body: .bytes(OTLPDocument.request(spans, settings).encoded()))
        request.sensitiveHeaders = settings.headers.map(\.name)
        return request
    }
}
