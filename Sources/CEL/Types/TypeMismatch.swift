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
        var substitution = Substitution()
        if substitution.assign(self, to: target), !isObject || !target.isObject { return nil }
        switch (self, target) {
        case (.dyn, _), (_, .dyn), (.parameter, _), (_, .parameter), (.unknown, _), (_, .unknown): return nil
        case (.optional(let value), _): return value.mismatch(with: target)
        case (_, .optional(let value)): return mismatch(with: value)
        case (.nullable(let type), _): return type.mismatch(with: target)
        case (_, .nullable(let type)): return mismatch(with: type)
        case (.list(let element), .list(let wanted)): return element.mismatch(with: wanted)?.below("[*]")
        case (.map(let key, let value), .map(let wantedKey, let wanted)):
            if key.mismatch(with: wantedKey) != nil {
                return TypeMismatch(path: "", reason: "its keys are of type '\(key)', not '\(wantedKey)'")
            }
            return value.mismatch(with: wanted)?.below(".*")
        case (.object(let object), .object(let wanted)): return object.mismatch(with: wanted)
        case (.object(let object), .map(let key, let wanted)):
            if CELType.string.mismatch(with: key) != nil {
                return TypeMismatch(path: "", reason: "its keys are strings, not of type '\(key)'")
            }
            for (name, type) in object.sortedFields {
                if let found = type.mismatch(with: wanted) { return found.below(".\(name)") }
            }
            return nil
        case (.map(let key, let value), .object(let wanted)):
            if key.mismatch(with: .string) != nil {
                return TypeMismatch(path: "", reason: "its keys are of type '\(key)', not strings")
            }
            if wanted.allowsOtherFields || wanted.fields.isEmpty { return nil }
            if wanted.fields.values.contains(where: { value.mismatch(with: $0) == nil }) { return nil }
            return TypeMismatch(path: "", reason: "no field of \(wanted.name) is of type '\(value)'")
        default: return TypeMismatch(path: "", reason: "it is of type '\(self)', not '\(target)'")
        }
    }

    private var isObject: Bool { if case .object = self { true } else { false } }
}

extension ObjectType {
    fileprivate var sortedFields: [(key: String, value: CELType)] {
        fields.sorted { $0.key.precedesByScalars($1.key) }
    }

    fileprivate func mismatch(with wanted: ObjectType) -> TypeMismatch? {
        if self === wanted { return nil }
        for (name, type) in sortedFields {
            if let known = wanted.fields[name] {
                if let found = type.mismatch(with: known) { return found.below(".\(name)") }
            } else if !wanted.allowsOtherFields {
                return TypeMismatch(path: ".\(name)", reason: "\(wanted.name) has no such field")
            }
        }
        return nil
    }
}
