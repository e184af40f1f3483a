// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Web
internal import WebClient

extension RegistryClient {
    /// Asks for a document and reads all of it; no bytes when the answer is not 200.
    ///
    /// Throws `.limitExceeded` behind `limit` bytes.
    func document(
        _ request: HTTPRequest, _ repository: String, limit: Int, of thing: String
    ) async throws -> (response: HTTPResponse, bytes: [UInt8]?) {
        try await http.document(limit: limit, of: thing) { try await send(request, repository, .pull) }
    }
}

extension HTTPClient {
    /// Reads all of a small answer; no bytes when it is not 200.
    ///
    /// One that breaks off is asked for again as often as the retry policy allows, when `isRepeated`: the client leaves
    /// that to whoever reads the body.
    nonisolated func document(
        limit: Int, of thing: String, isRepeated: Bool = true, _ send: () async throws -> HTTPResponse
    ) async throws -> (response: HTTPResponse, bytes: [UInt8]?) {
        var attempt = 1
        while true {
            let response = try await send()
            guard response.status == 200 else { return (response, nil) }
            do {
                return (response, try await response.body.collect(limit: limit, of: thing))
            } catch let fault as Fault where fault.code == .unavailable {
                guard isRepeated, attempt < settings.retry.attempts,
                    let delay = settings.retry.delay(afterAttempt: attempt, retryAfter: nil)
                else { throw fault }
                settings.observe?("… \(thing) broke off; again in \(decimal(delay / .seconds(1), digits: 1)) s")
                try await settings.retry.sleep(delay)
            }
            attempt += 1
        }
    }
}
