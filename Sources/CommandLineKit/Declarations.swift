// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// One declared parameter: how it is written, and where its value goes.
///
/// Boxes are made by property wrappers, filled by the parser before `run`, and only read afterwards.
public final class ParameterBox: @unchecked Sendable {
    // Proof of Sendable: written by the parser on one thread before the command is handed on, read only from then on.
    enum Kind { case argument, option, flag }
    let kind: Kind
    let names: (long: String?, short: Character?)
    let help: String
    let valueName: String
    let environment: String?
    let completion: CompletionKind
    let completions: [String]
    let isRepeated: Bool
    let isOptional: Bool
    let defaultText: String?
    /// The property's name in kebab case, set when the command is looked at.
    var propertyName = ""
    var isGiven = false
    private let store: (ParameterBox, String) throws -> Void
    var value: Any

    init(
        kind: Kind, long: String? = nil, short: Character? = nil, help: String, valueName: String, environment: String? = nil,
        completion: CompletionKind = .none, completions: [String] = [], isRepeated: Bool, isOptional: Bool,
        defaultText: String?, value: Any, store: @escaping (ParameterBox, String) throws -> Void
    ) {
        (self.kind, names, self.help, self.valueName) = (kind, (long, short), help, valueName)
        (self.environment, self.completion, self.completions) = (environment, completion, completions)
        (self.isRepeated, self.isOptional, self.defaultText) = (isRepeated, isOptional, defaultText)
        (self.value, self.store) = (value, store)
    }

    func take(_ word: String) throws {
        try store(self, word)
        isGiven = true
    }

    var longName: String { names.long ?? propertyName }
    /// `--name` or the argument's name in capitals.
    var label: String { kind == .argument ? "<\(propertyName)>" : "--\(longName)" }
}

/// A shape a parameter's value can have: one, optional, or many.
public protocol ParameterShape: Sendable {
    /// The type of one value.
    associatedtype Element: ArgumentValue
    /// The value before anything was given, where the shape has one.
    static var empty: Self? { get }
    /// Whether it may be given more than once.
    static var isRepeated: Bool { get }
    /// The value with one more element.
    func adding(_ element: Element) -> Self
    /// The value of one element.
    static func of(_ element: Element) -> Self
    /// The value as text for help; nil when there is nothing to show.
    var defaultText: String? { get }
}

extension Optional: ParameterShape where Wrapped: ArgumentValue {
    public typealias Element = Wrapped
    public static var empty: Self? { .some(nil) }
    public static var isRepeated: Bool { false }
    public func adding(_ element: Wrapped) -> Self { element }
    public static func of(_ element: Wrapped) -> Self { element }
    public var defaultText: String? { self?.argumentText }
}

extension Array: ParameterShape where Element: ArgumentValue {
    public static var empty: Self? { [] }
    public static var isRepeated: Bool { true }
    public func adding(_ element: Element) -> Self { self + [element] }
    public static func of(_ element: Element) -> Self { [element] }
    public var defaultText: String? { isEmpty ? nil : map(\.argumentText).joined(separator: ",") }
}

/// A value given by its place.
@propertyWrapper public struct Argument<Value: Sendable>: Sendable, ParameterWrapper {
    let box: ParameterBox
    /// The value; only valid once the command line was parsed.
    public var wrappedValue: Value {
        guard let value = box.value as? Value else { preconditionFailure("\(box.propertyName) is read before parsing") }
        return value
    }
}

/// A value given by name.
@propertyWrapper public struct Option<Value: Sendable>: Sendable, ParameterWrapper {
    let box: ParameterBox
    /// The value; the default when none was given.
    public var wrappedValue: Value {
        guard let value = box.value as? Value else { preconditionFailure("\(box.propertyName) is read before parsing") }
        return value
    }
}

/// A switch.
@propertyWrapper public struct Flag: Sendable, ParameterWrapper {
    let box: ParameterBox
    /// Whether it was given.
    public var wrappedValue: Bool { box.value as? Bool ?? false }

    /// A switch that is off unless given.
    public init(wrappedValue: Bool = false, name: String? = nil, short: Character? = nil, help: String) {
        box = ParameterBox(
            kind: .flag, long: name, short: short, help: help, valueName: "", isRepeated: false, isOptional: true,
            defaultText: nil, value: wrappedValue, store: { box, _ in box.value = true })
    }
}

/// A set of options that several commands share.
@propertyWrapper public struct OptionGroup<Value: ParsableOptions>: Sendable, GroupWrapper {
    /// The options.
    public var wrappedValue: Value
    /// The options as they are declared.
    public init() { wrappedValue = Value() }
    var group: any ParsableOptions { wrappedValue }
}

/// Options declared together.
public protocol ParsableOptions: Sendable {
    /// The options with their defaults.
    init()
}

protocol ParameterWrapper { var box: ParameterBox { get } }
protocol GroupWrapper { var group: any ParsableOptions { get } }
