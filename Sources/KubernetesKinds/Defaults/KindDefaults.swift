// SPDX-License-Identifier: Apache-2.0

public import Documents
public import Kubernetes

/// What the server fills into objects of the built-in kinds where their authors say nothing, as Kubernetes 1.32 does.
///
/// Source: the values of `pkg/apis/*/v1/defaults.go` of Kubernetes.
public enum KindDefaults {
    /// The object with its defaults; the object itself when its kind is not built in.
    ///
    /// It depends on nothing but the object, and filling in twice is filling in once.
    public static func applied(to object: JSON, of kind: GroupVersionKind) -> JSON {
        guard let type = TypeTable.builtin.type(of: kind), case .object = object else { return object }
        var object = object
        fill(&object, type)
        return object
    }

    private static let podTemplate = "io.k8s.api.core.v1.PodTemplateSpec"

    /// Fills in a type and all that is below it, the inner parts first.
    private static func fill(_ object: inout JSON, _ type: ObjectType) {
        if type.name == podTemplate {
            // A template has both parts, said or not, and what is not said has defaults too.
            object.fill("metadata", [:])
            object.fill("spec", [:])
        }
        guard case .object(var members) = object, !type.isUnion else { return }
        object = .null
        for field in TypeTable.builtin.jsonFields(of: type) {
            if let value = members[field.name] {
                guard let inner = field.type.innermostObject else { continue }
                var value = value
                members[field.name] = .null
                fill(&value, field.type, inner)
                members[field.name] = value
            } else if let value = field.defaultValue {
                members[field.name] = value
            }
        }
        object = .object(members)
        // By the last parts of the name: `core.v1.Pod`.
        rules[type.name.split(separator: ".").suffix(3).joined(separator: ".")]?(&object)
    }

    private static func fill(_ value: inout JSON, _ type: FieldType, _ inner: String) {
        switch (type, value) {
        case (.object, _):
            guard let type = TypeTable.builtin.type(named: inner) else { return }
            fill(&value, type)
        case (.list(let item), .array(var items)):
            value = .null
            for index in items.indices { fill(&items[index], item, inner) }
            value = .array(items)
        case (.map(let item), .object(var members)):
            value = .null
            for key in members.keys {
                guard var member = members[key] else { continue }
                fill(&member, item, inner)
                members[key] = member
            }
            value = .object(members)
        default: break
        }
    }

    typealias Rule = @Sendable (inout JSON) -> Void

    /// By the end of a type's name.
    private static let rules: [String: Rule] = podRules.merging(volumeRules) { one, _ in one }
        .merging(workloadRules) { one, _ in one }.merging(coreRules) { one, _ in one }
        .merging(otherRules) { one, _ in one }
}

extension FieldType {
    /// The type of the objects in a field, through lists and maps.
    var innermostObject: String? {
        switch self {
        case .object(let name): name
        case .list(let inner), .map(let inner): inner.innermostObject
        default: nil
        }
    }
}

extension JSON {
    /// Sets a member that is missing, null or an empty string.
    mutating func fill(_ key: String, _ value: JSON) {
        switch self[key] {
        case nil, .null, .string(""): self[key] = value
        default: break
        }
    }

    /// Changes a member that is an object.
    mutating func change(_ key: String, _ body: (inout JSON) -> Void) {
        guard var value = self[key], case .object = value else { return }
        self[key] = .null
        body(&value)
        self[key] = value
    }

    /// Changes each element of a member that is an array.
    mutating func changeEach(_ key: String, _ body: (inout JSON) -> Void) {
        guard case .array(var items)? = self[key] else { return }
        self[key] = .null
        for index in items.indices { body(&items[index]) }
        self[key] = .array(items)
    }
}
