// SPDX-License-Identifier: Apache-2.0

/// What the unknown types of one check turned out to be.
struct Substitution {
    private var known: [CELType?] = []
    /// What the running attempt has changed.
    private var changes: [(index: Int, before: CELType?)] = []
    /// How many more types with others inside may be looked at. Types share their parts, so one that is written with a
    /// few names can spell out to any size.
    private(set) var patience = 2_000_000

    /// Whether the types grew beyond what is looked at; answers are arbitrary from then on.
    var isExhausted: Bool { patience < 0 }

    /// Runs a part of the check; when it says no, what it learned is forgotten.
    mutating func attempt(_ body: (inout Substitution) -> Bool) -> Bool {
        let count = known.count
        changes.removeAll(keepingCapacity: true)
        if body(&self) { return true }
        for (index, before) in changes.reversed() { known[index] = before }
        known.removeLast(known.count - count)
        return false
    }

    private mutating func learn(_ type: CELType, of index: Int) {
        changes.append((index, known[index]))
        known[index] = type
    }

    /// Makes each unknown type lead at once to what it was found to be.
    mutating func compress() {
        var path: [Int] = []
        for start in known.indices {
            var type = CELType.unknown(start)
            while case .unknown(let index) = type, let found = known[index] {
                path.append(index)
                type = found
            }
            for index in path { known[index] = type }
            path.removeAll(keepingCapacity: true)
        }
    }

    /// A type to be found.
    mutating func fresh() -> CELType {
        known.append(nil)
        return .unknown(known.count - 1)
    }

    /// The type itself, or what an unknown one was found to be; what is inside of it may still be unknown.
    func resolve(_ type: CELType) -> CELType {
        var type = type
        while case .unknown(let index) = type, let found = known[index] { type = found }
        return type
    }

    /// The type with everything inside of it resolved; what stays unknown is anything.
    mutating func complete(_ type: CELType) -> CELType {
        let type = resolve(type)
        if type.isComposite {
            patience -= 1
            if isExhausted { return .dyn }
        }
        switch type {
        case .unknown: return .dyn
        case .list(let element): return .list(complete(element))
        case .map(let key, let value): return .map(complete(key), complete(value))
        case .optional(let value): return .optional(complete(value))
        case .type(let value): return .type(complete(value))
        case .opaque(let name, let parameters): return .opaque(name, parameters.map { complete($0) })
        default: return type
        }
    }

    /// Whether a value of type `a` can be used where `b` is wanted; learns what unknown types are.
    mutating func assign(_ a: CELType, to b: CELType) -> Bool {
        if a.isComposite || b.isComposite {
            patience -= 1
            if isExhausted { return true }
        }
        if case .unknown(let index) = b {
            if let answer = substitute(a, for: index) { return answer }
        }
        if case .unknown(let index) = a { return substitute(b, for: index) ?? false }
        switch (a, b) {
        case (.dyn, _), (_, .dyn): return true
        case (.null, _): return b.acceptsNull
        case (_, .null): return a.acceptsNull
        case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)): return assign(a, to: b)
        case (.type, .type): return true
        case (.map(let key, let value), .map(let otherKey, let otherValue)):
            return assign(key, to: otherKey) && assign(value, to: otherValue)
        case (.opaque(let name, let a), .opaque(let other, let b)):
            guard name == other, a.count == b.count else { return false }
            for (a, b) in zip(a, b) where !assign(a, to: b) { return false }
            return true
        case (.nullable(let a), .nullable(let b)), (.nullable(let a), let b), (let a, .nullable(let b)): return a == b
        default: return a == b
        }
    }

    /// Whether an unknown type can be `type`; nil when it is not known yet and cannot.
    private mutating func substitute(_ type: CELType, for index: Int) -> Bool? {
        if case .unknown(index) = type { return true }
        if let found = known[index] {
            if type == found { return true }
            guard assign(type, to: found) else { return false }
            let general = type.isLessSpecific(than: found) ? type : found
            if !occurs(index, in: general) { learn(general, of: index) }
            return true
        }
        guard !occurs(index, in: type) else { return nil }
        learn(type, of: index)
        return true
    }

    private mutating func occurs(_ index: Int, in type: CELType) -> Bool {
        var type = type
        while case .unknown(let other) = type {
            if other == index { return true }
            guard let found = known[other] else { return false }
            type = found
        }
        guard type.isComposite else { return false }
        patience -= 1
        if isExhausted { return false }
        switch type {
        case .list(let inner), .optional(let inner), .type(let inner): return occurs(index, in: inner)
        case .map(let key, let value): return occurs(index, in: key) || occurs(index, in: value)
        case .opaque(_, let parameters): return parameters.contains { occurs(index, in: $0) }
        default: return false
        }
    }

    /// The type of what is of one type or the other; nil when they have none in common.
    mutating func join(_ a: CELType, _ b: CELType) -> CELType? {
        guard attempt({ $0.assign(a, to: b) }) else { return nil }
        return a.isLessSpecific(than: b) ? a : b
    }
}

extension CELType {
    /// Whether other types are inside of it, or may be.
    fileprivate var isComposite: Bool {
        switch self {
        case .list, .map, .optional, .type, .unknown: true
        case .opaque(_, let parameters): !parameters.isEmpty
        default: false
        }
    }

    /// The type itself, or anything in place of one with more parts than a schema ever has.
    var bounded: CELType {
        var parts = 100
        return fits(&parts) ? self : .dyn
    }

    private func fits(_ parts: inout Int) -> Bool {
        parts -= 1
        guard parts >= 0 else { return false }
        switch self {
        case .list(let inner), .optional(let inner), .type(let inner), .nullable(let inner): return inner.fits(&parts)
        case .map(let key, let value): return key.fits(&parts) && value.fits(&parts)
        case .opaque(_, let parameters):
            for parameter in parameters where !parameter.fits(&parts) { return false }
            return true
        default: return true
        }
    }

    fileprivate var acceptsNull: Bool {
        switch self {
        case .null, .nullable, .opaque, .object, .optional, .timestamp, .duration, .dyn: true
        default: false
        }
    }

    /// Whether everything that `other` says of a value, this says too or leaves open.
    fileprivate func isLessSpecific(than other: CELType) -> Bool {
        switch (self, other) {
        case (.dyn, _), (.unknown, _): true
        case (_, .dyn), (_, .unknown): false
        case (.list(let a), .list(let b)), (.optional(let a), .optional(let b)), (.type(let a), .type(let b)):
            a.isLessSpecific(than: b)
        case (.map(let key, let value), .map(let otherKey, let otherValue)):
            key.isLessSpecific(than: otherKey) && value.isLessSpecific(than: otherValue)
        case (.opaque(let name, let a), .opaque(let other, let b)):
            name == other && a.count == b.count && zip(a, b).allSatisfy { $0.isLessSpecific(than: $1) }
        case (_, .null): acceptsNull
        case (.nullable(let a), let b): a == b
        default: self == other
        }
    }

    /// Whether there are type parameters in it.
    var isGeneric: Bool {
        switch self {
        case .parameter: true
        case .list(let inner), .optional(let inner), .type(let inner): inner.isGeneric
        case .map(let key, let value): key.isGeneric || value.isGeneric
        case .opaque(_, let parameters): parameters.contains(where: \.isGeneric)
        default: false
        }
    }

    /// The type with its parameters replaced.
    func instantiated(_ parameters: inout [String: CELType], _ substitution: inout Substitution) -> CELType {
        switch self {
        case .parameter(let name):
            if let known = parameters[name] { return known }
            let fresh = substitution.fresh()
            parameters[name] = fresh
            return fresh
        case .list(let inner): return .list(inner.instantiated(&parameters, &substitution))
        case .optional(let inner): return .optional(inner.instantiated(&parameters, &substitution))
        case .type(let inner): return .type(inner.instantiated(&parameters, &substitution))
        case .map(let key, let value):
            return .map(
                key.instantiated(&parameters, &substitution), value.instantiated(&parameters, &substitution))
        case .opaque(let name, let inner):
            return .opaque(name, inner.map { $0.instantiated(&parameters, &substitution) })
        default: return self
        }
    }
}
