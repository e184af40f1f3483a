// SPDX-License-Identifier: Apache-2.0

internal import Basics

extension WireConversation {
    /// No client takes so much of an endless answer and is right.
    private static let most = 256 << 20

    /// Ends the connection at a moment.
    func end(
        _ moment: RegistryBehaviour.Moment, _ request: WireRequest, _ route: RegistryRoute, withReset: Bool
    ) -> Bool {
        if moment != .beforeAnswer {
            var answer = honest(request, route)
            answer.set("Content-Length", "\(answer.body.count)")
            let head = answer.head()
            switch moment {
            case .insideHeaders: socket.send(Array(head.prefix(head.count / 2)))
            case .insideBody: socket.send(head + answer.body.prefix(answer.body.count / 2))
            default: break
            }
        }
        if withReset { socket.makeReset() } else { socket.finish() }
        return false
    }

    /// Sends slowly, or for ever.
    func pour(_ behaviour: RegistryBehaviour, _ answer: WireAnswer, _ request: WireRequest) {
        var answer = answer
        switch behaviour {
        case .slowHead: socket.dribble(answer.head())
        case .slowInterim:
            let interim = Array("HTTP/1.1 103 Early Hints\r\n\r\n".utf8)
            while socket.send(interim), !socket.waitForEnd(milliseconds: 40) {}
        case .slowBody:
            answer.set("Content-Length", "\(answer.body.count + 1_000_000)")
            socket.send(answer.head())
            socket.dribble(answer.body + [UInt8](repeating: 0x20, count: 1_000_000))
        case .endlessHead:
            socket.send(Array("HTTP/1.1 200 Said\r\n".utf8))
            repeatedly(Array((0..<100).map { "X-More-\($0): \(String(repeating: "x", count: 80))\r\n" }.joined().utf8))
        case .endlessInterim:
            repeatedly(Array(String(repeating: "HTTP/1.1 103 Early Hints\r\nX-More: 1\r\n\r\n", count: 200).utf8))
        case .endlessBody:
            answer.set("Content-Length", "\(Int64.max)")
            socket.send(answer.head() + answer.body)
            repeatedly([UInt8](repeating: 0x20, count: 64 * 1024))
        case .endlessChunks, .endlessTrailers:
            answer.set("Content-Length", nil)
            answer.set("Transfer-Encoding", "chunked")
            socket.send(answer.head() + Self.chunk(answer.body))
            if case .endlessChunks = behaviour {
                repeatedly(Self.chunk([UInt8](repeating: 0x20, count: 64 * 1024)))
            } else {
                socket.send(Array("0\r\n".utf8))
                repeatedly(
                    Array(String(repeating: "X-Trailer: \(String(repeating: "x", count: 80))\r\n", count: 200).utf8))
            }
        default: break
        }
    }

    private func repeatedly(_ piece: [UInt8]) {
        var sent = 0
        while sent < Self.most, socket.send(piece) {
            sent += piece.count
            state.withLock { $0.sentBytes += piece.count }
        }
    }

    private static func chunk(_ bytes: [UInt8]) -> [UInt8] {
        bytes.isEmpty ? [] : Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + [13, 10]
    }

    /// Announces another length than the body has, and ends the connection in order.
    func misstate(_ length: RegistryBehaviour.Length, _ answer: WireAnswer, _ request: WireRequest) {
        var answer = answer
        let count = answer.body.count
        switch length {
        case .tooLong: answer.set("Content-Length", "\(count + 1000)")
        case .tooShort: answer.set("Content-Length", "\(count / 2)")
        case .negative: answer.set("Content-Length", "-1")
        case .word: answer.set("Content-Length", "many")
        case .huge: answer.set("Content-Length", "\(Int64.max)")
        case .two: answer.fields += [("Content-Length", "\(count)"), ("Content-Length", "\(count + 1)")]
        case .chunk: answer.set("Transfer-Encoding", "chunked")
        }
        var body = answer.body
        if length == .chunk { body = Array("\(String(count + 1000, radix: 16))\r\n".utf8) + body }
        socket.send(answer.head() + (request.method == "HEAD" ? [] : body))
        socket.finish()
    }
}
