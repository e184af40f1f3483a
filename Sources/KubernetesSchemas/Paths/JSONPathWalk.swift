// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Follows a path through an object.
struct JSONPathWalk {
    let allowsMissing: Bool
    private let limit: Int
    private var steps = 0

    init(allowsMissing: Bool, steps: Int) { (self.allowsMissing, limit) = (allowsMissing, steps) }

    mutating func values(of parts: [JSONPath.Part], from object: JSON) throws(Fault) -> [[JSON]] {
        var results: [[JSON]] = []
        for part in parts {
            switch part {
            case .text(let text): results.append([.string(text)])
            case .expression(let steps): results.append(try follow(steps, from: [object]))
            case .range(let steps, let parts):
                for value in try follow(steps, from: [object]) { results += try values(of: parts, from: value) }
            }
            try spend(1)
        }
        return results
    }

    private mutating func spend(_ count: Int) throws(Fault) {
        steps += count
        guard steps <= limit else {
            throw Fault(.limitExceeded, "the path leads to more than \(limit) values", fix: "use a more special path")
        }
    }

    private mutating func follow(_ path: [JSONPath.Step], from start: [JSON]) throws(Fault) -> [JSON] {
        var values = start
        for step in path { values = try take(step, values) }
        return values
    }

    private mutating func take(_ step: JSONPath.Step, _ values: [JSON]) throws(Fault) -> [JSON] {
        try spend(1 + values.count)
        switch step {
        case .literal(let literal): return values.map { _ in literal }
        case .field(let name):
            let found = values.compactMap { $0.object?[name] }
            guard !found.isEmpty || allowsMissing || values.isEmpty else {
                throw Fault(.notFound, "\(name) is not found")
            }
            return found
        case .wildcard:
            var found: [JSON] = []
            for value in values { found += value.children }
            try spend(found.count)
            return found
        case .recursive:
            var found: [JSON] = []
            for value in values { try descend(value, into: &found) }
            return found
        case .slice(let slice):
            var found: [JSON] = []
            for value in values where value != .null {
                guard case .array(let items) = value else {
                    throw Fault(.invalid, "a \(value.kindName) is not array or slice")
                }
                found += try Self.elements(slice, of: items)
            }
            try spend(found.count)
            return found
        case .union(let paths):
            var found: [JSON] = []
            for path in paths { found += try follow(path, from: values) }
            return found
        case .filter(let left, let comparison, let right):
            return try filter(values, left, comparison, right)
        }
    }

    /// A value and all below it that have values of their own.
    private mutating func descend(_ value: JSON, into found: inout [JSON]) throws(Fault) {
        let children = value.children
        guard !children.isEmpty else { return }
        try spend(children.count)
        found.append(value)
        for child in children { try descend(child, into: &found) }
    }

    private static func elements(_ slice: JSONPath.Slice, of items: [JSON]) throws(Fault) -> [JSON] {
        let count = items.count
        var start = slice.start ?? 0, end = slice.end ?? count
        if start < 0 { start += count }
        if slice.end != nil, end < 0 || end == 0 && slice.isIndex { end += count }
        guard start != end else { return [] }
        for (index, isBad) in [(start, start >= count || start < 0), (end - 1, end > count || end < 0)] where isBad {
            throw Fault(.invalid, "array index out of bounds: index \(index), length \(count)")
        }
        guard start < end else {
            throw Fault(.invalid, "starting index \(start) is greater than ending index \(end)")
        }
        let step = slice.step ?? 1
        guard step > 0 else { throw Fault(.invalid, "step must be > 0") }
        return stride(from: start, to: end, by: step).map { items[$0] }
    }

    private mutating func filter(
        _ values: [JSON], _ left: [JSONPath.Step], _ comparison: JSONPath.Comparison?, _ right: [JSONPath.Step]
    ) throws(Fault) -> [JSON] {
        var found: [JSON] = []
        for value in values {
            guard case .array(let items) = value else {
                throw Fault(.invalid, "a \(value.kindName) is not array or slice and cannot be filtered")
            }
            for item in items {
                guard let comparison else {
                    if try isThere(left, item) { found.append(item) }
                    continue
                }
                let lefts = try follow(left, from: [item])
                guard !lefts.isEmpty else { continue }
                let rights = try follow(right, from: [item])
                guard !rights.isEmpty else { continue }
                guard lefts.count == 1, rights.count == 1 else {
                    throw Fault(.invalid, "can only compare one element at a time")
                }
                if try Self.holds(lefts[0], comparison, rights[0]) { found.append(item) }
            }
        }
        return found
    }

    /// Whether a path leads anywhere; that it fails is no more than a no, unless it takes too long.
    private mutating func isThere(_ path: [JSONPath.Step], _ item: JSON) throws(Fault) -> Bool {
        do throws(Fault) { return try !follow(path, from: [item]).isEmpty } catch {
            guard error.code == .limitExceeded else { return false }
            throw error
        }
    }

    private static func holds(_ a: JSON, _ comparison: JSONPath.Comparison, _ b: JSON) throws(Fault) -> Bool {
        let order: Int
        switch (a, b) {
        case (.string(let first), .string(let second)): order = first.compareScalars(with: second)
        case (.number(let first), .number(let second)):
            if let one = first.int64, let other = second.int64 {
                order = one < other ? -1 : one > other ? 1 : 0
            } else {
                order = first.double < second.double ? -1 : first.double > second.double ? 1 : 0
            }
        case (.bool(let first), .bool(let second)) where comparison == .equal || comparison == .unequal:
            order = first == second ? 0 : 1
        default: throw Fault(.invalid, "incompatible types for comparison")
        }
        switch comparison {
        case .equal: return order == 0
        case .unequal: return order != 0
        case .less: return order < 0
        case .lessOrEqual: return order <= 0
        case .greater: return order > 0
        case .greaterOrEqual: return order >= 0
        }
    }
}

extension JSON {
    /// The values of an object or list.
    fileprivate var children: [JSON] {
        switch self {
        case .object(let object): object.map(\.value)
        case .array(let items): items
        default: []
        }
    }
}
