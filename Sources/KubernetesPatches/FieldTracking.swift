// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// Keeps the managed fields of the objects of one endpoint, and applies configurations to them.
///
/// Everything is a function of its arguments. Objects come and go as JSON in the version of the endpoint, with their
/// managed fields in `metadata`.
public struct FieldTracking: Sendable {
    /// The versions of the kind.
    public let versions: ObjectVersions
    /// The version of the endpoint.
    public let apiVersion: String
    /// The kind of its objects.
    public let kind: String
    /// The endpoint below the object's, such as `status`; empty for the object's own.
    public let subresource: String
    /// What users of the endpoint can own.
    public let filter: FieldFilter
    /// What an object of the kind is before anything is set: what it holds is owned by nobody because it was always
    /// there. Has `apiVersion` and `kind`.
    public let emptyObject: JSON

    /// The name under which what was there before the first apply is owned.
    public static let beforeFirstApply = "before-first-apply"

    /// An endpoint.
    /// - Parameter emptyObject: nil when objects have nothing by themselves, as custom resources.
    public init(
        versions: ObjectVersions, apiVersion: String, kind: String, subresource: String = "",
        filter: FieldFilter = .all, emptyObject: JSON? = nil
    ) {
        (self.versions, self.apiVersion, self.kind) = (versions, apiVersion, kind)
        (self.subresource, self.filter) = (subresource, filter)
        self.emptyObject = emptyObject ?? ["apiVersion": .string(apiVersion), "kind": .string(kind)]
    }

    /// An object after a change.
    public struct Outcome: Hashable, Sendable {
        /// The object with its managed fields.
        public let object: JSON
        /// Whether anything but moments is other than before; when not, `object` is the one of before.
        public let isChanged: Bool
    }

    /// Places that nobody owns.
    static let neverOwned = FieldSet(
        [["apiVersion"], ["kind"], ["metadata"]].map { FieldPath($0.map { .field($0) }) }
            + [
                "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation",
                "managedFields", "resourceVersion",
            ].map { FieldPath(fields: "metadata", $0) })

    /// The name of an endpoint's manager.
    func identity(_ manager: String, _ operation: ManagedFieldsEntry.Operation) -> ManagedFieldsEntry.Identity {
        ManagedFieldsEntry(
            manager: manager.isEmpty ? "unknown" : manager, operation: operation, apiVersion: apiVersion,
            subresource: subresource, fields: FieldSet()
        ).identity
    }

    /// An object without managed fields, as it is compared.
    func typed(_ object: JSON, _ duplicates: TypedValue.Duplicates, _ name: String) throws(Fault) -> TypedValue {
        guard let typed = try versions.typed(ManagedFields().written(into: object), as: apiVersion) else {
            throw Fault(.internal, "the endpoint of \(kind) has no schema for \(apiVersion)")
        }
        do throws(Fault) {
            try typed.check(duplicates: duplicates)
        } catch {
            throw error.during("the \(name) \(kind) does not fit its schema")
        }
        return typed
    }

    /// The outcome of a change.
    func outcome(_ object: JSON, _ managed: ManagedFields, live: JSON, _ before: ManagedFields) -> Outcome {
        let bare = ManagedFields().written(into: live)
        if managed.isSame(as: before), bare.isSameValue(as: ManagedFields().written(into: object)) {
            return Outcome(object: live, isChanged: false)
        }
        return Outcome(object: managed.written(into: object), isChanged: true)
    }
}
