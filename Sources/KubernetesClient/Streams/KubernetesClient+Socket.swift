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
        var mayRenew = true
        while true {
            let identity = try await authenticator.identity()
            do {
                let socket = try await WebSocket(
                    encoded(request, identity), protocols: protocols, socketSettings, messageLimit: Self.messageLimit)
                guard socket.chosenProtocol != nil else {
                    socket.close()
                    throw Fault(
                        .unsupported, "\(configuration) speaks none of \(protocols.joined(separator: ", "))",
                        fix: "Kubernetes 1.30 and newer do")
                }
                return socket
            } catch let refusal as WebSocket.Refusal {
                guard refusal.status >= 400 else {
                    throw Fault(
                        .unsupported,
                        "\(configuration) answers \(request) with \(refusal.status) instead of a WebSocket",
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
