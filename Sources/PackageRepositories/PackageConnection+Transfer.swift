// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Web

extension PackageConnection {
    /// Streams what stands at an address; `.notFound` when there is nothing, `.limitExceeded` behind `limit` bytes.
    func stream(_ url: HTTPURL, _ kind: PackageKind, thing: String, limit: Int64) async throws -> ByteStream {
        let request = HTTPRequest(method: .get, url: url)
        let response = try await send(request, kind)
        guard response.status == 200 else { throw await Self.fault(response, request, thing) }
        return response.body.limited(to: limit, of: thing)
    }

    /// A small document with the tag of its state; nil when there is none.
    ///
    /// - Parameter isFresh: whether caches on the way are asked to ask again.
    func document(
        _ url: HTTPURL, _ kind: PackageKind, accept: String? = nil, isFresh: Bool = false, limit: Int
    ) async throws -> (bytes: [UInt8], entityTag: String?)? {
        var request = HTTPRequest(method: .get, url: url)
        request.headers["Accept"] = accept
        if isFresh { request.headers["Cache-Control"] = "no-cache" }
        let response = try await send(request, kind)
        if response.status == 404 || response.status == 410 { return nil }
        guard response.status == 200 else { throw await Self.fault(response, request, url.redacted) }
        return (try await response.body.collect(limit: limit, of: url.redacted), response.headers["ETag"])
    }

    /// Whether something stands at an address, and how many bytes it has if the server says so.
    func head(_ url: HTTPURL, _ kind: PackageKind, thing: String) async throws -> (exists: Bool, size: Int64?) {
        let request = HTTPRequest(method: .head, url: url)
        let response = try await send(request, kind)
        switch response.status {
        case 200, 204:
            // Some servers answer HEAD with a length of 0 whatever there is, and a packed form has another length.
            let isPlain = response.headers["Content-Encoding"] == nil
            let size = isPlain ? response.headers["Content-Length"].flatMap { Int64($0) } : nil
            return (true, size == 0 ? nil : size)
        case 404, 410: return (false, nil)
        default: throw await Self.fault(response, request, thing)
        }
    }

    /// Puts bytes where nothing stands yet.
    ///
    /// When something stands there already it is compared byte by byte: equal is `.alreadyThere`, anything else throws
    /// `.conflict`, or is replaced when that is asked for. Servers that know conditions (RFC 9110 section 13) refuse what
    /// another writer put there in between; others are asked beforehand only. Afterwards the size that the server tells
    /// is compared.
    func place(
        _ content: PackageContent, at url: HTTPURL, _ kind: PackageKind, thing: String,
        headers: HTTPHeaders = HTTPHeaders(), method: HTTPMethod = .put, replacing: Bool = false
    ) async throws -> PublishOutcome {
        var outcome = PublishOutcome.published
        if try await head(url, kind, thing: thing).exists {
            if try await holds(content, at: url, kind, thing: thing) { return .alreadyThere }
            guard replacing else { throw Self.conflict(thing, url) }
            outcome = .replaced
        }
        var request = HTTPRequest(
            method: method, url: url, headers: headers, body: .stream(length: content.size, open: content.openToSend))
        if content.size == 0 { request.body = .bytes([]) }
        if outcome == .published { request.headers["If-None-Match"] = "*" }
        let response = try await send(request, kind)
        if response.status == 412, try await holds(content, at: url, kind, thing: thing) { return .alreadyThere }
        if response.status == 412 { throw Self.conflict(thing, url) }
        guard (200..<300).contains(response.status) else { throw await Self.fault(response, request, thing) }
        let stored = try await head(url, kind, thing: thing)
        guard stored.exists, stored.size == nil || content.size == nil || stored.size == content.size else {
            throw Fault(
                .mismatch, "\(thing): \(url.redacted) took \(content.size ?? 0) bytes and holds \(stored.size ?? 0)",
                fix: "look at the server's log; it changes or loses what it is sent")
        }
        return outcome
    }

    /// Whether an address holds exactly these bytes.
    func holds(_ content: PackageContent, at url: HTTPURL, _ kind: PackageKind, thing: String) async throws -> Bool {
        let there = try await head(url, kind, thing: thing)
        if let size = content.size, let other = there.size, size != other { return false }
        let ours = try await content.digest()
        let stream = try await stream(url, kind, thing: thing, limit: content.size ?? .max)
        var hasher = DigestHasher()
        do {
            for try await chunk in stream { hasher.update(chunk) }
        } catch let fault as Fault where fault.code == .limitExceeded { return false }
        return hasher.finalize() == ours
    }

    private static func conflict(_ thing: String, _ url: HTTPURL) -> Fault {
        Fault(
            .conflict, "\(thing): \(url.redacted) holds other content already, which is not written over",
            fix: "publish under another version; what was released stays as it is")
    }

    /// What an answer that is no success means.
    static func fault(_ response: HTTPResponse, _ request: HTTPRequest, _ thing: String) async -> Fault {
        let code: Fault.Code =
            switch response.status {
            case 401: .unauthorized
            case 403: .forbidden
            case 404, 410: .notFound
            case 405, 501: .unsupported
            case 409, 412: .conflict
            case 429, 500...: .unavailable
            default: .invalid
            }
        let fix: String =
            switch code {
            case .unauthorized, .forbidden:
                "configure credentials for \(request.url.origin.hostAndPort) that may do this"
            case .unsupported: "check the address, and that the server takes uploads"
            case .unavailable: "run it again later"
            case .conflict: "publish under another version; what was released stays as it is"
            default: "check the address"
            }
        return Fault(
            code, "\(thing): \(request.method.name) \(request.url.redacted) answered \(response.status)", fix: fix)
    }
}
