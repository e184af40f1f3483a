// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import CELLibraries

extension Session {
    /// What may stand at the end of an expression: variables, functions and macros, and behind a dot the fields that
    /// the value has and the methods that its type has. To find out, what stands before the dot is evaluated.
    public func suggestions(for text: String) -> Suggestions {
        let tail = ExpressionTail(text)
        guard !tail.isQuoted else { return .none }
        let forms = FunctionForm.all(in: profile.libraries)
        guard let receiver = tail.receiver else {
            return Suggestions(start: tail.start, after: tail.word, names.filter(\.isFieldName) + Self.starts(forms))
        }
        let namespaced = Self.members(of: receiver, forms, names)
        if !namespaced.isEmpty { return Suggestions(start: tail.start, after: tail.word, namespaced) }
        var fields: [String] = [], types: [String] = []
        if let value = value(of: receiver, tail, depth: 0) {
            (fields, types) = (value.fieldNames, [value.typeName])
        } else if let type = try? check(receiver).resultType, type != .dyn {
            if case .object(let object) = type { fields = object.fields.keys.sorted() }
            types = [type.name]
        } else {
            types = []
        }
        let methods = forms.filter { form in
            types.isEmpty ? form.kind == .method || form.follows("list") : types.contains { form.follows($0) }
        }
        return Suggestions(
            start: tail.start, after: tail.word, fields + Set(methods.map { $0.name + "(" }).sorted())
    }

    /// What an expression can begin with.
    private static func starts(_ forms: [FunctionForm]) -> [String] {
        var words: Set<String> = ["true", "false", "null"]
        for form in forms {
            if let dot = form.name.firstIndex(of: ".") {
                words.insert(String(form.name[...dot]))
            } else if form.kind == .function || form.kind == .macro && Macros.receivers[form.name] == nil {
                words.insert(form.name + "(")
            }
        }
        return words.sorted()
    }

    /// What stands in a namespace: functions, and variables with dotted names.
    private static func members(of namespace: String, _ forms: [FunctionForm], _ names: [String]) -> [String] {
        let prefix = namespace + "."
        let functions = forms.filter { $0.name.hasPrefix(prefix) }.map { String($0.name.dropFirst(prefix.count)) + "(" }
        let variables = names.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        return Set(functions).sorted() + variables
    }

    /// The value of what stands before a dot, as far as a moment's work finds it.
    private func value(of text: String, _ tail: ExpressionTail, depth: Int) -> Value? {
        var session = self
        session.limits = EvaluationLimits(steps: 100_000, bytes: 4 << 20)
        session.unknown = []
        let root = String(text.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
        if values[root] == nil, depth < 4, let range = tail.range(ofLoopOver: root),
            let element = value(of: range, tail, depth: depth + 1)?.example
        {
            try? session.set(root, to: element)
        }
        guard let program = try? session.compile(text, isChecked: false),
            case .value(let value) = try? session.evaluate(program)
        else { return nil }
        return value
    }
}

extension Value {
    /// The names that can stand behind a dot.
    fileprivate var fieldNames: [String] {
        switch self {
        case .map(let map):
            map.keys.compactMap { if case .string(let name) = $0, name.isFieldName { name } else { nil } }.sorted()
        case .optional(let wrapped?): wrapped.value.fieldNames
        default: []
        }
    }

    /// What a loop's variable is at first.
    fileprivate var example: Value? {
        switch self {
        case .list(let list): list.first
        case .map(let map): map.keys.first
        default: nil
        }
    }
}
