// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Where a value of one type does not fit where another type is wanted.
public struct TypeMismatch: Hashable, Sendable, CustomStringConvertible {
    /// The path from the value to the part that does not fit: `.ports[*].port`, `.labels.*`; empty for the value itself.
    public let path: String
    /// Why it does not fit, without the path.
    public let reason: String

    /// Path and reason.
    public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }

    fileprivate func below(_ step: String) -> TypeMismatch { TypeMismatch(path: step + path, reason: reason) }
}

extension CELType {
    /// Whether a value of this type can be written where a schema asks for `target`; see `mismatch(with:)`.
    public func isStructurallyAssignable(to target: CELType) -> Bool { mismatch(with: target) == nil }

    /// The first part of a value of this type that does not fit where a schema asks for `target`; nil when all do.
    ///
    /// What the checker lets pass fits. Beyond that types are compared by what is in them, as kro does: dyn fits
    /// everywhere, an optional as its value, lists and maps by their elements. An object may have fewer fields than
    /// wanted, and no others unless the target allows them. A map fits an object when its values fit one field at least,
    /// since its type does not say which keys it has; kro is stricter there. Numbers of different types do not fit.
    public func mismatch(with target: CELType) -> TypeMismatch? {
        var comparison = TypeComparison()
        return comparison.mismatch(of: self, with: target)
    }
}

/// Compares types, each pair of object types once: a document may ask for the same pair in every string.
struct TypeComparison {
    private struct Pair: Hashable {
        let object: ObjectIdentifier
        let wanted: ObjectIdentifier
    }

    private var fitting: Set<Pair> = []

    mutating func mismatch(of type: CELType, with target: CELType) -> TypeMismatch? {
        switch (type, target) {
        case (.dyn, _), (_, .dyn), (.parameter, _), (_, .parameter), (.unknown, _), (_, .unknown): return nil
        case (.object(let object), .object(let wanted)): return mismatch(of: object, with: wanted)
        case _ where Self.isAssignable(type, to: target): return nil
        case (.optional(let value), _): return mismatch(of: value, with: target)
        case (_, .optional(let value)): return mismatch(of: type, with: value)
        case (.nullable(let inner), _): return mismatch(of: inner, with: target)
        case (_, .nullable(let inner)): return mismatch(of: type, with: inner)
        case (.list(let element), .list(let wanted)): return mismatch(of: element, with: wanted)?.below("[*]")
        case (.map(let key, let value), .map(let wantedKey, let wanted)):
            if mismatch(of: key, with: wantedKey) != nil {
                return TypeMismatch(path: "", reason: "its keys are of type '\(key)', not '\(wantedKey)'")
            }
            return mismatch(of: value, with: wanted)?.below(".*")
        case (.object(let object), .map(let key, let wanted)):
            if mismatch(of: .string, with: key) != nil {
                return TypeMismatch(path: "", reason: "its keys are strings, not of type '\(key)'")
            }
            for (name, field) in object.sortedFields {
                if let found = mismatch(of: field, with: wanted) { return found.below(".\(name)") }
            }
            return nil
        case (.map(let key, let value), .object(let wanted)):
            if mismatch(of: key, with: .string) != nil {
                return TypeMismatch(path: "", reason: "its keys are of type '\(key)', not strings")
            }
            if wanted.allowsOtherFields || wanted.fields.isEmpty { return nil }
            for field in wanted.fields.values where mismatch(of: value, with: field) == nil { return nil }
            return TypeMismatch(path: "", reason: "no field of \(wanted.name) is of type '\(value)'")
        default: return TypeMismatch(path: "", reason: "it is of type '\(type)', not '\(target)'")
        }
    }

    /// Whether the checker would let it pass; of lists and maps it would not look at the fields of objects in them.
    private static func isAssignable(_ type: CELType, to target: CELType) -> Bool {
        switch (type, target) {
        case (.list, .list), (.map, .map): return false
        default:
            var substitution = Substitution()
            return substitution.assign(type, to: target)
        }
    }

    private mutating func mismatch(of object: ObjectType, with wanted: ObjectType) -> TypeMismatch? {
        let pair = Pair(object: ObjectIdentifier(object), wanted: ObjectIdentifier(wanted))
        if object === wanted || fitting.contains(pair) { return nil }
        for (name, field) in object.sortedFields {
            if let known = wanted.fields[name] {
                if let found = mismatch(of: field, with: known) { return found.below(".\(name)") }
            } else if !wanted.allowsOtherFields {
                return TypeMismatch(path: ".\(name)", reason: "\(wanted.name) has no such field")
            }
        }
        fitting.insert(pair)
        return nil
    }
}

extension ObjectType {
    fileprivate var sortedFields: [(key: String, value: CELType)] {
        fields.sorted { $0.key.precedesByScalars($1.key) }
    }
}
