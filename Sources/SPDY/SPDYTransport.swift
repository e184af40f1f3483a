// SPDX-License-Identifier: Apache-2.0

public import Basics

/// What carries the bytes of a connection: a socket, or the messages of a WebSocket.
public protocol SPDYTransport: Sendable {
    /// The next bytes; nil at the end. Asked by one task.
    func receive() async throws -> Chunk?
    /// Sends bytes; returns when there is room for more. Asked by one task.
    func send(_ bytes: [UInt8]) async throws
    /// Closes; what was sent before still goes out, if somebody takes it.
    func close()
}

/// How a connection behaves.
public struct SPDYSettings: Sendable {
    /// Which side this is.
    public enum Role: Sendable { case client, server }
    /// How each side keeps the other from sending more than it can hold.
    public enum FlowControl: Sendable {
        /// By the windows of streams and of the connection, as SPDY/3.1 says.
        case windows
        /// By reading no more. So do the servers and clients of Kubernetes, whose library knows no windows and would never
        /// open one: streams whose readers do not read hold up the others once `bufferBytes` wait for them.
        case transport
    }

    /// Which side this is.
    public var role: Role
    /// How senders are held back.
    public var flowControl: FlowControl
    /// The most bytes that wait for readers, of all streams together.
    public var bufferBytes = 8 << 20
    /// The most streams that the other side may have open.
    public var streams = 1024
    /// The most streams that wait to be accepted.
    public var backlog = 256
    /// How often something is sent when nobody says anything, so that nobody between takes the connection for dead.
    public var keepAlive: Duration? = .seconds(30)
    /// What frames are accepted.
    public var limits = SPDYLimits()

    /// The defaults above.
    public init(_ role: Role, flowControl: FlowControl = .windows) {
        (self.role, self.flowControl) = (role, flowControl)
    }
}
