// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Web

extension PackageConnection {
    /// Reads a small document, changes it, and puts it back: how lists of versions are kept on plain servers.
    ///
    /// Where the server knows conditions (RFC 9110 section 13), a change by someone else in between is noticed and
    /// merged with. Where it does not, the document is read again afterwards, and a change that was lost is made again.
    ///
    /// - Parameters:
    ///   - merge: from the document as it is, nil when there is none, to what it should be; nil when nothing is to do.
    /// - Returns: the document as it was when nothing was to do any more; nil when there is none.
    func merge(
        at url: HTTPURL, _ kind: PackageKind, mediaType: String, limit: Int,
        _ merge: @Sendable ([UInt8]?) throws -> [UInt8]?
    ) async throws -> [UInt8]? {
        for _ in 0..<Self.mergeAttempts {
            let current = try await document(url, kind, isFresh: true, limit: limit)
            guard let changed = try merge(current?.bytes) else { return current?.bytes }
            guard changed.count <= limit else {
                throw Fault(.limitExceeded, "\(url.redacted) would grow beyond \(ByteCount(Int64(limit)))")
            }
            var request = HTTPRequest(
                method: .put, url: url, headers: ["Content-Type": mediaType], body: .bytes(changed))
            if let current {
                // A weak tag says too little to be a condition for a write.
                if let tag = current.entityTag, !tag.hasPrefix("W/") { request.headers["If-Match"] = tag }
            } else {
                request.headers["If-None-Match"] = "*"
            }
            let response = try await send(request, kind)
            if response.status == 412 { continue }
            guard (200..<300).contains(response.status) else {
                throw await Self.fault(response, request, url.redacted)
            }
        }
        throw Fault(
            .unavailable, "\(url.redacted) is changed by others all the time",
            fix: "run it again when nobody else publishes")
    }

    private static var mergeAttempts: Int { 6 }
}
