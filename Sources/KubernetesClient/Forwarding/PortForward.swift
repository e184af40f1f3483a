// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Kubernetes
internal import SPDY

/// Connections to ports of a pod, all of them over one connection to the API server.
///
/// What a connection sends may make others wait: Kubernetes' side of the protocol holds senders back only all together, once
/// 8 MiB wait for readers who do not read. It ends when it is closed and when nobody holds it or its connections any more.
public final class PortForward: Sendable {
    /// Whose ports.
    public let pod: ObjectName
    private let connection: SPDYConnection
    private let running: Task<Void, any Error>
    private let requests = Guarded(0)

    init(_ pod: ObjectName, over transport: any SPDYTransport) throws(Fault) {
        self.pod = pod
        let connection = try SPDYConnection(transport, SPDYSettings(.client, flowControl: .transport))
        self.connection = connection
        running = Task { try await connection.run() }
    }

    deinit { running.cancel() }

    /// Connects to a port of the pod; returns when the server has taken the connection, which says nothing yet of whether
    /// anybody listens there: that comes with what is read. Throws when the server refuses, is gone, or says nothing for 30
    /// seconds.
    public func connect(to port: Int) async throws -> PodConnection {
        guard (1...65_535).contains(port) else {
            throw Fault(.invalid, "\(port) is no port", fix: "ports are 1 to 65535")
        }
        let id = requests.withLock { number in
            defer { number += 1 }
            return number
        }
        let fields: @Sendable (String) -> SPDYHeaders = { ["streamType": $0, "port": "\(port)", "requestID": "\(id)"] }
        let connection = connection
        do {
            return try await withTimeLimit(.seconds(30), "the server does not answer") {
                let errors = try await connection.open(fields("error"))
                // Nothing is written to it, and servers throw away what comes before they have replied.
                try await errors.finish()
                let data = try await connection.open(fields("data"))
                try await data.waitForReply()
                return PodConnection(port, of: self, data, errors)
            }
        } catch let fault as Fault { throw fault.about("connecting to port \(port) of \(pod)") }
    }

    /// Ends all connections, when what was written is on its way.
    public func close() async {
        await connection.close()
        _ = try? await running.value
    }

    /// Returns when it was closed; throws what it has ended with otherwise.
    public func waitForEnd() async throws {
        let running = running
        // The one who waits may be cancelled, while others go on.
        let ended = ChangeSignal()
        let watch = Task {
            defer { ended.change() }
            try await running.value
        }
        try await ended.wait(past: 0)
        try await watch.value
    }
}

/// One connection to a port of a pod. For one reader and one writer.
public final class PodConnection: Sendable {
    /// Which port.
    public let port: Int
    private let forward: PortForward
    private let data: SPDYStream
    private let errors: SPDYStream
    /// What the server says went wrong, or why it could not be read.
    private let verdict: Task<(words: Fault?, failure: (any Error)?), Never>

    init(_ port: Int, of forward: PortForward, _ data: SPDYStream, _ errors: SPDYStream) {
        (self.port, self.forward, self.data, self.errors) = (port, forward, data, errors)
        let pod = forward.pod
        verdict = Task {
            var words: [UInt8] = []
            var failure: (any Error)?
            do {
                while words.count < Self.wordLimit, let chunk = try await errors.read() {
                    words += chunk.prefix(Self.wordLimit - words.count)
                }
            } catch { failure = error }
            await errors.reset()
            guard !words.isEmpty else { return (nil, failure) }
            // There is nothing to read or write any more, whatever the server does with the other stream.
            await data.reset()
            let fault = Fault(
                .unavailable, "the server cannot forward to port \(port) of \(pod): \(Self.shown(words))",
                fix: "look whether a program listens there")
            return (fault, nil)
        }
    }

    deinit { verdict.cancel() }

    private static let wordLimit = 4096

    /// The server's words, fit for messages.
    static func shown(_ words: [UInt8]) -> String {
        let text = String(decoding: words, as: UTF8.self)
        let scalars = text.unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? " " : $0 }
        return String(String.UnicodeScalarView(scalars).prefix(1000)).trimmed
    }

    /// The next bytes that come from the pod; nil at the end. Throws what the server says when it could not connect, and when
    /// the connection was lost.
    public func read() async throws -> Chunk? {
        do {
            if let chunk = try await data.read() { return chunk }
        } catch {
            try Task.checkCancellation()
            try await judge()
            throw error
        }
        try await judge()
        return nil
    }

    /// Writes to the pod; returns when all of it is on its way.
    public func write(_ bytes: Chunk) async throws {
        do { try await data.write(bytes) } catch {
            try Task.checkCancellation()
            try await judge()
            throw error
        }
    }

    /// Tells the program in the pod that nothing more comes; what it says is still read.
    public func endInput() async throws { try await data.finish() }

    /// Waits until the server says how it went; throws what it says when that was not well. At most 10 seconds.
    public func finish() async throws {
        let verdict = verdict
        let (words, failure) = try await withTimeLimit(
            .seconds(10), "the server does not say how a connection to a pod went"
        ) {
            await withTaskCancellationHandler {
                await verdict.value
            } onCancel: {
                verdict.cancel()
            }
        }
        if let error = words ?? failure { throw error }
    }

    /// Ends the connection at once.
    public func close() async {
        await data.reset()
        await errors.reset()
    }

    /// Throws what the server has said went wrong, if it has said all it will.
    private func judge() async throws {
        guard await errors.hasEnded, let words = await verdict.value.words else { return }
        throw words
    }
}
