// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import SPDY

/// A program's inputs and outputs as streams of SPDY/3.1, by `v4.channel.k8s.io`: one for each, and one for how it ended.
final class StreamConversation: PodConversation {
    static let protocolName = "v4.channel.k8s.io"
    /// A status is small; of more than this nothing is believed.
    private static let statusLimit = 64 * 1024

    private let running: Task<Void, any Error>
    private let input: SPDYStream?
    private let sizes: SPDYStream?
    private let messages = MessageMeeting()
    private let readers: Guarded<[Task<Void, Never>]> = Guarded([])

    /// Opens the streams that the server waits for, in the order in which kubectl does; throws when it refuses one, and when
    /// it does not answer for 30 seconds.
    init(_ transport: any SPDYTransport, _ options: ExecOptions) async throws {
        let connection = try SPDYConnection(transport, SPDYSettings(.client, flowControl: .transport))
        let running = Task { try await connection.run() }
        self.running = running
        let outputs = options.hasTerminal ? ["stdout"] : ["stdout", "stderr"]
        let names =
            ["error"] + (options.hasInput ? ["stdin"] : []) + outputs + (options.hasTerminal ? ["resize"] : [])
        let streams: [String: SPDYStream]
        do {
            streams = try await withTimeLimit(.seconds(30), "the server does not answer") {
                var streams: [String: SPDYStream] = [:]
                for name in names {
                    let stream = try await connection.open(["streamType": name])
                    try await stream.waitForReply()
                    streams[name] = stream
                }
                return streams
            }
        } catch {
            running.cancel()
            throw error
        }
        (input, sizes) = (streams["stdin"], streams["resize"])
        for name in ["error"] + outputs {
            guard let stream = streams[name] else { continue }
            read(stream, name)
        }
    }

    deinit { close() }

    private func read(_ stream: SPDYStream, _ name: String) {
        let messages = messages
        messages.join()
        let reader = Task {
            // A stream ends by its end, or with the connection: of which it was, the status tells.
            var status: [UInt8] = []
            while let chunk = try? await stream.read() {
                do {
                    switch name {
                    case "stdout": try await messages.put(.output(.stdout(Array(chunk))))
                    case "stderr": try await messages.put(.output(.stderr(Array(chunk))))
                    default:
                        status += chunk.prefix(Self.statusLimit - status.count)
                        if status.count == Self.statusLimit { await stream.reset() }
                    }
                } catch { break }
            }
            if !status.isEmpty { try? await messages.put(.status(status)) }
            messages.leave()
        }
        readers.withLock { $0.append(reader) }
    }

    var canEndInput: Bool { true }

    func write(_ bytes: [UInt8]) async throws { try await input?.write(bytes[...]) }
    func endInput() async throws { try await input?.finish() }
    // One line each: the other side reads a stream of documents.
    func resize(_ size: [UInt8]) async throws { try await sizes?.write((size + [UInt8(ascii: "\n")])[...]) }

    func next() async throws -> PodMessage? {
        do { return try await messages.next() } catch {
            close()
            throw error
        }
    }

    func close() {
        for reader in readers.withLock({ $0 }) { reader.cancel() }
        running.cancel()
    }
}
