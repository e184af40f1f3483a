// SPDX-License-Identifier: Apache-2.0

public import CEL

/// One form of a function, an operator or a macro, as people look for it.
public struct FunctionForm: Sendable, Hashable {
    /// How it is written.
    public enum Kind: String, Sendable {
        case function, method, macro, `operator`
    }

    /// The library that brings it.
    public let library: String
    /// Its name; `_+_` for an operator.
    public let name: String
    /// How it is written.
    public let kind: Kind
    /// `string.charAt(int) -> string`.
    public let signature: String
    /// The types it takes, the one before the dot first; empty for a macro.
    public let parameters: [CELType]

    /// Whether it can stand behind the dot after a value with this name of a type.
    public func follows(_ typeName: String) -> Bool {
        switch kind {
        case .method: parameters.first.map { $0.isGeneral || $0.name == typeName } ?? false
        case .macro: Macros.receivers[name]?.contains(typeName) ?? false
        case .function, .operator: false
        }
    }

    /// All forms that libraries bring, each once, in the order of the libraries.
    public static func all(in libraries: [Library]) -> [FunctionForm] {
        var forms: [FunctionForm] = [], seen: Set<String> = []
        for library in libraries {
            for function in library.functions {
                for overload in function.overloads {
                    let form = FunctionForm(overload, named: function.name, in: library.name)
                    if seen.insert(form.signature).inserted { forms.append(form) }
                }
            }
            for macro in library.macros {
                let form = FunctionForm(
                    library: library.name, name: Macros.name(macro), kind: .macro, signature: Macros.signature(macro),
                    parameters: [])
                if seen.insert(form.signature).inserted { forms.append(form) }
            }
        }
        return forms
    }
}

extension FunctionForm {
    fileprivate init(_ overload: Overload, named name: String, in library: String) {
        let types = overload.parameters.map(\.description)
        // `math.@min` and its likes are what macros make of a call; nobody writes them.
        let isOperator = !(name.first?.isLetter ?? false) || name.contains("@")
        let call: String
        if isOperator {
            call = Self.operatorText(name, types)
        } else if overload.isMethod, let receiver = types.first {
            call = "\(receiver).\(name)(\(types.dropFirst().joined(separator: ", ")))"
        } else {
            call = "\(name)(\(types.joined(separator: ", ")))"
        }
        self.init(
            library: library, name: name, kind: isOperator ? .operator : overload.isMethod ? .method : .function,
            signature: "\(call) -> \(overload.result)", parameters: overload.parameters)
    }

    /// `_+_` with the types in the places of the blanks.
    private static func operatorText(_ name: String, _ types: [String]) -> String {
        switch (name, types.count) {
        case ("@in", 2): "\(types[0]) in \(types[1])"
        case ("_[_]", 2): "\(types[0])[\(types[1])]"
        case ("_[?_]", 2): "\(types[0])[?\(types[1])]"
        case (_, 1): "\(name.dropLast())\(types[0])"
        case (_, 2): "\(types[0]) \(name.dropFirst().dropLast()) \(types[1])"
        default: "\(name)(\(types.joined(separator: ", ")))"
        }
    }
}

extension CELType {
    /// Whether values of any type fit.
    fileprivate var isGeneral: Bool {
        switch self {
        case .dyn, .parameter: true
        default: false
        }
    }
}
