// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Telemetry
internal import Web
internal import WebServer

/// Lines of the log about requests.
struct RequestLog: Sendable {
    private let log: Log
    private let logged: RegistryConfiguration.LoggedRequests

    init(_ log: Log, _ logged: RegistryConfiguration.LoggedRequests) { (self.log, self.logged) = (log, logged) }

    func note(_ event: ServerEvent) {
        switch event {
        case .answered(let record, let status):
            let isOfInterest = !record.method.isSafe || status >= 400 && status != 404 && status != 401
            guard logged == .all || logged == .changes && isOfInterest else { return }
            log.info("request", fields(record).merging(["status": .integer(status)]))
        case .abandoned(let record):
            guard logged != .none else { return }
            log.info("a client left before it had its answer", fields(record))
        case .refused(let peer, let status, let reason):
            guard logged != .none else { return }
            log.info(
                "a request was malformed",
                ["peer": .string("\(peer)"), "status": .integer(status), "reason": .string(reason)])
        case .failed(let id, let method, let path, let error):
            log.error(
                "a request failed", error,
                ["id": .string("\(id)"), "method": .string(method.name), "path": .string(path)])
        }
    }

    private func fields(_ record: AccessRecord) -> Fields {
        [
            "id": .string("\(record.id)"), "peer": .string("\(record.peer)"), "method": .string(record.method.name),
            "path": .string(record.path), "received": .integer(Int(record.bytesReceived)),
            "sent": .integer(Int(record.bytesSent)), "time_spent": .duration(record.duration),
        ]
    }
}
