// SPDX-License-Identifier: Apache-2.0

/// What carries the inputs and outputs of a program in a pod.
protocol PodConversation: Sendable {
    /// Whether the program can be told that its input ends.
    var canEndInput: Bool { get }
    /// Writes to its standard input; returns when there is room for more.
    func write(_ bytes: [UInt8]) async throws
    /// Ends its standard input.
    func endInput() async throws
    /// Tells its terminal the size.
    func resize(_ size: [UInt8]) async throws
    /// What comes next; nil when nothing more does. For one reader.
    func next() async throws -> PodMessage?
    /// Ends the conversation.
    func close()
}

/// What the server says of a program.
enum PodMessage: Sendable {
    case output(PodOutput)
    /// How it ended: a `Status`.
    case status([UInt8])
}
