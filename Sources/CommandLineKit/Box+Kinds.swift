// SPDX-License-Identifier: Apache-2.0

extension Box where Value: ArgumentValue {
    /// One value; required when there is no initial one.
    convenience init(single declaration: Declaration, initial: Value?) {
        var typed = declaration.typed(Value.self, default: initial?.argumentText)
        typed.isRequired = initial == nil
        self.init(
            typed, initial: initial, describe: { $0.argumentText }, parse: { word, _ in try Value(argument: word) })
    }
}

extension Box {
    /// One value or none.
    convenience init<T: ArgumentValue>(optional declaration: Declaration, initial: T? = nil) where Value == T? {
        self.init(
            declaration.typed(T.self, default: initial?.argumentText), initial: .some(initial),
            describe: { $0?.argumentText }, parse: { word, _ in .some(try T(argument: word)) })
    }

    /// Any number of values; the first one given replaces the initial ones.
    convenience init<T: ArgumentValue>(list declaration: Declaration, initial: [T]?) where Value == [T] {
        var typed = declaration.typed(T.self, default: initial?.map(\.argumentText).joined(separator: ", "))
        typed.isRepeatable = true
        typed.isRequired = initial == nil
        self.init(typed, initial: initial, parse: { word, earlier in (earlier ?? []) + [try T(argument: word)] })
    }
}

extension Box where Value == Bool {
    /// On or off.
    convenience init(flag declaration: Declaration, initial: Bool) {
        self.init(declaration, initial: initial, describe: { $0 ? "true" : "false" }) { word, _ in
            switch word {
            case "", "true": true
            case "false": false
            default: throw UsageError("“\(word)” is neither true nor false", fix: "leave the value out")
            }
        }
    }
}

/// A property that declares something; all wrappers below are one.
protocol DeclaredProperty {
    var storage: any Storage { get }
}

/// A property that holds more declared properties.
protocol DeclaredGroup {
    var members: Any { get }
}

/// A declared property and the name it got.
struct Parameter: Sendable {
    let name: String
    let storage: any Storage

    var declaration: Declaration { storage.declaration }
    var role: Declaration.Role { declaration.role }
    /// How help and messages name its value.
    var valueName: String { declaration.valueName.isEmpty ? name.uppercased() : declaration.valueName }
    /// How messages name it: `--file` or `REPOSITORY`.
    var label: String { role == .argument ? valueName : "--\(name)" }

    /// The declared properties of a command or of a group of options, in order.
    static func all(of value: Any) -> [Parameter] {
        var found: [Parameter] = []
        for child in Mirror(reflecting: value).children {
            if let group = child.value as? any DeclaredGroup {
                found += all(of: group.members)
            } else if let property = child.value as? any DeclaredProperty, let label = child.label {
                let own = label.hasPrefix("_") ? String(label.dropFirst()) : label
                found.append(
                    Parameter(name: property.storage.declaration.name ?? kebabCase(own), storage: property.storage))
            }
        }
        return found
    }
}
