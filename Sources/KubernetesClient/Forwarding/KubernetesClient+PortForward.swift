// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Kubernetes
internal import Web
internal import WebClient

extension KubernetesClient {
    private static let tunnelProtocol = "SPDY/3.1+portforward.k8s.io"
    private static let forwardProtocol = "portforward.k8s.io"

    /// Opens a connection over which ports of a pod are reached: SPDY in a WebSocket, as servers of Kubernetes 1.30 and newer
    /// offer it (KEP-4006), otherwise SPDY, as all do.
    ///
    /// Throws an `APIStatus` when the server refuses. The first way needs the right to `get` `pods/portforward`, the second
    /// one to `create` it.
    public func portForward(_ pod: ObjectName) async throws -> PortForward {
        let path = try Self.path(Self.pods, pod, "portforward")
        do {
            let socket = try await socket(APIRequest(.get, path), protocols: [Self.tunnelProtocol])
            return try PortForward(pod, over: TunnelTransport(socket: socket))
        } catch let fault as Fault where fault.code == .unsupported {
            settings.observe?("… \(path) again without a WebSocket")
        } catch let refusal as APIStatus where Self.mayBeTakenWithoutWebSocket(refusal) {
            settings.observe?("… \(path) again without a WebSocket, which was refused with \(refusal.code)")
        }
        let connection = try await streams(APIRequest(.post, path), Self.forwardProtocol)
        return try PortForward(pod, over: PlainTransport(connection: connection))
    }
}
