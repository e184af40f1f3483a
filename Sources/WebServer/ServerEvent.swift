// SPDX-License-Identifier: Apache-2.0

public import Web

/// Something a server's owner may want to log or count. Holds no query and no header field, so no secret.
public enum ServerEvent: Sendable, CustomStringConvertible {
    /// A handler answered, and the client has been sent the answer in full.
    case answered(AccessRecord, status: Int)
    /// A handler, or the stream it answered with, threw; the client learnt only that something failed.
    case failed(RequestID, HTTPMethod, path: String, any Error)
    /// A request was refused before it reached a handler.
    case refused(ServerPeer, status: Int, reason: String)
    /// The client left, or was cut off, before it had its answer.
    case abandoned(AccessRecord)

    /// One line.
    public var description: String {
        switch self {
        case .answered(let record, let status): "\(record.method) \(record.path) \(status)"
        case .failed(_, let method, let path, let error): "\(method) \(path) failed: \(error)"
        case .refused(_, let status, let reason): "refused with \(status): \(reason)"
        case .abandoned(let record): "\(record.method) \(record.path) was abandoned"
        }
    }
}

/// How busy a server is.
public struct ServerStatistics: Sendable, Equatable {
    /// Open connections.
    public var connections = 0
    /// Requests that have not been answered in full.
    public var requests = 0
    /// Connections that are answered and closed, and whose clients may still send what nobody reads.
    public var lingering = 0
    /// Bytes of bodies held in memory now, in both directions.
    public var bufferedBytes = 0
    /// The most of them held at once.
    public var peakBufferedBytes = 0

    /// What is counted; nothing to do unless it is said otherwise.
    public init(
        connections: Int = 0, requests: Int = 0, lingering: Int = 0, bufferedBytes: Int = 0, peakBufferedBytes: Int = 0
    ) {
        (self.connections, self.requests, self.lingering) = (connections, requests, lingering)
        (self.bufferedBytes, self.peakBufferedBytes) = (bufferedBytes, peakBufferedBytes)
    }
}
