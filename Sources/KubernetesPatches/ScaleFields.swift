// SPDX-License-Identifier: Apache-2.0

/// Who owns the number of replicas, as the `/scale` endpoint and the object itself name it.
///
/// A Scale has no managed fields of its own: those of the object that speak of replicas are shown as its own, and what
/// the endpoint makes of them goes back into the object.
public struct ScaleFields: Sendable {
    /// The version of a Scale.
    public static let apiVersion = "autoscaling/v1"
    private static let replicas = FieldPath(fields: "spec", "replicas")

    /// Where each version of the object holds the number; nil for a version without it.
    public let paths: [String: FieldPath?]
    /// The version of the object's endpoint.
    public let apiVersion: String

    /// The places of the number of replicas.
    public init(paths: [String: FieldPath?], apiVersion: String) {
        (self.paths, self.apiVersion) = (paths, apiVersion)
    }

    /// The managed fields of the Scale of an object.
    public func scaleFields(of object: ManagedFields) -> ManagedFields {
        var scale = ManagedFields()
        for entry in object.byIdentity.values {
            guard case .some(.some(let path)) = paths[entry.apiVersion], entry.fields.contains(path) else { continue }
            var entry = entry
            entry.fields = FieldSet([Self.replicas])
            entry.apiVersion = Self.apiVersion
            scale.byIdentity[entry.identity] = entry
        }
        return scale
    }

    /// The managed fields of an object after its Scale was changed.
    /// - Parameter scale: those of the Scale after the change.
    public func objectFields(_ object: ManagedFields, scale: ManagedFields) -> ManagedFields {
        var result = ManagedFields()
        var left = scale.byIdentity
        for entry in object.byIdentity.values {
            // What was set in a version that is no more is forgotten.
            guard let known = paths[entry.apiVersion] else { continue }
            guard let path = known, entry.fields.contains(path) else {
                result.byIdentity[entry.identity] = entry
                continue
            }
            var shown = entry
            shown.apiVersion = Self.apiVersion
            if scale.byIdentity[shown.identity] != nil {
                left[shown.identity] = nil
                result.byIdentity[entry.identity] = entry
            } else {
                var entry = entry
                entry.fields = entry.fields.subtracting(FieldSet([path]))
                if !entry.fields.isEmpty { result.byIdentity[entry.identity] = entry }
            }
        }
        guard case .some(.some(let path)) = paths[apiVersion] else { return result }
        for entry in left.values where entry.fields.contains(Self.replicas) {
            var entry = entry
            entry.apiVersion = apiVersion
            entry.fields = FieldSet([path]).union(result.byIdentity[entry.identity]?.fields ?? FieldSet())
            result.byIdentity[entry.identity] = entry
        }
        return result
    }
}
