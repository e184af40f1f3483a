// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Web

/// The frames of a WebSocket, as a client says and hears them.
struct WebSocketConversation: UpgradeConversation {
    private let handshake: WebSocketHandshake
    private let messageLimit: Int
    private var reader: WebSocketReader
    private var partial: WebSocketFrame?

    init(protocols: [String], messageLimit: Int) {
        handshake = WebSocketHandshake(protocols: protocols)
        self.messageLimit = messageLimit
        reader = WebSocketReader(limit: messageLimit)
    }

    var thing: String { "a WebSocket" }

    func request(_ request: HTTPRequest, userAgent: String) throws(Fault) -> [UInt8] {
        try handshake.request(request, userAgent: userAgent)
    }

    func chosen(_ headers: HTTPHeaders) throws(Fault) -> String? { try handshake.chosen(headers) }

    mutating func add(_ bytes: Chunk) { reader.add(bytes) }

    mutating func next() throws(Fault) -> UpgradeEvent? {
        while let frame = try reader.next() {
            switch frame.kind {
            case .ping: return .question(answer: Self.bytes(.pong, frame.payload))
            case .pong: continue
            case .close: return .end(answer: Self.bytes(.close, Array(frame.payload.prefix(2))))
            case .text, .binary, .continuation:
                guard (frame.kind == .continuation) == (partial != nil) else { throw WebSocketReader.wrong }
                var whole = partial ?? WebSocketFrame(isLast: false, kind: frame.kind, payload: [])
                guard whole.payload.count + frame.payload.count <= messageLimit else {
                    throw Fault(.limitExceeded, "a WebSocket message has more than \(ByteCount(Int64(messageLimit)))")
                }
                whole.payload += frame.payload
                partial = frame.isLast ? nil : whole
                guard frame.isLast else { continue }
                return .message(WebSocket.Message(isText: whole.kind == .text, bytes: whole.payload))
            }
        }
        return nil
    }

    // 1000: all is well.
    var farewell: [UInt8] { Self.bytes(.close, [0x03, 0xE8]) }

    var signOfLife: [UInt8] { Self.bytes(.ping, []) }

    /// A whole frame, masked by what nobody can foresee.
    static func bytes(_ kind: WebSocketFrame.Kind, _ payload: [UInt8]) -> [UInt8] {
        WebSocketFrame(isLast: true, kind: kind, payload: payload).encoded(mask: .random(in: 0...UInt32.max))
    }
}
