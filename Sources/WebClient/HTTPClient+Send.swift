// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Web

extension HTTPClient {
    /// Sends a request and hands the response to a closure; the transfer ends when the closure does, read or not.
    ///
    /// Transient failures are tried again by the retry policy; a request that is not idempotent, nor said to be repeatable, only when nothing can
    /// have come of it: the server was not reached, or refused it (429, 503). Redirects are followed within the
    /// limit: `Authorization`, `Cookie` and the request's `sensitiveHeaders` are dropped when the origin changes, a
    /// step from HTTPS to HTTP is refused, and a request that is not a mere read is only sent on by 307 and 308, with
    /// its body opened anew. A status of 400 and above is no error here. A body that breaks off throws while it is
    /// read, and is for the caller to ask for again.
    public nonisolated func send<Result: Sendable>(
        _ request: HTTPRequest, retry: Bool = true, followingRedirects: Bool = true,
        _ handle: @Sendable (HTTPResponse) async throws -> Result
    ) async throws -> Result {
        let (response, hold) = try await exchange(request, retry: retry, followingRedirects: followingRedirects)
        do {
            let result = try await handle(response)
            await hold.close()
            return result
        } catch {
            await hold.close()
            throw error
        }
    }

    /// Sends a request as `send` does and returns when the head of the final response is there.
    ///
    /// The transfer ends when the body was read to its end, or is let go.
    public nonisolated func open(
        _ request: HTTPRequest, retry: Bool = true, followingRedirects: Bool = true
    ) async throws -> HTTPResponse {
        try await exchange(request, retry: retry, followingRedirects: followingRedirects).response
    }

    /// The most bytes of an answer that nobody wants which are read to keep its connection.
    private static var discardLimit: Int { 64 * 1024 }

    private nonisolated func exchange(
        _ request: HTTPRequest, retry: Bool, followingRedirects: Bool
    ) async throws -> (response: HTTPResponse, hold: TransferHold) {
        guard !settings.isOffline else {
            throw Fault(
                .unavailable, "\(request.url.redacted) is not asked: working offline", fix: "run it without --offline")
        }
        let asked = request.url
        var request = request
        for hop in 0...max(0, settings.maximumRedirects) {
            let (response, hold) = try await attempt(request, retry: retry, redirectedFrom: hop > 0 ? asked : nil)
            guard followingRedirects, [301, 302, 303, 307, 308].contains(response.status),
                let location = response.headers["Location"]
            else { return (response, hold) }
            await hold.discard(atMost: Self.discardLimit)
            do throws(Fault) {
                request = try request.redirected(to: location, status: response.status)
            } catch {
                throw hop > 0 ? error.during("\(asked.redacted) is redirected") : error
            }
            settings.observe?("→ redirected to \(request.url.redacted)")
        }
        throw Fault(
            .invalid, "\(asked.redacted) is redirected more than \(settings.maximumRedirects) times",
            fix: "check the server's configuration")
    }

    /// Sends a request until it gets an answer worth having, within the retry policy.
    private nonisolated func attempt(
        _ request: HTTPRequest, retry: Bool, redirectedFrom asked: HTTPURL?
    ) async throws -> (response: HTTPResponse, hold: TransferHold) {
        var attempt = 1
        while true {
            let delay: Duration
            settings.observe?("→ \(request)")
            do {
                let (response, hold) = try await sendOnce(request)
                settings.observe?("← \(response.status) \(request)")
                for warning in response.headers.values(for: "Warning") { settings.observe?("← Warning: \(warning)") }
                guard retry, let wait = self.delay(request, response, attempt) else { return (response, hold) }
                delay = wait
                await hold.discard(atMost: Self.discardLimit)
            } catch let failure as TransferFailure {
                settings.observe?("✗ \(request): \(failure.fault.message)")
                guard retry, let wait = self.delay(request, failure, attempt) else {
                    throw asked.map { failure.fault.during("\($0.redacted) is redirected") } ?? failure.fault
                }
                delay = wait
            }
            settings.observe?("… again in \(decimal(delay / .seconds(1), digits: 1)) s")
            try await settings.retry.sleep(delay)
            attempt += 1
        }
    }

    /// How long to wait before an answer is asked for again; nil when it shall stand.
    private nonisolated func delay(_ request: HTTPRequest, _ response: HTTPResponse, _ attempt: Int) -> Duration? {
        let policy = settings.retry
        let isRefused = response.status == 429 || response.status == 503
        guard attempt < policy.attempts, policy.isTransient(response.status),
            request.method.isIdempotent || request.isRepeatable || isRefused
        else { return nil }
        return policy.delay(afterAttempt: attempt, retryAfter: response.headers["Retry-After"])
    }

    private nonisolated func delay(_ request: HTTPRequest, _ failure: TransferFailure, _ attempt: Int) -> Duration? {
        let policy = settings.retry
        let limit = failure.isUnreachable ? min(policy.attempts, policy.connectAttempts) : policy.attempts
        guard attempt < limit else { return nil }
        switch failure.retry {
        case .never: return nil
        case .ifIdempotent: guard request.method.isIdempotent || request.isRepeatable else { return nil }
        case .always: break
        }
        return policy.delay(afterAttempt: attempt, retryAfter: nil)
    }
}
