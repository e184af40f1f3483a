// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Web

/// How a WebSocket begins (RFC 6455 section 4).
struct WebSocketHandshake {
    let key: String
    let protocols: [String]

    init(protocols: [String]) {
        var generator = SystemRandomNumberGenerator()
        key = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }.base64
        self.protocols = protocols
    }

    /// The request's bytes.
    func request(_ request: HTTPRequest, userAgent: String) throws(Fault) -> [UInt8] {
        var fields = ["Upgrade: websocket", "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13"]
        if !protocols.isEmpty { fields.append("Sec-WebSocket-Protocol: \(protocols.joined(separator: ", "))") }
        return try request.upgrading(fields, userAgent: userAgent)
    }

    /// Which protocol a server has chosen with 101; throws `.corrupt` when its answer is none to this handshake.
    func chosen(_ headers: HTTPHeaders) throws(Fault) -> String? {
        let connection = headers.values(for: "Connection").joined(separator: ",").lowercased()
        let chosen = headers["Sec-WebSocket-Protocol"]?.trimmed
        guard headers["Upgrade"]?.lowercased() == "websocket", connection.contains("upgrade"),
            headers["Sec-WebSocket-Accept"]?.trimmed == Self.accept(key), chosen.map(protocols.contains) ?? true,
            headers["Sec-WebSocket-Extensions"] == nil
        else { throw Fault(.corrupt, "a server accepts a WebSocket that was not asked for") }
        return chosen
    }

    /// What a server proves with that it has read the key.
    static func accept(_ key: String) -> String {
        sha1(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)).base64
    }

    /// SHA-1 (FIPS 180-4 section 6.1), as the protocol wants it. No security rests on it.
    static func sha1(_ message: [UInt8]) -> [UInt8] {
        var padded = message + [0x80]
        while padded.count % 64 != 56 { padded.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) { padded.append(UInt8((message.count * 8) >> shift & 0xFF)) }
        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0]
        func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
        for block in stride(from: 0, to: padded.count, by: 64) {
            var words = (0..<16).map { index in
                padded[(block + 4 * index)..<(block + 4 * index + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            }
            for index in 16..<80 {
                words.append(rotate(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1))
            }
            var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
            for (index, word) in words.enumerated() {
                let (mixed, constant): (UInt32, UInt32) =
                    switch index {
                    case ..<20: (b & c | ~b & d, 0x5A82_7999)
                    case ..<40: (b ^ c ^ d, 0x6ED9_EBA1)
                    case ..<60: (b & c | b & d | c & d, 0x8F1B_BCDC)
                    default: (b ^ c ^ d, 0xCA62_C1D6)
                    }
                let next = rotate(a, 5) &+ mixed &+ e &+ constant &+ word
                (a, b, c, d, e) = (next, a, rotate(b, 30), c, d)
            }
            for (index, word) in [a, b, c, d, e].enumerated() { state[index] &+= word }
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
    }
}
