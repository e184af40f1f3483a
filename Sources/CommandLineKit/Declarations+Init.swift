// SPDX-License-Identifier: Apache-2.0

private func one<V: ArgumentValue>(_ type: V.Type) -> (ParameterBox, String) throws -> Void {
    { box, word in box.value = try V(argument: word) }
}

private func shaped<V: ParameterShape>(_ type: V.Type) -> (ParameterBox, String) throws -> Void {
    { box, word in
        let element = try V.Element(argument: word)
        guard V.isRepeated, box.isGiven, let value = box.value as? V else {
            box.value = V.of(element)
            return
        }
        box.value = value.adding(element)
    }
}

/// Stands for a value that was not given.
struct Missing {}

extension Argument where Value: ArgumentValue {
    /// An argument that must be given.
    public init(help: String, valueName: String? = nil, completion: CompletionKind = .none) {
        box = ParameterBox(
            kind: .argument, help: help, valueName: valueName ?? "", completion: completion, completions: Value.allCompletions,
            isRepeated: false, isOptional: false, defaultText: nil, value: Missing(), store: one(Value.self))
    }
}

extension Argument where Value: ParameterShape {
    /// An argument that may be left out, or given several times.
    public init(wrappedValue: Value, help: String, valueName: String? = nil, completion: CompletionKind = .none) {
        box = ParameterBox(
            kind: .argument, help: help, valueName: valueName ?? "", completion: completion,
            completions: Value.Element.allCompletions, isRepeated: Value.isRepeated, isOptional: true,
            defaultText: wrappedValue.defaultText, value: wrappedValue, store: shaped(Value.self))
    }
}

extension Option where Value: ArgumentValue {
    /// An option with a default.
    public init(
        wrappedValue: Value, name: String? = nil, short: Character? = nil, help: String, valueName: String? = nil,
        environment: String? = nil, completion: CompletionKind = .none
    ) {
        box = ParameterBox(
            kind: .option, long: name, short: short, help: help, valueName: valueName ?? Value.defaultValueName,
            environment: environment, completion: completion, completions: Value.allCompletions, isRepeated: false,
            isOptional: true, defaultText: wrappedValue.argumentText, value: wrappedValue, store: one(Value.self))
    }

    /// An option that must be given.
    public init(
        name: String? = nil, short: Character? = nil, help: String, valueName: String? = nil, environment: String? = nil,
        completion: CompletionKind = .none
    ) {
        box = ParameterBox(
            kind: .option, long: name, short: short, help: help, valueName: valueName ?? Value.defaultValueName,
            environment: environment, completion: completion, completions: Value.allCompletions, isRepeated: false,
            isOptional: false, defaultText: nil, value: Missing(), store: one(Value.self))
    }
}

extension Option where Value: ParameterShape {
    /// An option that may be left out, or given several times.
    public init(
        wrappedValue: Value, name: String? = nil, short: Character? = nil, help: String, valueName: String? = nil,
        environment: String? = nil, completion: CompletionKind = .none
    ) {
        box = ParameterBox(
            kind: .option, long: name, short: short, help: help, valueName: valueName ?? Value.Element.defaultValueName,
            environment: environment, completion: completion, completions: Value.Element.allCompletions,
            isRepeated: Value.isRepeated, isOptional: true, defaultText: wrappedValue.defaultText, value: wrappedValue,
            store: shaped(Value.self))
    }
}

extension Option where Value: ParameterShape & ExpressibleByNilLiteral {
    /// An option that may be left out.
    public init(
        name: String? = nil, short: Character? = nil, help: String, valueName: String? = nil, environment: String? = nil,
        completion: CompletionKind = .none
    ) {
        self.init(
            wrappedValue: nil, name: name, short: short, help: help, valueName: valueName, environment: environment,
            completion: completion)
    }
}
