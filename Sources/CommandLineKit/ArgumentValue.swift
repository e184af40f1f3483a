// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A value that a word of the command line can stand for.
public protocol ArgumentValue: Sendable {
    /// Reads the word; the error says what would have been right.
    init(argument: String) throws
    /// All words there are, where they can be listed.
    static var allCompletions: [String] { get }
    /// How help texts name such a value.
    static var defaultValueName: String { get }
    /// The word for this value.
    var argumentText: String { get }
}

extension ArgumentValue {
    /// None, unless a type knows them.
    public static var allCompletions: [String] { [] }
    /// `VALUE`.
    public static var defaultValueName: String { "VALUE" }
}

extension ArgumentValue where Self: RawRepresentable, Self: CaseIterable, RawValue == String {
    /// Reads one of the cases; the error lists them.
    public init(argument: String) throws {
        guard let value = Self(rawValue: argument) else {
            let words = Self.allCases.map(\.rawValue)
            let nearest = Spelling.nearest(to: argument, among: words).map { "did you mean “\($0)”? " } ?? ""
            throw UsageError("“\(argument)” is not one of \(words.joined(separator: ", ")); \(nearest)".trimmed)
        }
        self = value
    }
    /// The cases.
    public static var allCompletions: [String] { allCases.map(\.rawValue) }
    /// The raw value.
    public var argumentText: String { rawValue }
}

extension String: ArgumentValue {
    public init(argument: String) { self = argument }
    public var argumentText: String { self }
}

extension Int: ArgumentValue {
    public init(argument: String) throws {
        guard let value = Int(argument) else { throw UsageError("“\(argument)” is no whole number") }
        self = value
    }
    public static var defaultValueName: String { "N" }
    public var argumentText: String { String(self) }
}

extension ByteCount: ArgumentValue {
    public init(argument: String) throws {
        guard let value = ByteCount(parsing: argument) else { throw UsageError("“\(argument)” is no size; write it as 10MiB") }
        self = value
    }
    public static var defaultValueName: String { "SIZE" }
    public var argumentText: String { description }
}

/// What a shell completes a value with, besides the words of its type.
public enum CompletionKind: Sendable { case none, file, folder }

/// The user called the program in a way it does not understand.
public struct UsageError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, in one sentence.
    public let message: String
    /// The same.
    public var description: String { message }
    /// An error with its sentence.
    public init(_ message: String) { self.message = message }
}
