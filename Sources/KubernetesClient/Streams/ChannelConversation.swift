// SPDX-License-Identifier: Apache-2.0

internal import WebClient

/// A program's inputs and outputs as channels of a WebSocket: `v5.channel.k8s.io`, or `v4` where the server knows no other.
struct ChannelConversation: PodConversation {
    /// The first byte of each message.
    private enum Channel {
        static let stdin: UInt8 = 0, stdout: UInt8 = 1, stderr: UInt8 = 2, error: UInt8 = 3, resize: UInt8 = 4,
            close: UInt8 = 255
    }
    private static let piece = 32 * 1024
    static let protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"]

    let socket: WebSocket

    var canEndInput: Bool { socket.chosenProtocol == Self.protocols[0] }

    func write(_ bytes: [UInt8]) async throws {
        for start in stride(from: 0, to: bytes.count, by: Self.piece) {
            try await socket.send([Channel.stdin] + bytes[start..<min(start + Self.piece, bytes.count)])
        }
    }

    func endInput() async throws { try await socket.send([Channel.close, Channel.stdin]) }
    func resize(_ size: [UInt8]) async throws { try await socket.send([Channel.resize] + size) }

    func next() async throws -> PodMessage? {
        while let message = try await socket.receive() {
            guard let channel = message.bytes.first else { continue }
            let rest = Array(message.bytes.dropFirst())
            // Servers begin with an empty message for each channel, and end channels one by one.
            guard !rest.isEmpty else { continue }
            switch channel {
            case Channel.stdout: return .output(.stdout(rest))
            case Channel.stderr: return .output(.stderr(rest))
            case Channel.error: return .status(rest)
            default: continue
            }
        }
        return nil
    }

    func close() { socket.close() }
}
