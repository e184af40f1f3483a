// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes
internal import Web
internal import WebClient

/// What a program in a pod writes.
public enum PodOutput: Sendable, Equatable {
    /// To its standard output; with a terminal, all it writes.
    case stdout([UInt8])
    /// To its standard error.
    case stderr([UInt8])
}

/// A conversation with a program in a pod, over a WebSocket with the protocol `v5.channel.k8s.io`, or `v4` where the server
/// knows no other.
///
/// It is for one reader, who reads what the program writes until nil, and then its status; writers wait while the program
/// does not read. It ends when nobody holds it.
public final class PodSession: Sendable {
    /// The channels of the protocol.
    private enum Channel {
        static let stdin: UInt8 = 0, stdout: UInt8 = 1, stderr: UInt8 = 2, error: UInt8 = 3, resize: UInt8 = 4,
            close: UInt8 = 255
    }

    private let socket: WebSocket
    private let verdict = Guarded<Result<Int, any Error>?>(nil)
    private static let piece = 32 * 1024
    static let protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"]

    init(_ socket: WebSocket) { self.socket = socket }

    /// Whether the program can be told that its input ends.
    public var canEndInput: Bool { socket.chosenProtocol == Self.protocols[0] }

    /// Writes to the program's standard input.
    public func write(_ bytes: [UInt8]) async throws {
        for start in stride(from: 0, to: bytes.count, by: Self.piece) {
            try await socket.send([Channel.stdin] + bytes[start..<min(start + Self.piece, bytes.count)])
        }
    }

    /// Ends the program's standard input; throws `.unsupported` for servers that know only `v4`.
    public func endInput() async throws {
        guard canEndInput else {
            throw Fault(
                .unsupported, "the server cannot tell a program that its input ends",
                fix: "let the program know by itself how much to read")
        }
        try await socket.send([Channel.close, Channel.stdin])
    }

    /// Tells the program's terminal its size.
    public func resize(width: Int, height: Int) async throws {
        let size: JSON = ["Width": .number(JSONNumber(Int64(width))), "Height": .number(JSONNumber(Int64(height)))]
        try await socket.send([Channel.resize] + size.encoded())
    }

    /// What the program writes next; nil when it has ended.
    public func next() async throws -> PodOutput? {
        while let message = try await socket.receive() {
            guard let channel = message.bytes.first else { continue }
            let rest = Array(message.bytes.dropFirst())
            switch channel {
            case Channel.stdout where !rest.isEmpty: return .stdout(rest)
            case Channel.stderr where !rest.isEmpty: return .stderr(rest)
            case Channel.error: try judge(rest)
            // Servers begin with an empty message for each channel, and end channels one by one.
            default: continue
            }
        }
        return nil
    }

    /// The program's exit status, once `next` has been nil. Throws an `APIStatus` when it could not be run, and a `Fault`
    /// when the connection ended before the server said how it went.
    public func exitStatus() throws -> Int {
        switch verdict.withLock({ $0 }) {
        case .success(let status): return status
        case .failure(let error): throw error
        case nil: throw Fault(.unavailable, "a program's end is not known: the connection was closed before")
        }
    }

    /// Ends the conversation; the program may go on.
    public func close() { socket.close() }

    private func judge(_ bytes: [UInt8]) throws(Fault) {
        guard !bytes.isEmpty else { return }
        var json = (try? JSON(parsing: bytes, source: "a status")) ?? .null
        // Servers leave out here what it is.
        if json.object != nil { json["kind"] = "Status" }
        guard let status = APIStatus(json) else {
            throw Fault(.corrupt, "the server says how a program ended in no way that can be read")
        }
        let isSuccess = json["status"]?.string == "Success"
        let code = status.causes.first { $0.reason == "ExitCode" }.flatMap { Int($0.message) }
        verdict.withLock { verdict in
            guard verdict == nil else { return }
            if isSuccess {
                verdict = .success(0)
            } else if status.reason == "NonZeroExitCode", let code {
                verdict = .success(code)
            } else {
                verdict = .failure(status)
            }
        }
    }
}

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

    private func session(
        _ pod: ObjectName, _ part: String, _ query: [(String, String)], _ options: ExecOptions
    ) async throws -> PodSession {
        var request = APIRequest(.get, try Self.path(Self.pods, pod, part))
        request.query = query
        request.ask("container", options.container)
        if options.hasInput { request.ask("stdin", "true") }
        request.ask("stdout", "true")
        if options.hasTerminal { request.ask("tty", "true") } else { request.ask("stderr", "true") }
        return PodSession(try await socket(request, protocols: PodSession.protocols))
    }
}
