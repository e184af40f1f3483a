// SPDX-License-Identifier: Apache-2.0

// Which form of a function is meant.
extension Checker {
    mutating func call(_ name: String, _ arguments: [Expression.ID], _ id: Expression.ID) -> CELType {
        let environment = environment
        let known = environment.container.resolve(name) { environment.functions[$0] }
        guard let known else {
            for argument in arguments { _ = type(of: argument) }
            return fail(undeclaredFunction(name), at: id)
        }
        let found = arguments.map { type(of: $0) }
        guard let (overloads, result) = match(known, isMethod: false, found) else {
            return fail("found no matching overload for '\(name)' applied to '(\(list(found)))'", at: id)
        }
        resolve(id, .overloads(overloads))
        return result
    }

    mutating func method(
        _ target: Expression.ID, _ name: String, _ arguments: [Expression.ID], _ id: Expression.ID
    ) -> CELType {
        let environment = environment
        if let prefix = qualifiedName(target), local(String(prefix.prefix { $0 != "." })) == nil,
            let (full, known) = environment.container.resolve(
                "\(prefix).\(name)", { full in environment.functions[full].map { (full, $0) } })
        {
            let found = arguments.map { type(of: $0) }
            guard let (overloads, result) = match(known, isMethod: false, found) else {
                return fail("found no matching overload for '\(full)' applied to '(\(list(found)))'", at: id)
            }
            resolve(id, .namespaced(full, overloads))
            return result
        }
        let receiver = type(of: target)
        let found = arguments.map { type(of: $0) }
        guard let known = environment.functions[name] else { return fail(undeclaredFunction(name), at: id) }
        guard let (overloads, result) = match(known, isMethod: true, [receiver] + found) else {
            return fail(
                "found no matching overload for '\(name)' applied to '\(show(receiver)).(\(list(found)))'", at: id)
        }
        resolve(id, .overloads(overloads))
        return result
    }

    private mutating func list(_ types: [CELType]) -> String { types.map { show($0) }.joined(separator: ", ") }

    private func undeclaredFunction(_ name: String) -> String {
        "undeclared reference to '\(name)': there is no such function"
            + spelling(name, among: environment.functions.keys.filter { $0.first?.isLetter == true }.sorted())
    }

    /// All forms that take these arguments, and the type of their results: that of all, or dyn when they differ.
    private mutating func match(
        _ known: [Overload], isMethod: Bool, _ arguments: [CELType]
    ) -> ([Overload], CELType)? {
        var matching: [Overload] = [], result: CELType?
        for overload in known where overload.isMethod == isMethod && overload.parameters.count == arguments.count {
            var parameters: [String: CELType] = [:]
            let fits = substitution.attempt { attempt in
                for (wanted, found) in zip(overload.parameters, arguments) {
                    let concrete = wanted.isGeneric ? wanted.instantiated(&parameters, &attempt) : wanted
                    guard attempt.assign(found, to: concrete) else { return false }
                }
                return true
            }
            guard fits else { continue }
            matching.append(overload)
            let yields = overload.result.instantiated(&parameters, &substitution)
            if let known = result {
                if known != .dyn, substitution.resolve(known) != substitution.resolve(yields) { result = .dyn }
            } else {
                result = yields
            }
        }
        guard let result else { return nil }
        return (matching, result)
    }

    mutating func message(_ name: String, _ fields: [Expression.Field], _ id: Expression.ID) -> CELType {
        guard let type = environment.container.resolve(name, { MessageType(rawValue: $0) }) else {
            for field in fields { _ = self.type(of: field.value) }
            return fail("undeclared reference to '\(name)': there is no such message", at: id)
        }
        for field in fields {
            guard let wanted = type.fields[field.name] else {
                _ = self.type(of: field.value)
                _ = fail("undefined field '\(field.name)' of \(name)", at: field.value)
                continue
            }
            var found = self.type(of: field.value)
            if field.isOptional { found = unwrapped(found, field.value, "field") }
            if !assign(found, to: wanted) {
                _ = fail(
                    "the field '\(field.name)' is of type '\(show(wanted))', not '\(show(found))'", at: field.value)
            }
        }
        return type.valueType
    }
}
