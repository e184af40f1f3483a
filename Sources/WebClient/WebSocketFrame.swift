// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// A frame of the WebSocket protocol (RFC 6455 section 5).
struct WebSocketFrame: Equatable {
    enum Kind: UInt8 {
        case continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10
        var isControl: Bool { rawValue >= 8 }
    }
    var isLast: Bool
    var kind: Kind
    var payload: [UInt8]

    /// The bytes of a client's frame, masked by four bytes that nobody can foresee.
    func encoded(mask: UInt32) -> [UInt8] {
        var bytes: [UInt8] = [(isLast ? 0x80 : 0) | kind.rawValue]
        switch payload.count {
        case ..<126: bytes.append(0x80 | UInt8(payload.count))
        case ..<65_536: bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        default:
            bytes.append(0x80 | 127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(payload.count >> shift & 0xFF)) }
        }
        let key = (0..<4).map { UInt8(truncatingIfNeeded: mask >> (8 * $0)) }
        bytes += key
        bytes.reserveCapacity(bytes.count + payload.count)
        for (index, byte) in payload.enumerated() { bytes.append(byte ^ key[index & 3]) }
        return bytes
    }
}

/// Reads a server's frames from the bytes of a connection.
struct WebSocketReader {
    private var buffer: [UInt8] = []
    private let limit: Int

    /// - Parameter limit: the most bytes of a frame.
    init(limit: Int) { self.limit = limit }

    mutating func add(_ bytes: some Sequence<UInt8>) { buffer.append(contentsOf: bytes) }

    /// The next frame; nil until more bytes have come. Throws `.corrupt` for what the protocol forbids, and
    /// `.limitExceeded` for frames that are too large, as soon as they are announced.
    mutating func next() throws(Fault) -> WebSocketFrame? {
        guard buffer.count >= 2 else { return nil }
        guard buffer[0] & 0x70 == 0, let kind = WebSocketFrame.Kind(rawValue: buffer[0] & 0x0F), buffer[1] & 0x80 == 0
        else { throw Self.wrong }
        let isLast = buffer[0] & 0x80 != 0
        var (length, start) = (Int(buffer[1]), 2)
        if length >= 126 {
            let count = length == 126 ? 2 : 8
            guard buffer.count >= 2 + count else { return nil }
            guard count == 2 || buffer[2] & 0x80 == 0 else { throw Self.wrong }
            length = buffer[2..<2 + count].reduce(0) { $0 << 8 | Int($1) }
            start += count
        }
        guard !kind.isControl || isLast && length <= 125 else { throw Self.wrong }
        guard length <= limit else {
            throw Fault(.limitExceeded, "a WebSocket frame has \(ByteCount(Int64(length)))")
        }
        guard buffer.count - start >= length else { return nil }
        let payload = Array(buffer[start..<start + length])
        buffer.removeFirst(start + length)
        return WebSocketFrame(isLast: isLast, kind: kind, payload: payload)
    }

    static let wrong = Fault(.corrupt, "a server breaks the rules of the WebSocket protocol")
}
