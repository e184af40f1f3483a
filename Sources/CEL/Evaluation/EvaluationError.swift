// SPDX-License-Identifier: Apache-2.0

/// Why an expression has no value.
public final class EvaluationError: Error, Sendable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Kind: Sendable, Hashable {
        /// No function takes arguments of these types.
        case noSuchOverload
        /// A map has no such key.
        case noSuchKey
        /// An object has no such field.
        case noSuchField
        /// A variable was not given.
        case noSuchAttribute
        /// An index is outside of its list.
        case indexOutOfBounds
        /// A number does not fit its type, or a moment its range.
        case overflow
        /// Division or remainder by zero.
        case division
        /// A key is of a type that no map can have as a key, or is given twice.
        case badKey
        /// An argument is not what a function asks for.
        case invalidArgument
        /// A step or memory budget is used up, or a deadline has passed.
        case budget
        /// The task was cancelled.
        case cancelled
        /// Variables that are marked as unknown are needed.
        case unknown
    }

    /// What kind of failure it is.
    public let kind: Kind
    /// What is wrong, in a few words: `no such key: replicas`.
    public var message: String {
        // Put together only for who reads it: each term of a long condition may add to what is unknown.
        kind == .unknown ? "not known yet: " + unknown.map(\.description).sorted().joined(separator: ", ") : words
    }
    private let words: String
    /// Where; nil when the failure belongs to no place.
    public let location: SourceLocation?
    /// Where, in the bytes of the expression, until the location is known.
    let offset: Int32?
    /// Which unknown paths are needed, when `kind` is `unknown`.
    public let unknown: Set<AttributePath>

    /// A failure; the evaluator adds the place.
    public init(_ kind: Kind, _ message: String) {
        (self.kind, words, location, offset, unknown) = (kind, message, nil, nil, [])
    }

    init(
        _ kind: Kind, _ message: String, offset: Int32?, location: SourceLocation? = nil,
        unknown: Set<AttributePath> = []
    ) {
        (self.kind, words, self.offset) = (kind, message, offset)
        (self.location, self.unknown) = (location, unknown)
    }

    /// The failure at this place, unless it has one.
    func at(_ offset: Int32) -> EvaluationError {
        guard self.offset == nil else { return self }
        return EvaluationError(kind, words, offset: offset, unknown: unknown)
    }

    /// The failure with a place that a person can find.
    func located(in source: SourceText) -> EvaluationError {
        guard let offset, location == nil else { return self }
        return EvaluationError(
            kind, words, offset: offset, location: source.location(at: Int(offset)), unknown: unknown)
    }

    /// The message; with its place and a caret line when the place is known.
    public var description: String {
        guard let location else { return message }
        return "\(location): \(message)\n\(location.excerpt)"
    }

    /// Whether waiting may help: something that an expression reads is not there yet.
    public var isMissingData: Bool {
        switch kind {
        case .noSuchKey, .noSuchField, .noSuchAttribute, .indexOutOfBounds: true
        default: false
        }
    }

    /// Whether `&&`, `||` and loops may go on past this failure; past an exhausted budget nothing goes on.
    var isFinal: Bool { kind == .budget || kind == .cancelled }
}

extension EvaluationError {
    static func noSuchKey(_ key: Value) -> EvaluationError { EvaluationError(.noSuchKey, "no such key: \(key.text)") }
    static func indexOutOfBounds(_ index: Int64) -> EvaluationError {
        EvaluationError(.indexOutOfBounds, "index out of bounds: \(index)")
    }
    static func noSuchAttribute(_ name: String) -> EvaluationError {
        EvaluationError(.noSuchAttribute, "no such attribute(s): \(name)")
    }
    /// No overload of a function takes these arguments.
    public static func noSuchOverload(_ function: String, _ arguments: Value...) -> EvaluationError {
        noSuchOverload(function, arguments)
    }
    static func noSuchOverload(_ function: String, _ arguments: [Value]) -> EvaluationError {
        let types = arguments.map(\.typeName).joined(separator: ", ")
        return EvaluationError(.noSuchOverload, "no such overload: \(function)(\(types))")
    }
    /// A number does not fit.
    public static func overflow(_ message: String) -> EvaluationError { EvaluationError(.overflow, message) }
    /// An argument is not what a function asks for.
    public static func invalid(_ message: String) -> EvaluationError { EvaluationError(.invalidArgument, message) }
}
