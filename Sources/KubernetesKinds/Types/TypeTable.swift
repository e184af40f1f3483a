// SPDX-License-Identifier: Apache-2.0

public import Kubernetes

/// The types of the built-in kinds, read once when they are first asked for.
public struct TypeTable: Sendable {
    private let types: [String: ObjectType]
    private let kinds: [GroupVersionKind: String]
    /// The fields of the types in which those of others stand.
    private let flattened: [String: [ObjectField]]
    /// The names of all types.
    public let names: [String]

    /// All types.
    public static let builtin = TypeTable(
        TypeNotation.read([
            TypeNotation.metadata, TypeNotation.settings, TypeNotation.pods, TypeNotation.containers,
            TypeNotation.placement, TypeNotation.volumes, TypeNotation.claims, TypeNotation.persistentSources,
            TypeNotation.services, TypeNotation.nodes, TypeNotation.workloads, TypeNotation.jobs,
            TypeNotation.networking, TypeNotation.access, TypeNotation.policies, TypeNotation.autoscaling,
            TypeNotation.definitions,
        ]))

    init(_ notation: TypeNotation) {
        (types, names) = (notation.types, notation.names)
        var kinds: [GroupVersionKind: String] = [:]
        for type in notation.types.values { if let kind = type.kind { kinds[kind] = type.name } }
        self.kinds = kinds
        let types = notation.types
        func flat(_ type: ObjectType) -> [ObjectField] {
            type.fields.flatMap { field -> [ObjectField] in
                guard field.isInline, case .object(let name) = field.type, let inner = types[name] else {
                    return [field]
                }
                return flat(inner)
            }
        }
        flattened = types.filter { $0.value.fields.contains(where: \.isInline) }.mapValues(flat)
    }

    /// The type with a name such as `io.k8s.api.core.v1.Pod`.
    public func type(named name: String) -> ObjectType? { types[name] }

    /// The type of the objects of a kind, also of lists: `DeploymentList`.
    ///
    /// Options of requests are known in every group and version, as in Kubernetes.
    public func type(of kind: GroupVersionKind) -> ObjectType? {
        if let name = kinds[kind] { return types[name] }
        guard kind.kind.hasSuffix("Options") else { return nil }
        return kinds[GroupVersionKind("", "v1", kind.kind)].flatMap { types[$0] }
    }

    /// The fields of a type as its JSON has them: those of inline types in place of these.
    public func jsonFields(of type: ObjectType) -> [ObjectField] { flattened[type.name] ?? type.fields }
}
