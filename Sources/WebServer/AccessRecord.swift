// SPDX-License-Identifier: Apache-2.0

public import Web

/// What there is to say about a request that has ended: for a line of a log, and for counting. Holds no query and no
/// header field, so no secret.
public struct AccessRecord: Sendable {
    /// The request's name, as the handler saw it.
    public let id: RequestID
    /// Who asked.
    public let peer: ServerPeer
    /// Whether it came over TLS.
    public let isTLS: Bool
    /// The method.
    public let method: HTTPMethod
    /// The path, decoded.
    public let path: String
    /// From the end of its head to the end of its answer.
    public let duration: Duration
    /// How many bytes of its body were taken in.
    public let bytesReceived: Int64
    /// How many bytes of the answer's body were sent. Of an answer that was not taken in full, those of a stream that
    /// were handed over; none of other bodies.
    public let bytesSent: Int64
}
