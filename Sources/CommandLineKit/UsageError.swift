// SPDX-License-Identifier: Apache-2.0

/// The command line is wrong. Reported with the usage line of the command, and exit code 2.
public struct UsageError: Error, Sendable, CustomStringConvertible {
    /// What is wrong: one sentence without a full stop.
    public let message: String
    /// What would be right, when we know.
    public let fix: String?
    /// The same as `message`.
    public var description: String { message }

    /// Creates the error.
    public init(_ message: String, fix: String? = nil) { (self.message, self.fix) = (message, fix) }
}
