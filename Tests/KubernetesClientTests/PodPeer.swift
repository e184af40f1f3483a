// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import SPDY
import Web

@testable import KubernetesClient
@testable import WebClient

/// A server with one pod whose ports are programs; it speaks SPDY in a WebSocket and by an upgrade, as API servers do.
/// Programs are run only by the latter.
final class PodPeer: Sendable {
    /// What it knows.
    enum Age: Sendable {
        /// Both ways.
        case new
        /// Refuses WebSockets with a status.
        case old(Int)
        /// Takes WebSockets without any of the protocols that are offered.
        case vague
    }
    /// What the program behind a port does.
    enum Port {
        static let refused = 1, babbling = 2, reset = 3, unwanted = 4, vanishing = 5, echo = 7, counting = 9,
            generating = 19, ending = 20
    }
    static let generated = 3 << 20

    private let listener: LoopbackListener
    private let age: Age
    private let wantsToken: Bool
    private let running = Guarded<Task<Void, any Error>?>(nil)
    private let log = Guarded<[String]>([])
    private let output = Guarded(0)
    /// How many bytes programs have written that were told to write many.
    var written: Int { output.withLock { $0 } }
    var port: Int { listener.port }
    /// The first line of each request.
    var asked: [String] { log.withLock { $0 } }

    init(_ age: Age = .new, wantsToken: Bool = true) throws {
        (self.age, self.wantsToken) = (age, wantsToken)
        let listener = try LoopbackListener(port: 0)
        self.listener = listener
        listener.start()
        running.withLock { running in
            running = Task { [weak self] in
                try await withThrowingDiscardingTaskGroup { group in
                    while let connection = try await listener.accept() {
                        group.addTask { try? await self?.serve(Plain(connection)) }
                    }
                    group.cancelAll()
                }
            }
        }
    }

    func stop() {
        listener.stop()
        running.withLock { $0 }?.cancel()
    }
    deinit { stop() }

    /// A connection, with the bytes that were read too far.
    final class Plain: SPDYTransport {
        private let connection: LoopbackConnection
        private let rest = Guarded<[UInt8]>([])
        init(_ connection: LoopbackConnection) { self.connection = connection }

        func receive() async throws -> Chunk? {
            let rest = rest.withLock { rest in
                defer { rest = [] }
                return rest
            }
            return rest.isEmpty ? try await connection.read() : rest[...]
        }
        func send(_ bytes: [UInt8]) async throws { try await connection.write(bytes[...]) }
        func close() { connection.close() }

        /// So many bytes; nil when there are no more.
        func take(_ count: Int) async throws -> [UInt8]? {
            guard count > 0 else { return [] }
            var bytes: [UInt8] = []
            while bytes.count < count {
                guard let more = try await receive() else { return nil }
                bytes += more
            }
            rest.withLock { [bytes] rest in rest = Array(bytes[count...]) }
            return Array(bytes[..<count])
        }

        func head() async throws -> [String]? {
            var bytes: [UInt8] = []
            while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
                guard let byte = try await take(1) else { return nil }
                bytes += byte
            }
            return String(decoding: bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
        }
    }

    /// The server's side of a WebSocket.
    struct Socket: SPDYTransport {
        let plain: Plain

        func receive() async throws -> Chunk? {
            while let head = try await plain.take(2) {
                var length = Int(head[1] & 0x7F)
                if length >= 126 {
                    guard let more = try await plain.take(length == 126 ? 2 : 8) else { return nil }
                    length = more.reduce(0) { $0 << 8 | Int($1) }
                }
                guard let key = try await plain.take(4), let masked = try await plain.take(length) else { return nil }
                if head[0] & 0x0F == 8 { return nil }
                // Large messages come in several frames.
                guard head[0] & 0x0F <= 2, length > 0 else { continue }
                var bytes = masked
                for index in bytes.indices { bytes[index] ^= key[index & 3] }
                return bytes[...]
            }
            return nil
        }

        func send(_ bytes: [UInt8]) async throws {
            // The frame of a client, without its mask.
            var frame = WebSocketFrame(isLast: true, kind: .binary, payload: bytes).encoded(mask: 0)
            frame[1] &= 0x7F
            frame.removeSubrange(frame.count - bytes.count - 4..<frame.count - bytes.count)
            try await plain.send(frame)
        }

        func close() {
            Task {
                try? await plain.send([0x88, 2, 3, 0xE8])
                plain.close()
            }
        }
    }

    private func serve(_ plain: Plain) async throws {
        guard let lines = try await plain.head() else { return }
        log.withLock { $0.append(lines[0]) }
        var fields = HTTPHeaders()
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map { String($0).trimmed }
            if parts.count == 2 { fields.add(parts[0], parts[1]) }
        }
        func answer(_ status: String, _ body: String, _ more: String = "") async throws {
            let head = "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
            try await plain.send(Array((head + more + "Connection: close\r\n\r\n" + body).utf8))
            plain.close()
        }
        let words = lines[0].split(separator: " ")
        let path = words.count > 1 ? String(words[1].split(separator: "?")[0]) : ""
        if wantsToken, fields["Authorization"] != "Bearer t" {
            return try await answer("401 Unauthorized", Self.failure(401, "Unauthorized", "Unauthorized"))
        }
        if path.contains("/pods/gone/") {
            return try await answer("404 Not Found", Self.failure(404, "NotFound", "pods \\\"gone\\\" not found"))
        }
        if path.contains("/pods/elsewhere/") {
            return try await answer("307 Temporary Redirect", "", "Location: http://127.0.0.1:\(port)/secret\r\n")
        }
        if path.hasSuffix("/exec") || path.hasSuffix("/attach") {
            guard fields["Upgrade"] == "SPDY/3.1" else { return try await answer("400 No", "no such protocol") }
            let offered = fields.values(for: "X-Stream-Protocol-Version")
            let isOlder = path.contains("/pods/older/") || !offered.contains("v4.channel.k8s.io")
            let chosen = isOlder ? "v3.channel.k8s.io" : "v4.channel.k8s.io"
            try await plain.send(Self.switching("SPDY/3.1", ["X-Stream-Protocol-Version: \(chosen)"]))
            return try await PodProgram(plain, target: String(words[1]), output).run()
        }
        guard path.hasSuffix("/portforward"), let wanted = fields["Upgrade"] else {
            return try await answer("200 OK", Self.object(path))
        }
        if wanted == "websocket" {
            if case .old(let status) = age { return try await answer("\(status) No", "no such protocol") }
            let isVague = if case .vague = age { true } else { false }
            let accept = WebSocketHandshake.accept(fields["Sec-WebSocket-Key"] ?? "")
            let chosen = isVague ? [] : ["Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io"]
            try await plain.send(Self.switching("websocket", ["Sec-WebSocket-Accept: \(accept)"] + chosen))
            if !isVague { try await forward(over: Socket(plain: plain)) }
        } else {
            try await plain.send(Self.switching("SPDY/3.1", ["X-Stream-Protocol-Version: portforward.k8s.io"]))
            try await forward(over: plain)
        }
    }

    private static func switching(_ name: String, _ more: [String]) -> [UInt8] {
        let lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: \(name)", "Connection: Upgrade"] + more
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    private static func failure(_ code: Int, _ reason: String, _ message: String) -> String {
        """
        {"kind":"Status","status":"Failure","reason":"\(reason)","code":\(code),"message":"\(message)",\
        "details":{"kind":"pods"}}
        """
    }

    /// What programs ask for before they forward ports.
    private static func object(_ path: String) -> String {
        switch path {
        case "/api": #"{"kind":"APIVersions","versions":["v1"]}"#
        case "/apis": #"{"kind":"APIGroupList","apiVersion":"v1","groups":[]}"#
        case "/api/v1":
            #"{"kind":"APIResourceList","groupVersion":"v1","resources":[{"name":"pods","singularName":"pod","#
                + #""namespaced":true,"kind":"Pod","verbs":["get","list"]}]}"#
        default:
            #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"default"},"spec":{"containers":"#
                + #"[{"name":"c","image":"i"}]},"status":{"phase":"Running"}}"#
        }
    }

    private func forward(over transport: any SPDYTransport) async throws {
        let connection = try SPDYConnection(transport, SPDYSettings(.server, flowControl: .transport))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await connection.run() }
            group.addTask {
                // Pairs of streams are held together by what the client calls them.
                var waiting: [String: SPDYStream] = [:]
                try await withThrowingDiscardingTaskGroup { programs in
                    while let stream = try await connection.accept() {
                        if stream.headers["port"] == "\(Port.unwanted)", stream.headers["streamType"] == "data" {
                            await stream.reset(.refused)
                            continue
                        }
                        try await stream.reply()
                        let id = stream.headers["requestID"] ?? ""
                        guard let other = waiting.removeValue(forKey: id) else {
                            waiting[id] = stream
                            continue
                        }
                        let isData = stream.headers["streamType"] == "data"
                        programs.addTask {
                            try? await Self.run(isData ? stream : other, isData ? other : stream, transport)
                        }
                    }
                }
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private static func run(_ data: SPDYStream, _ errors: SPDYStream, _ transport: any SPDYTransport) async throws {
        let port = data.headers["port"].flatMap(Int.init) ?? 0
        switch port {
        case Port.refused:
            try await errors.write(Array("error forwarding port 1 to pod p: connection\trefused\n".utf8)[...])
        case Port.babbling: try await errors.write([UInt8](repeating: 0x1B, count: 100_000)[...])
        case Port.reset: return await data.reset(.internalError)
        case Port.vanishing:
            try await data.write([1, 2, 3])
            return transport.close()
        case Port.counting:
            var count = 0
            while let bytes = try await data.read() { count += bytes.count }
            try await data.write(Array("\(count)".utf8)[...])
        case Port.generating, Port.ending:
            let piece = [UInt8](repeating: 7, count: 64 * 1024)
            for _ in 0..<generated / piece.count { try await data.write(piece[...]) }
        default: while let bytes = try await data.read() { try await data.write(bytes) }
        }
        // The server's words come before the end.
        try await errors.finish()
        try await data.finish()
        // Servers may reset what they have ended, at once.
        if port == Port.ending { return await data.reset() }
        while try await data.read() != nil {}
    }
}
