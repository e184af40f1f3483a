// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Web

extension HTTPClient {
    /// Sends a request and returns when the head of the final response is there.
    ///
    /// Transient failures are tried again by the retry policy; a request that is not idempotent only when it was
    /// refused (429, 503) or never arrived. Redirects are followed within the limit: `Authorization` and `Cookie` are
    /// dropped when the origin changes, a step from HTTPS to HTTP is refused, and a body is only sent again for 307
    /// and 308. A status of 400 and above is no error here.
    public nonisolated func open(_ request: HTTPRequest, followingRedirects: Bool = true) async throws -> HTTPResponse {
        guard !settings.isOffline else {
            throw Fault(
                .unavailable, "\(request.url.redacted) is not asked: --offline is set", fix: "leave out --offline")
        }
        var request = request
        for _ in 0...settings.maximumRedirects {
            let response = try await sendWithRetries(request)
            guard followingRedirects, [301, 302, 303, 307, 308].contains(response.status),
                let location = response.headers["Location"]
            else { return response }
            request = try redirected(request, to: location, response.status)
        }
        throw Fault(
            .invalid, "\(request.url.redacted) is redirected more than \(settings.maximumRedirects) times",
            fix: "check the server's configuration")
    }

    private nonisolated func redirected(_ request: HTTPRequest, to location: String, _ status: Int) throws(Fault)
        -> HTTPRequest
    {
        var next = request
        next.url = try request.url.resolving(location)
        guard !(request.url.origin.scheme == "https" && next.url.origin.scheme == "http") else {
            throw Fault(
                .invalid, "\(request.url.redacted) is redirected from HTTPS to plain HTTP, which is refused",
                fix: "use the address behind the redirect if you trust it")
        }
        if next.url.origin != request.url.origin {
            next.headers["Authorization"] = nil
            next.headers["Cookie"] = nil
            next.headers["Proxy-Authorization"] = nil
        }
        if status == 303 && request.method != .head {
            next.method = .get
            next.body = .none
        } else if request.body.open != nil && status != 307 && status != 308 {
            throw Fault(
                .invalid, "\(request.url.redacted) answers an upload with the redirect \(status), which is not followed"
            )
        }
        return next
    }

    private nonisolated func sendWithRetries(_ request: HTTPRequest) async throws -> HTTPResponse {
        let policy = settings.retry
        var attempt = 1
        while true {
            settings.observe?("→ \(request.method) \(request.url.redacted)")
            do {
                let response = try await sendOnce(request)
                settings.observe?("← \(response.status) \(request.method) \(request.url.redacted)")
                let isRefused = response.status == 429 || response.status == 503
                guard attempt < policy.attempts, policy.isTransient(response.status),
                    request.method.isIdempotent || isRefused
                else { return response }
                try await policy.sleep(policy.delay(afterAttempt: attempt, retryAfter: response.headers["Retry-After"]))
            } catch let fault as Fault where fault.code == .unavailable && attempt < policy.attempts {
                settings.observe?("✗ \(request.method) \(request.url.redacted): \(fault.message)")
                guard request.method.isIdempotent || fault.neverArrived else { throw fault }
                try await policy.sleep(policy.delay(afterAttempt: attempt, retryAfter: nil))
            }
            attempt += 1
        }
    }

    /// Sends a request and hands the response to a closure; the transfer ends with it.
    public nonisolated func send<Result: Sendable>(
        _ request: HTTPRequest, followingRedirects: Bool = true,
        _ handle: @Sendable (HTTPResponse) async throws -> Result
    ) async throws -> Result {
        try await handle(try await open(request, followingRedirects: followingRedirects))
    }
}
