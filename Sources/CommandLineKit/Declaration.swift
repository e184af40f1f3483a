// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What a shell offers for a value.
public enum CompletionKind: Sendable {
    /// The words that the type of the value lists.
    case values
    /// Paths of files.
    case file
    /// Paths of folders.
    case folder
}

/// What a property wrapper says about a flag, an option or an argument.
struct Declaration: Sendable {
    enum Role: Sendable { case flag, option, argument }

    let role: Role
    /// The name given in the declaration; without one the property names it.
    var name: String?
    var short: Character?
    var help: String
    /// Empty: after the property.
    var valueName = ""
    var environment: String?
    var completion = CompletionKind.values
    /// The words its type lists.
    var values: [String] = []
    var defaultText: String?
    var isRequired = false
    var isRepeatable = false

    /// The same declaration with what the type of its values knows.
    func typed<T: ArgumentValue>(_ type: T.Type, default text: String?) -> Declaration {
        var declaration = self
        if declaration.valueName.isEmpty { declaration.valueName = T.defaultValueName }
        declaration.values = T.allCompletions
        declaration.defaultText = text.flatMap { $0.isEmpty ? nil : $0 }
        return declaration
    }
}

/// The place where parsing leaves a value, whatever its type.
protocol Storage: AnyObject, Sendable {
    var declaration: Declaration { get }
    /// Whether a value was stored.
    var isGiven: Bool { get }
    /// The value that counts, as a word; nil for lists and for nothing.
    var text: String? { get }
    /// Reads a word and keeps its value; the last one wins, or all are kept when the declaration is repeatable.
    func store(_ word: String) throws
}

/// The value of one declared property. Written while parsing, read afterwards.
final class Box<Value: Sendable>: Storage {
    let declaration: Declaration
    private let initial: Value?
    private let given: Guarded<Value?>
    private let parse: @Sendable (String, Value?) throws -> Value
    private let describe: @Sendable (Value) -> String?

    init(
        _ declaration: Declaration, initial: Value?, given: Value? = nil,
        describe: @escaping @Sendable (Value) -> String? = { _ in nil },
        parse: @escaping @Sendable (String, Value?) throws -> Value
    ) {
        (self.declaration, self.initial, self.parse, self.describe) = (declaration, initial, parse, describe)
        self.given = Guarded(given)
    }

    /// What was given, else the default.
    var value: Value {
        guard let value = given.withLock({ $0 }) ?? initial else {
            preconditionFailure("a required value was read before the command line was parsed")
        }
        return value
    }

    var isGiven: Bool { given.withLock { $0 != nil } }
    var text: String? { (given.withLock { $0 } ?? initial).flatMap(describe) }

    func store(_ word: String) throws {
        let value = try parse(word, given.withLock { $0 })
        given.withLock { $0 = value }
    }

    /// A box of its own with another value, so that wrappers stay values.
    func holding(_ value: Value) -> Box {
        Box(declaration, initial: initial, given: value, describe: describe, parse: parse)
    }
}
