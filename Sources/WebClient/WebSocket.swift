// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Web

/// A WebSocket (RFC 6455) of a client, over the same proxies and with the same certificates as other requests.
///
/// It has a thread of its own. At most a MiB waits for its reader, and as much for the network; whoever sends more waits. It
/// ends when it is closed, when nobody holds it, and with a task that is cancelled while it waits for it.
public final class WebSocket: Sendable {
    /// What a server answers that wants no WebSocket.
    public typealias Refusal = UpgradeRefusal
    /// One message.
    public struct Message: Sendable, Equatable {
        /// Whether it is a text.
        public let isText: Bool
        /// Its bytes.
        public let bytes: [UInt8]

        /// A message.
        public init(isText: Bool, bytes: [UInt8]) { (self.isText, self.bytes) = (isText, bytes) }
    }

    private let core: UpgradeCore
    /// Which of the protocols that were offered the server has chosen.
    public let chosenProtocol: String?

    /// Opens a WebSocket; throws a `Refusal` when the server answers with something else.
    ///
    /// - Parameters:
    ///   - request: a GET; redirects are not followed.
    ///   - protocols: what is offered, the best first.
    ///   - messageLimit: the most bytes of a message.
    public init(
        _ request: HTTPRequest, protocols: [String], _ settings: HTTPClientSettings = HTTPClientSettings(),
        messageLimit: Int = 1 << 20
    ) async throws {
        guard !settings.isOffline else {
            throw Fault(.unavailable, "\(request.url.redacted) is not asked: working offline")
        }
        let core = try UpgradeCore(WebSocketConversation(protocols: protocols, messageLimit: messageLimit))
        self.core = core
        chosenProtocol = try await core.open(request, settings).chosen
    }

    deinit { core.close() }

    /// Sends a message; returns when there is room for the next. Throws when the connection is gone.
    public func send(_ bytes: [UInt8], isText: Bool = false) async throws {
        try await core.send(WebSocketConversation.bytes(isText ? .text : .binary, bytes))
    }

    /// The next message; nil when the server has closed. For one reader.
    public func receive() async throws -> Message? { try await core.receive() }

    /// Closes; what was sent before still goes out.
    public func close() { core.close() }
}
