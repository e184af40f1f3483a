// SPDX-License-Identifier: Apache-2.0

/// What is wrong with an expression before it runs: every problem with its place.
public struct CompileError: Error, Sendable, CustomStringConvertible {
    /// One problem.
    public struct Problem: Sendable, CustomStringConvertible {
        /// What is wrong, in one sentence without the place.
        public let message: String
        /// Where.
        public let location: SourceLocation

        /// `name:line:column: message`, the line, and a caret under the column.
        public var description: String { "\(location): \(message)\n\(location.excerpt)" }
    }

    /// At least one, at most a hundred. Reading ends at the first; checking finds all, those of the arguments of a call
    /// before its own.
    public let problems: [Problem]

    init(_ problems: [Problem]) { self.problems = problems }

    init(_ message: String, at offset: Int, in source: SourceText) {
        problems = [Problem(message: message, location: source.location(at: offset))]
    }

    /// All problems, one after the other.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
