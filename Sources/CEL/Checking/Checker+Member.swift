// SPDX-License-Identifier: Apache-2.0

internal import Basics

// Fields and aggregates.
extension Checker {
    /// The type of a field; of an optional's field an optional.
    mutating func member(
        _ field: String, of operand: CELType, isOptional: Bool, isTest: Bool, _ id: Expression.ID
    ) -> CELType {
        let type = substitution.resolve(operand)
        switch type {
        case .dyn: return .dyn
        case .unknown:
            _ = assign(.dyn, to: type)
            return .dyn
        case .map(_, let value): return value
        case .object(let object):
            if let known = object[field] { return known }
            if object.allowsOtherFields { return .dyn }
            return fail(
                "undefined field '\(field)' of \(object.name)" + spelling(field, among: object.fields.keys.sorted()),
                at: id)
        case .optional(let inner):
            let selected = member(field, of: inner, isOptional: isOptional, isTest: isTest, id)
            let found = substitution.resolve(selected)
            if case .optional = found { return found }
            return .optional(found)
        default:
            return fail("type '\(show(type))' does not support field selection", at: id)
        }
    }

    /// `; did you mean …` for the nearest of the names that are known.
    func spelling(_ name: String, among known: @autoclosure () -> some Collection<String>) -> String {
        // Comparing with all names takes longer than checking; nobody reads more than the first few.
        guard problems.count < 10, let near = Spelling.nearest(to: name, among: Array(known())) else { return "" }
        return "; did you mean '\(near)'?"
    }

    mutating func conditional(
        _ condition: Expression.ID, _ then: Expression.ID, _ otherwise: Expression.ID, _ id: Expression.ID
    ) -> CELType {
        expect(.bool, condition, "the condition")
        let first = type(of: then), second = type(of: otherwise)
        if let joined = substitution.join(first, second) { return joined }
        return fail("the branches are of different types, '\(show(first))' and '\(show(second))'", at: id)
    }

    mutating func list(_ elements: [Expression.Element]) -> CELType {
        var joined: CELType?
        for element in elements {
            var found = type(of: element.value)
            if element.isOptional { found = unwrapped(found, element.value, "element") }
            joined = join(joined, found, element.value, "the elements of the list")
        }
        return .list(joined ?? substitution.fresh())
    }

    mutating func map(_ entries: [Expression.Entry]) -> CELType {
        var key: CELType?, value: CELType?
        for entry in entries {
            key = join(key, type(of: entry.key), entry.key, "the keys of the map")
            var found = type(of: entry.value)
            if entry.isOptional { found = unwrapped(found, entry.value, "entry") }
            value = join(value, found, entry.value, "the values of the map")
        }
        return .map(key ?? substitution.fresh(), value ?? substitution.fresh())
    }

    /// What an optional element or entry puts in.
    mutating func unwrapped(_ type: CELType, _ id: Expression.ID, _ what: String) -> CELType {
        switch substitution.resolve(type) {
        case .optional(let inner): inner
        case .dyn: .dyn
        case let other: fail("the optional \(what) is of type '\(show(other))', not optional", at: id)
        }
    }

    private mutating func join(
        _ previous: CELType?, _ next: CELType, _ id: Expression.ID, _ what: String
    ) -> CELType {
        guard let previous else { return next }
        if let joined = substitution.join(previous, next) { return joined }
        guard environment.options.homogeneousLiterals else { return .dyn }
        return fail("\(what) are of different types, '\(show(previous))' and '\(show(next))'", at: id)
    }

    mutating func loop(_ loop: Expression.Loop) -> CELType {
        let visited = type(of: loop.range)
        let range = substitution.resolve(visited)
        let key: CELType, value: CELType
        switch range {
        case .list(let element): (key, value) = (.int, element)
        case .map(let keys, let values): (key, value) = (keys, values)
        case .dyn: (key, value) = (.dyn, .dyn)
        case .unknown:
            _ = assign(.dyn, to: range)
            (key, value) = (.dyn, .dyn)
        default:
            (key, value) = (.dyn, .dyn)
            _ = fail(
                "'\(show(range))' cannot be the range of a loop; it takes a list or a map", at: loop.range)
        }
        var variables: [(String, CELType)]
        var element = key
        if case .list = range { element = value }
        if let second = loop.secondVariable {
            variables = [(loop.variable, key), (second, value)]
        } else {
            variables = [(loop.variable, element)]
        }
        return withLocals(variables) { checker in
            if let condition = loop.condition { checker.expect(.bool, condition, "the condition") }
            switch loop.yield {
            case .all, .exists, .existsOne: return .bool
            case .filtered: return .list(element)
            case .list: return .list(checker.type(of: loop.result!))
            case .map: return .map(key, checker.type(of: loop.result!))
            case .mergedMap:
                let entries = CELType.map(checker.substitution.fresh(), checker.substitution.fresh())
                checker.expect(entries, loop.result!, "the entry")
                return entries
            }
        }
    }
}
