// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes

/// What a program in a pod writes.
public enum PodOutput: Sendable, Equatable {
    /// To its standard output; with a terminal, all it writes.
    case stdout([UInt8])
    /// To its standard error.
    case stderr([UInt8])
}

/// A conversation with a program in a pod: over a WebSocket with the protocol `v5.channel.k8s.io` or `v4.channel.k8s.io`, or
/// over streams of SPDY/3.1 with the latter.
///
/// It is for one reader, who reads what the program writes until nil, and then its status; writers wait while the program
/// does not read. It ends when nobody holds it.
public final class PodSession: Sendable {
    private let conversation: any PodConversation
    private let options: ExecOptions
    private let verdict = Guarded<Result<Int, any Error>?>(nil)

    init(_ conversation: any PodConversation, _ options: ExecOptions) {
        (self.conversation, self.options) = (conversation, options)
    }

    /// Whether the program can be told that its input ends.
    public var canEndInput: Bool { conversation.canEndInput }

    /// Writes to the program's standard input; throws `.invalid` when none was asked for.
    public func write(_ bytes: [UInt8]) async throws {
        try checkInput()
        try await conversation.write(bytes)
    }

    /// Ends the program's standard input; throws `.unsupported` for WebSockets with servers that know only `v4`, and
    /// `.invalid` when no input was asked for.
    public func endInput() async throws {
        try checkInput()
        guard canEndInput else {
            throw Fault(
                .unsupported, "the server cannot tell a program that its input ends",
                fix: "let the program know by itself how much to read")
        }
        try await conversation.endInput()
    }

    private func checkInput() throws(Fault) {
        guard options.hasInput else {
            throw Fault(.invalid, "a program runs without an input", fix: "ask for one when it is run")
        }
    }

    /// Tells the program's terminal its size; throws `.invalid` when none was asked for.
    public func resize(width: Int, height: Int) async throws {
        guard options.hasTerminal else {
            throw Fault(.invalid, "a program runs without a terminal", fix: "ask for one when it is run")
        }
        let size: JSON = ["Width": .number(JSONNumber(Int64(width))), "Height": .number(JSONNumber(Int64(height)))]
        try await conversation.resize(size.encoded())
    }

    /// What the program writes next; nil when it has ended.
    public func next() async throws -> PodOutput? {
        while let message = try await conversation.next() {
            switch message {
            case .output(let output): return output
            case .status(let bytes): try judge(bytes)
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
    public func close() { conversation.close() }

    private func judge(_ bytes: [UInt8]) throws(Fault) {
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
