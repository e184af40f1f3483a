// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Web

/// A connection of a client that has left HTTP for another protocol (RFC 9110 section 7.8), over the same proxies and with the
/// same certificates as other requests.
///
/// It has a thread of its own. At most a MiB waits for its reader, and as much for the network; whoever sends more waits. It
/// ends when it is closed, when nobody holds it, and with a task that is cancelled while it waits for it.
public final class UpgradedConnection: Sendable {
    private let core: UpgradeCore
    /// The fields that the server has answered with.
    public let headers: HTTPHeaders

    /// Asks for a protocol; throws an `UpgradeRefusal` when the server answers with anything but 101, and `.corrupt` when it
    /// changes to another protocol. Redirects are not followed.
    public init(
        _ request: HTTPRequest, protocol name: String, _ settings: HTTPClientSettings = HTTPClientSettings()
    ) async throws {
        guard !settings.isOffline else {
            throw Fault(.unavailable, "\(request.url.redacted) is not asked: working offline")
        }
        let core = try UpgradeCore(PlainConversation(name: name))
        self.core = core
        headers = try await core.open(request, settings).headers
    }

    deinit { core.close() }

    /// Sends bytes; returns when there is room for the next. Throws when the connection is gone.
    public func send(_ bytes: [UInt8]) async throws { try await core.send(bytes) }

    /// The next bytes; nil when the server has ended the connection, or we have. For one reader.
    public func receive() async throws -> Chunk? { try await core.receive()?.bytes[...] }

    /// Closes; what was sent before still goes out.
    public func close() { core.close() }
}

/// Bytes, of which nobody here knows what they mean.
private struct PlainConversation: UpgradeConversation {
    let name: String
    private var waiting: [UInt8] = []

    init(name: String) { self.name = name }

    var thing: String { "a connection for \(name)" }

    func request(_ request: HTTPRequest, userAgent: String) throws(Fault) -> [UInt8] {
        try request.upgrading(["Upgrade: \(name)", "Content-Length: 0"], userAgent: userAgent)
    }

    func chosen(_ headers: HTTPHeaders) throws(Fault) -> String? {
        let connection = headers.values(for: "Connection").joined(separator: ",").lowercased()
        guard headers["Upgrade"]?.trimmed.lowercased() == name.lowercased(), connection.contains("upgrade") else {
            throw Fault(.corrupt, "a server changes to a protocol that is not \(name)")
        }
        return name
    }

    mutating func add(_ bytes: Chunk) { waiting += bytes }

    mutating func next() throws(Fault) -> UpgradeEvent? {
        guard !waiting.isEmpty else { return nil }
        defer { waiting = [] }
        return .message(WebSocket.Message(isText: false, bytes: waiting))
    }

    var farewell: [UInt8] { [] }

    var signOfLife: [UInt8] { [] }
}
