// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A local port whose connections lead to a port of a pod.
///
/// Any number of connections at once, of which 512 are open. Only programs on this machine can connect.
public final class PortForwardListener: Sendable {
    /// The local port.
    public let port: Int
    /// The port of the pod.
    public let remotePort: Int
    private let listener: LoopbackListener
    private let running: Task<Void, any Error>

    init(
        _ forward: PortForward, _ listener: LoopbackListener, to remotePort: Int,
        report: (@Sendable (Fault) -> Void)?
    ) {
        (port, self.remotePort, self.listener) = (listener.port, remotePort, listener)
        listener.start()
        running = Task {
            defer { listener.stop() }
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { try await forward.waitForEnd() }
                group.addTask {
                    try await withThrowingDiscardingTaskGroup { connections in
                        while let local = try await listener.accept() {
                            connections.addTask {
                                do {
                                    try await Self.relay(local, try await forward.connect(to: remotePort))
                                } catch is CancellationError {
                                } catch { report?(Fault(wrapping: error)) }
                            }
                        }
                        connections.cancelAll()
                    }
                }
                try await group.next()
            }
        }
    }

    deinit { running.cancel() }

    /// Ends the connections, and takes no more: when it returns, the port is free.
    public func stop() async {
        listener.stop()
        running.cancel()
        _ = try? await running.value
        try? await listener.waitForEnd()
    }

    /// Returns when it was stopped or the forward was closed; throws what the forward has ended with otherwise.
    public func waitForEnd() async throws { try await running.value }

    /// Moves bytes both ways until the pod has said everything.
    private static func relay(_ local: LoopbackConnection, _ pod: PodConnection) async throws {
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                defer { group.cancelAll() }
                group.addTask {
                    while let bytes = try await local.read() { try await pod.write(bytes) }
                    try await pod.endInput()
                    return false
                }
                group.addTask {
                    while let bytes = try await pod.read() { try await local.write(bytes) }
                    local.finish()
                    return true
                }
                // The server ends its side when nobody in the pod listens any more: then there is nobody to write to.
                while try await group.next() == false {}
            }
            try await pod.finish()
        } catch {
            await pod.close()
            throw error
        }
        await pod.close()
    }
}

extension PortForward {
    /// Listens on this machine's loopback interface, and forwards each connection to a port of the pod.
    ///
    /// It works until it is stopped, this forward ends, or nobody holds the listener.
    ///
    /// - Parameters:
    ///   - localPort: 0 for one that is free; `.conflict` is thrown for one that is taken.
    ///   - isIPv6: listens on `::1` instead of `127.0.0.1`.
    ///   - report: told why connections have failed.
    public func listen(
        on localPort: Int = 0, to remotePort: Int, isIPv6: Bool = false, report: (@Sendable (Fault) -> Void)? = nil
    ) throws(Fault) -> PortForwardListener {
        guard let local = UInt16(exactly: localPort), (1...65_535).contains(remotePort) else {
            throw Fault(.invalid, "\(localPort):\(remotePort) are no ports", fix: "ports are 1 to 65535")
        }
        return PortForwardListener(
            self, try LoopbackListener(port: local, isIPv6: isIPv6), to: remotePort, report: report)
    }
}
