// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing
import Web
import WebClient

@Suite("WebSockets", .enabled(if: ServerProcess.tlsIsThere, "needs python3 and openssl"), .timeLimit(.minutes(1)))
struct WebSocketTests {
    private func open(
        _ server: ServerProcess, _ mode: String = "", settings: HTTPClientSettings = .quick(), scheme: String = "http"
    ) async throws -> WebSocket {
        var request = HTTPRequest(method: .get, url: try server.url("/socket?mode=\(mode)", scheme: scheme))
        request.headers["X-Test"] = "1"
        return try await WebSocket(request, protocols: ["a", "b"], settings)
    }

    @Test("messages go both ways, whole") func echo() async throws {
        let server = try ServerProcess()
        let socket = try await open(server)
        #expect(socket.chosenProtocol == "b")
        let first = try await socket.receive()
        #expect(first == WebSocket.Message(isText: true, bytes: Array("hello localhost:\(server.port)".utf8)))
        for size in [0, 1, 125, 126, 70_000, 900_000] {
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 / 3) }
            try await socket.send(bytes)
            #expect(try await socket.receive() == WebSocket.Message(isText: false, bytes: bytes))
        }
        try await socket.send(Array("é".utf8), isText: true)
        #expect(try await socket.receive()?.isText == true)
        socket.close()
        #expect(try await socket.receive() == nil)
        await #expect(throws: Fault.self) { try await socket.send([1]) }
        #expect(try await server.reaches("closes"))
    }

    @Test("who sends faster than the other reads waits, and nothing is lost") func pressure() async throws {
        let server = try ServerProcess()
        let socket = try await open(server, "slow")
        _ = try await socket.receive()
        let sending = Task {
            for number in 0..<120 { try await socket.send([UInt8](repeating: UInt8(number), count: 50_000)) }
        }
        for number in 0..<120 {
            #expect(try await socket.receive()?.bytes == [UInt8](repeating: UInt8(number), count: 50_000))
        }
        try await sending.value
    }

    @Test("over TLS, with our certificate, and under another name") func tls() async throws {
        let certificates = try await Certificates()
        let server = try ServerProcess(["server.pem", "server.key", "ca.pem"].map(certificates.path))
        let (authority, certificate, key) = (
            try certificates.text("ca.pem"), try certificates.text("client.pem"), try certificates.text("client.key")
        )
        for name in [nil, "localhost", "elsewhere.example"] {
            let settings = HTTPClientSettings.quick {
                $0.tls = { _ in
                    var tls = TLSSettings()
                    (tls.certificateAuthority, tls.clientCertificatePEM, tls.clientKeyPEM) = (
                        authority, certificate, key
                    )
                    tls.serverName = name
                    return tls
                }
            }
            if name == "elsewhere.example" {
                await #expect { try await open(server, settings: settings, scheme: "https") } throws: {
                    ($0 as? Fault)?.code == .unverified
                }
            } else {
                let socket = try await open(server, settings: settings, scheme: "https")
                _ = try await socket.receive()
                try await socket.send([1, 2, 3])
                #expect(try await socket.receive()?.bytes == [1, 2, 3])
            }
        }
        await #expect { try await open(server, scheme: "https") } throws: { ($0 as? Fault)?.code == .unverified }
    }

    @Test("pings are answered, also between the pieces of a message; a close is answered") func control() async throws {
        let server = try ServerProcess()
        let socket = try await open(server, "pings")
        _ = try await socket.receive()
        #expect(try await socket.receive()?.bytes == Array("one".utf8))
        for name in ["pong a", "pong b"] { #expect(try await server.reaches(name)) }
        let closed = try await open(server, "close")
        _ = try await closed.receive()
        #expect(try await closed.receive() == nil)
        #expect(try await server.reaches("closes"))
    }

    @Test(
        "what breaks the rules ends it with a fault",
        arguments: [
            ("masked", Fault.Code.corrupt), ("reserved", .corrupt), ("huge", .limitExceeded), ("long-ping", .corrupt),
            ("continuation", .corrupt), ("interrupted", .corrupt), ("endless", .limitExceeded), ("cut", .unavailable),
            ("unknown", .corrupt),
        ])
    func hostile(_ mode: String, _ code: Fault.Code) async throws {
        let server = try ServerProcess()
        let socket = try await open(server, mode)
        await #expect {
            while try await socket.receive() != nil {}
        } throws: { error in
            if (error as? Fault)?.code != code { Issue.record("\(error)") }
            return (error as? Fault)?.code == code
        }
    }

    @Test("an answer that is not to our question is no WebSocket", arguments: ["wrong-accept", "wrong-protocol"])
    func handshake(_ mode: String) async throws {
        let server = try ServerProcess()
        await #expect { try await open(server, mode) } throws: { ($0 as? Fault)?.code == .corrupt }
    }

    @Test("a refusal is told with its body; a server that is silent, not there, or no HTTP is a fault") func refusals()
        async throws
    {
        let server = try ServerProcess()
        func attempt(_ target: String) async throws {
            _ = try await WebSocket(
                HTTPRequest(method: .get, url: try server.url(target)), protocols: [],
                .quick { $0.connectTimeout = .seconds(1) })
        }
        await #expect { try await attempt("/status?code=404") } throws: { ($0 as? WebSocket.Refusal)?.status == 404 }
        await #expect { try await attempt("/echo") } throws: { error in
            let refusal = error as? WebSocket.Refusal
            return refusal?.status == 200 && String(decoding: refusal?.body ?? [], as: UTF8.self).contains("method=GET")
        }
        await #expect { try await attempt("/silent") } throws: { ($0 as? Fault)?.code == .unavailable }
        await #expect(throws: (any Error).self) { try await attempt("/giant-header") }
        await #expect(throws: (any Error).self) { try await attempt("/garbage") }
    }

    @Test("it ends with the task that waits for it") func cancelled() async throws {
        let server = try ServerProcess()
        let socket = try await open(server)
        _ = try await socket.receive()
        let task = Task { try await socket.receive() }
        try await Task.sleep(for: .milliseconds(20))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        await #expect(throws: (any Error).self) { try await socket.send([1]) }
    }
}

@Suite(
    "Names and proxies", .enabled(if: ServerProcess.tlsIsThere, "needs python3 and openssl"), .timeLimit(.minutes(1)))
struct NameAndProxyTests {
    @Test("a certificate may be for another name than the URL's, which stays the host") func serverName() async throws {
        let certificates = try await Certificates()
        let authority = try certificates.text("ca.pem")
        let server = try ServerProcess(["wrong.pem", "wrong.key"].map(certificates.path))
        func text(_ name: String?) async throws -> String {
            let client = HTTPClient(
                .quick {
                    $0.tls = { _ in
                        var tls = TLSSettings()
                        (tls.certificateAuthority, tls.serverName) = (authority, name)
                        return tls
                    }
                })
            return try await client.text(
                HTTPRequest(method: .get, url: try server.url("/echo?a=b%20c", scheme: "https")))
        }
        await #expect { try await text(nil) } throws: { ($0 as? Fault)?.code == .unverified }
        let said = try await text("elsewhere.example")
        #expect(
            said.lowercased().contains("host: localhost:\(server.port)")
                || said.lowercased().contains("host=localhost:\(server.port)"))
    }

    @Test("a proxy that is named is used, also for this machine, and its password is in no text") func proxy()
        async throws
    {
        let (proxy, server) = (try ServerProcess(), try ServerProcess())
        let choice = try ProxyChoice(url: "http://me:hush@localhost:\(proxy.port)/ignored")
        var shown = "\(choice) \(String(reflecting: choice))"
        dump(choice, to: &shown)
        #expect(shown.contains("localhost:\(proxy.port)") && !shown.contains("hush"))
        let client = HTTPClient(.quick { $0.proxy = { _ in choice } })
        // What is meant as a proxy is a server that does not understand: that it is asked is what is to be seen.
        _ = try? await client.text(HTTPRequest(method: .get, url: try server.url("/counts?of=x")))
        let direct = HTTPClient(.quick { $0.proxy = { _ in .none } })
        #expect(try await direct.text(HTTPRequest(method: .get, url: try server.url("/echo"))).contains("method=GET"))
        for wrong in ["", "proxy:3128", "ftp://p", "http://", "http://a b", "http://p:99999"] {
            #expect(throws: Fault.self) { try ProxyChoice(url: wrong) }
        }
    }
}
