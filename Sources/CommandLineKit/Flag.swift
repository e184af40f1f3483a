// SPDX-License-Identifier: Apache-2.0

/// A switch: `--name`, or `-n`, which may stand in one word with others (`-rV`).
///
/// `--name=false` takes back what an earlier word switched on.
@propertyWrapper
public struct Flag: Sendable, DeclaredProperty {
    private var box: Box<Bool>
    var storage: any Storage { box }

    /// Whether it is on.
    public var wrappedValue: Bool {
        get { box.value }
        set { box = box.holding(newValue) }
    }

    /// Declares a switch.
    public init(wrappedValue: Bool, name: String? = nil, short: Character? = nil, help: String) {
        box = Box(flag: Declaration(role: .flag, name: name, short: short, help: help), initial: wrappedValue)
    }
}

/// Options declared once and used by several commands.
public protocol ParsableOptions: Sendable {
    /// Makes the options with their defaults.
    init()
}

/// Puts a group of options into a command.
@propertyWrapper
public struct OptionGroup<Options: ParsableOptions>: Sendable, DeclaredGroup {
    /// The options.
    public var wrappedValue: Options
    var members: Any { wrappedValue }

    /// Makes the group with its defaults.
    public init() { wrappedValue = Options() }
}
