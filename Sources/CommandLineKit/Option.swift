// SPDX-License-Identifier: Apache-2.0

/// An option with a value: `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-nVALUE`.
///
/// A property of type `T` without a default must be given; `T?` may be left out; `[T]` takes one value each time the
/// option is given. The command line counts before the environment variable, that before the default. Of several
/// values for `T` or `T?` the last one counts.
@propertyWrapper
public struct Option<Value: Sendable>: Sendable, DeclaredProperty {
    private var box: Box<Value>
    var storage: any Storage { box }

    /// The value that counts; reading a required one before parsing is an error in the program.
    public var wrappedValue: Value {
        get { box.value }
        set { box = box.holding(newValue) }
    }

    private static func declaration(
        _ name: String?, _ short: Character?, _ help: String, _ valueName: String?, _ environment: String?,
        _ completion: CompletionKind
    ) -> Declaration {
        Declaration(
            role: .option, name: name, short: short, help: help, valueName: valueName ?? "", environment: environment,
            completion: completion)
    }

    /// Declares an option with a default.
    public init(
        wrappedValue: Value, name: String? = nil, short: Character? = nil, help: String, valueName: String? = nil,
        environment: String? = nil, completion: CompletionKind = .values
    ) where Value: ArgumentValue {
        box = Box(
            single: Self.declaration(name, short, help, valueName, environment, completion), initial: wrappedValue)
    }

    /// Declares an option that must be given.
    public init(
        name: String? = nil, short: Character? = nil, help: String, valueName: String? = nil,
        environment: String? = nil, completion: CompletionKind = .values
    ) where Value: ArgumentValue {
        box = Box(single: Self.declaration(name, short, help, valueName, environment, completion), initial: nil)
    }

    /// Declares an option that may be left out.
    public init<T: ArgumentValue>(
        name: String? = nil, short: Character? = nil, help: String, valueName: String? = nil,
        environment: String? = nil, completion: CompletionKind = .values
    ) where Value == T? {
        box = Box(optional: Self.declaration(name, short, help, valueName, environment, completion))
    }

    /// Declares an option that may be left out, with a default.
    public init<T: ArgumentValue>(
        wrappedValue: T?, name: String? = nil, short: Character? = nil, help: String, valueName: String? = nil,
        environment: String? = nil, completion: CompletionKind = .values
    ) where Value == T? {
        box = Box(
            optional: Self.declaration(name, short, help, valueName, environment, completion), initial: wrappedValue)
    }

    /// Declares an option that may be repeated.
    public init<T: ArgumentValue>(
        wrappedValue: [T], name: String? = nil, short: Character? = nil, help: String, valueName: String? = nil,
        environment: String? = nil, completion: CompletionKind = .values
    ) where Value == [T] {
        box = Box(
            list: Self.declaration(name, short, help, valueName, environment, completion), initial: wrappedValue)
    }
}
