// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
internal import Web
internal import WebClient

extension KubernetesClient {
    /// The most bytes of a message of a WebSocket.
    private static let messageLimit = 4 << 20

    /// Opens a WebSocket; throws an `APIStatus` when the server refuses, and `.unsupported` when it chooses no protocol.
    func socket(_ request: APIRequest, protocols: [String]) async throws -> WebSocket {
        try await leavingHTTP(request, "a WebSocket") { [socketSettings] request in
            let socket = try await WebSocket(
                request, protocols: protocols, socketSettings, messageLimit: Self.messageLimit)
            guard socket.chosenProtocol != nil else {
                socket.close()
                throw Fault(
                    .unsupported, "\(self.configuration) speaks none of \(protocols.joined(separator: ", "))",
                    fix: "Kubernetes 1.30 and newer do")
            }
            return socket
        }
    }

    /// Opens a connection for streams of SPDY/3.1 with a protocol of Kubernetes; throws an `APIStatus` when the server
    /// refuses, and `.unsupported` when it chooses another protocol.
    func streams(_ request: APIRequest, _ name: String) async throws -> UpgradedConnection {
        var request = request
        request.headers["X-Stream-Protocol-Version"] = name
        let connection = try await leavingHTTP(request, "SPDY/3.1") { [socketSettings] request in
            try await UpgradedConnection(request, protocol: "SPDY/3.1", socketSettings)
        }
        guard connection.headers["X-Stream-Protocol-Version"]?.trimmed == name else {
            connection.close()
            throw Fault(.unsupported, "\(configuration) does not speak \(name) over SPDY/3.1")
        }
        return connection
    }

    /// Whether a server that refuses a WebSocket may take the same without one: those that know none refuse in many ways, and
    /// rights differ, `get` for a WebSocket and `create` for the other. These would refuse again.
    static func mayBeTakenWithoutWebSocket(_ refusal: APIStatus) -> Bool {
        refusal.code != 401 && refusal.code != 429 && refusal.code != 503
            && !(refusal.code == 404 && refusal.reason == "NotFound" && refusal.kind == "pods")
    }

    private func leavingHTTP<Connection: Sendable>(
        _ request: APIRequest, _ name: String, _ open: (HTTPRequest) async throws -> Connection
    ) async throws -> Connection {
        var mayRenew = true
        while true {
            let identity = try await authenticator.identity()
            do {
                return try await open(try encoded(request, identity))
            } catch let refusal as UpgradeRefusal {
                guard refusal.status >= 400 else {
                    throw Fault(
                        .unsupported, "\(configuration) answers \(request) with \(refusal.status) instead of \(name)",
                        fix: "check the server's URL, and what stands between")
                }
                if refusal.status == 401, mayRenew, await authenticator.refused(identity) {
                    mayRenew = false
                    continue
                }
                throw APIStatus.refusal(refusal.status, headers: refusal.headers, body: refusal.body, of: request)
            }
        }
    }
}
