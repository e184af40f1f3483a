// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Kubernetes
internal import Web
internal import WebClient

/// How a program is run or joined.
public struct ExecOptions: Sendable {
    /// The container; may be nil when the pod has one.
    public var container: String?
    /// Whether the program's standard input is written.
    public var hasInput = false
    /// Whether it has a terminal; its standard error is part of its output then.
    public var hasTerminal = false

    /// Only output.
    public init(container: String? = nil, hasInput: Bool = false, hasTerminal: Bool = false) {
        (self.container, self.hasInput, self.hasTerminal) = (container, hasInput, hasTerminal)
    }
}

extension KubernetesClient {
    /// Runs a program in a container.
    public func exec(
        _ pod: ObjectName, _ command: [String], _ options: ExecOptions = ExecOptions()
    ) async throws -> PodSession {
        try await session(pod, "exec", command.map { ("command", $0) }, options)
    }

    /// Joins the program that a container runs.
    public func attach(_ pod: ObjectName, _ options: ExecOptions = ExecOptions()) async throws -> PodSession {
        try await session(pod, "attach", [], options)
    }

    /// Through a WebSocket, as kubectl does since 1.31, otherwise by an upgrade to SPDY, as all servers take it. Where the
    /// first is refused nothing has run.
    private func session(
        _ pod: ObjectName, _ part: String, _ query: [(String, String)], _ options: ExecOptions
    ) async throws -> PodSession {
        let path = try Self.path(Self.pods, pod, part)
        func request(_ method: HTTPMethod) -> APIRequest {
            var request = APIRequest(method, path)
            request.query = query
            request.ask("container", options.container)
            if options.hasInput { request.ask("stdin", "true") }
            request.ask("stdout", "true")
            if options.hasTerminal { request.ask("tty", "true") } else { request.ask("stderr", "true") }
            return request
        }
        let conversation: any PodConversation
        do {
            let socket = try await socket(request(.get), protocols: ChannelConversation.protocols)
            conversation = ChannelConversation(socket: socket)
        } catch let refusal as APIStatus where Self.mayBeTakenWithoutWebSocket(refusal) {
            settings.observe?("… \(path) again without a WebSocket, which was refused with \(refusal.code)")
            let connection = try await streams(request(.post), StreamConversation.protocolName)
            conversation = try await StreamConversation(PlainTransport(connection: connection), options)
        }
        return PodSession(conversation, options)
    }
}
