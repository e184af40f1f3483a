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

    /// Opens a connection for another protocol than HTTP; throws an `APIStatus` when the server refuses.
    func upgraded(_ request: APIRequest, to name: String) async throws -> UpgradedConnection {
        try await leavingHTTP(request, name) { [socketSettings] request in
            try await UpgradedConnection(request, protocol: name, socketSettings)
        }
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
