// SPDX-License-Identifier: Apache-2.0

public import Documents
public import Kubernetes

/// Where an object has the numbers of the scale subresource.
public struct ScalePaths: Sendable, Hashable {
    /// The path to the wanted number of replicas, `.spec.replicas`.
    public let specReplicas: String
    /// The path to the number there is, `.status.replicas`.
    public let statusReplicas: String
    /// The path to the selector of the replicas, as a text.
    public let labelSelector: String?

    /// Paths as a definition has them.
    init(_ scale: JSON) {
        specReplicas = scale["specReplicasPath"]?.string ?? ""
        statusReplicas = scale["statusReplicasPath"]?.string ?? ""
        let selector = scale["labelSelectorPath"]?.string ?? ""
        labelSelector = selector.isEmpty ? nil : selector
    }

    /// The value of an object at a path of names with dots between them; nil when it is not there.
    public static func value(at path: String, in object: JSON) -> JSON? {
        steps(path).reduce(object as JSON?) { value, name in value?[name] }
    }

    /// An object with a value at a path; what is missing on the way becomes objects, other values are replaced.
    public static func set(_ value: JSON, at path: String, in object: JSON) -> JSON {
        set(value, at: steps(path)[...], in: object)
    }

    private static func set(_ value: JSON, at path: ArraySlice<String>, in object: JSON) -> JSON {
        guard let name = path.first else { return value }
        var copy = object
        copy[name] = set(value, at: path.dropFirst(), in: object[name] ?? [:])
        return copy
    }

    private static func steps(_ path: String) -> [String] {
        path.split(separator: ".", omittingEmptySubsequences: false).dropFirst(path.hasPrefix(".") ? 1 : 0).map(
            String.init)
    }

    /// What is wrong with the numbers of an object.
    ///
    /// - Parameter onlyStatus: whether only the status is written.
    public func errors(in object: JSON, onlyStatus: Bool = false) -> [FieldError] {
        var errors: [FieldError] = []
        for path in onlyStatus ? [statusReplicas] : [specReplicas, statusReplicas] {
            guard let value = Self.value(at: path, in: object) else { continue }
            guard let count = value.int else {
                let accessor = path.hasPrefix(".") ? path : ".\(path)"
                let detail =
                    "\(accessor) accessor error: \(GoLiteral.text(of: value)) is of the type "
                    + "\(value.goType), expected int64"
                errors.append(FieldError(.invalid, path, value: 0, detail))
                continue
            }
            if count < 0 {
                errors.append(FieldError(.invalid, path, value: value, "should be a non-negative integer"))
            } else if count > Int64(Int32.max) {
                errors.append(
                    FieldError(.invalid, path, value: value, "should be less than or equal to \(Int32.max)"))
            }
        }
        if let labelSelector, let value = Self.value(at: labelSelector, in: object), value.string == nil {
            let detail =
                "\(labelSelector) accessor error: \(GoLiteral.text(of: value)) is of the type "
                + "\(value.goType), expected string"
            errors.append(FieldError(.invalid, labelSelector, value: "", detail))
        }
        return errors
    }
}

/// A field of a kind that field selectors may name.
public struct SelectableField: Sendable, Hashable {
    /// How selectors spell it: `spec.color`.
    public let name: String
    private let path: JSONPath

    init?(path: String) {
        guard let compiled = try? JSONPath(expression: path) else { return nil }
        (self.path, name) = (compiled, path.hasPrefix(".") ? String(path.dropFirst()) : path)
    }

    /// The value that selectors compare with; empty when it is not there.
    public func value(in object: JSON) -> String {
        guard let value = try? path.first(in: object), value != .null else { return "" }
        return JSONPath.text(of: value)
    }
}

extension JSON {
    /// The type in words of Go, as errors about paths have it.
    fileprivate var goType: String {
        switch self {
        case .null: "<nil>"
        case .bool: "bool"
        case .number(let number): number.int64 != nil ? "int64" : "float64"
        case .string: "string"
        case .array: "[]interface {}"
        case .object: "map[string]interface {}"
        }
    }
}
