// SPDX-License-Identifier: Apache-2.0

/// A word that is no option, by its place.
///
/// A property of type `T` without a default must be given; `T?` may be left out; `[T]` takes all words that the
/// arguments after it do not need, at least one when it has no default.
@propertyWrapper
public struct Argument<Value: Sendable>: Sendable, DeclaredProperty {
    private var box: Box<Value>
    var storage: any Storage { box }

    /// The value that counts; reading a required one before parsing is an error in the program.
    public var wrappedValue: Value {
        get { box.value }
        set { box = box.holding(newValue) }
    }

    private static func declaration(
        _ help: String, _ valueName: String?, _ completion: CompletionKind
    ) -> Declaration {
        Declaration(role: .argument, help: help, valueName: valueName ?? "", completion: completion)
    }

    /// Declares an argument that must be given.
    public init(help: String, valueName: String? = nil, completion: CompletionKind = .values)
    where Value: ArgumentValue {
        box = Box(single: Self.declaration(help, valueName, completion), initial: nil)
    }

    /// Declares an argument with a default.
    public init(wrappedValue: Value, help: String, valueName: String? = nil, completion: CompletionKind = .values)
    where Value: ArgumentValue {
        box = Box(single: Self.declaration(help, valueName, completion), initial: wrappedValue)
    }

    /// Declares an argument that may be left out.
    public init<T: ArgumentValue>(help: String, valueName: String? = nil, completion: CompletionKind = .values)
    where Value == T? {
        box = Box(optional: Self.declaration(help, valueName, completion))
    }

    /// Declares arguments of any number.
    public init<T: ArgumentValue>(
        wrappedValue: [T], help: String, valueName: String? = nil, completion: CompletionKind = .values
    ) where Value == [T] {
        box = Box(list: Self.declaration(help, valueName, completion), initial: wrappedValue)
    }

    /// Declares at least one argument.
    public init<T: ArgumentValue>(help: String, valueName: String? = nil, completion: CompletionKind = .values)
    where Value == [T] {
        box = Box(list: Self.declaration(help, valueName, completion), initial: nil)
    }
}
