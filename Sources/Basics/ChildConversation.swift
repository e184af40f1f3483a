// SPDX-License-Identifier: Apache-2.0

/// A talk with another program: one stream goes in, one comes out, and beside them an answer and a log.
///
/// The program has its input as descriptor 0, its output as 1, its log as 2 and its answer as 3, and nothing else of
/// ours. All four move at once and none without bound: a program that does not read is not fed, and one whose output
/// is not taken waits. It runs in a session of its own, so it has no terminal, and with its end everything that it
/// started ends as well.
public struct ChildConversation: Sendable {
    /// The program's path; never looked up in a `PATH`.
    public var program: String
    /// What it is given after its name.
    public var arguments: [String]
    /// All its variables.
    public var environment: Environment
    /// The folder it starts in.
    public var workingFolder: String
    /// How long it may take.
    public var deadline: Duration = .seconds(60)
    /// How long it has to end by itself when it is told to, with SIGTERM, before SIGKILL.
    public var grace: Duration = .seconds(2)
    /// The most bytes of output.
    public var outputLimit: Int64 = 16 * 1024 * 1024
    /// The most bytes of the answer.
    public var answerLimit = 1024 * 1024
    /// The most bytes of any file that it writes, which the kernel sees to; rounded up to 512 bytes.
    public var fileLimit: Int64?
    /// A variable that only this run's processes have; those that left the process group are found by it.
    public var mark: (name: String, value: String)

    /// Prepares a talk.
    ///
    /// - Parameter markedBy: the name of the variable by which its processes are found; its value is random.
    public init(
        _ program: String, _ arguments: [String], environment: Environment, workingFolder: String, markedBy: String
    ) {
        (self.program, self.arguments, self.workingFolder) = (program, arguments, workingFolder)
        mark = (markedBy, String(UInt64.random(in: .min ... .max), radix: 36))
        self.environment = environment
        self.environment.variables[mark.name] = mark.value
    }

    /// How a talk ended.
    public struct End: Sendable {
        /// How the program ended.
        public enum Exit: Sendable, Equatable {
            /// By itself, with this status.
            case status(Int32)
            /// By this signal.
            case signal(Int32)
        }
        /// How the program ended.
        public let exit: Exit
        /// All it wrote to descriptor 3.
        public let answer: [UInt8]
        /// Whether it read its input to the end.
        public let hasReadInput: Bool
        /// Whether it left processes behind, outside its group, that held its outputs open; they have been killed.
        public let hasLeftProcesses: Bool
    }

    /// Starts the program, talks with it and waits for its end; nothing that it started is left then.
    ///
    /// - Parameters:
    ///   - input: what it reads; without one it finds its input at its end.
    ///   - output: takes what it writes to descriptor 1, piece by piece, on a thread of its own; the program waits as
    ///     long as this works.
    ///   - log: takes what it writes to descriptor 2, likewise.
    /// - Throws: what `input` and `output` throw; `limitExceeded` at the deadline and for too much output or answer,
    ///   `cancelled` when the task is.
    public func run(
        input: ByteStream?, output: @escaping @Sendable (Chunk) throws -> Void,
        log: @escaping @Sendable (Chunk) -> Void
    ) async throws -> End {
        let feed = try ConversationFeed()
        if input == nil { feed.finish(nil) }
        async let feeding: Void = Self.pump(input, into: feed)
        let end = try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<End, any Error>) in
                startThread {
                    let result = Result { try converse(feed, hasInput: input != nil, output, log) }
                    feed.close()
                    continuation.resume(with: result)
                }
            }
        } onCancel: {
            feed.cancel()
        }
        _ = await feeding
        return end
    }

    private func converse(
        _ feed: ConversationFeed, hasInput: Bool, _ output: @Sendable (Chunk) throws -> Void,
        _ log: @Sendable (Chunk) -> Void
    ) throws -> End {
        var loop = try ConversationLoop(self, hasInput: hasInput)
        return try loop.finish(feed, output, log)
    }

    private static func pump(_ input: ByteStream?, into feed: ConversationFeed) async {
        guard let input else { return }
        do {
            while let chunk = try await input.next() { guard await feed.put(chunk) else { return } }
            feed.finish(nil)
        } catch {
            feed.finish(error)
        }
    }
}
