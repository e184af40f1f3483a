// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import KubernetesKinds

/// What objects of a type have before anything is set: the objects that are always there.
enum EmptyObject {
    static func make(_ type: ObjectType, depth: Int = 0) -> JSON {
        var object = JSONObject()
        // Types that contain themselves do so by fields that may be missing; the bound is a belt.
        guard depth < 12, !type.isUnion else { return .object(object) }
        for field in TypeTable.builtin.jsonFields(of: type) {
            guard case .object(let name) = field.type, let inner = TypeTable.builtin.type(named: name) else { continue }
            let isAlways = field.presence == .always || field.presence == .required
            guard isAlways || depth == 0 && ["metadata", "spec", "status"].contains(field.name) else { continue }
            object[field.name] = make(inner, depth: depth + 1)
        }
        return .object(object)
    }
}
