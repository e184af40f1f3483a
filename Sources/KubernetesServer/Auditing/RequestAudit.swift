// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Kubernetes
internal import KubernetesAccess
internal import Telemetry
internal import Web
internal import WebServer

/// Keeps records of requests.
struct RequestAudit: Sendable {
    let log: AuditLog
    var clock = WallClock.system

    private var now: Moment {
        let time = clock.nanoseconds()
        return Moment(seconds: time / 1_000_000_000, nanoseconds: Int32(time % 1_000_000_000)) ?? Self.start
    }
    private static let start = Moment(seconds: 0)!

    /// The record of a request that has come.
    func begin(_ request: ServerRequest) -> AuditRecord {
        var record = AuditRecord(
            id: "\(request.id)", verb: request.method.name.lowercased(),
            uri: AuditRecord.uri(path: request.path, query: request.query.all), received: now)
        if request.peer != .none { record.source = "\(request.peer.address)" }
        record.userAgent = request.headers["User-Agent"] ?? ""
        return record
    }

    /// Whether a request changes something, or hands out what lets its holder do so.
    private static func isChange(_ request: ServerRequest, _ attributes: RequestAttributes?) -> Bool {
        guard request.method != .get, request.method != .head, request.method != .options else { return false }
        // Questions that are asked by creating something.
        guard let attributes, attributes.path == nil, attributes.subresource.isEmpty else { return true }
        return attributes.group != "authorization.k8s.io" && attributes.group != "authentication.k8s.io"
    }

    /// Refuses a change that could not be recorded.
    func check(_ request: ServerRequest, _ attributes: RequestAttributes) throws {
        guard log.isBroken, Self.isChange(request, attributes) else { return }
        var status = APIStatus(
            503, reason: "ServiceUnavailable", "changes are refused while audit records cannot be written")
        status.retryAfterSeconds = 5
        throw status
    }

    /// Writes the record of a request, and lets the answer tell when its body ends.
    func finish(_ record: AuditRecord, _ request: ServerRequest, _ response: ServerResponse) async -> ServerResponse {
        var (record, response) = (record, response)
        record.code = response.status
        record.reached = now
        guard case .stream(let length, let stream) = response.body, request.method != .head else {
            // The client of a change hears of it when others can.
            if Self.isChange(request, record.request) { await log.write(record) } else { log.add(record) }
            return response
        }
        if record.request?.verb == "watch" {
            record.stage = .responseStarted
            log.add(record)
            record.stage = .responseComplete
        }
        let end = AuditedAnswer(record, self)
        response.body = .stream(
            length: length,
            ByteStream {
                _ = end
                return try await stream.next()
            })
        return response
    }

    fileprivate func end(_ record: AuditRecord) {
        var record = record
        record.reached = now
        log.add(record)
    }
}

/// An answer whose body is made while it is sent: its record is written when nobody holds it any more, whether it was
/// sent in full, broken off or never asked for.
private final class AuditedAnswer: Sendable {
    private let record: AuditRecord
    private let audit: RequestAudit

    init(_ record: AuditRecord, _ audit: RequestAudit) { (self.record, self.audit) = (record, audit) }

    deinit { audit.end(record) }
}
