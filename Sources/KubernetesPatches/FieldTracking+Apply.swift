// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

extension FieldTracking {
    /// Applies a configuration to an object (server-side apply).
    ///
    /// The object gets what the configuration says; what the manager applied before, applies no more and nobody else
    /// owns is removed. The manager then owns what it applied, alone where values changed, shared where not.
    ///
    /// Throws `.conflict`, caused by `ApplyConflicts`, when the configuration gives another value to what others own
    /// and `force` is false; `.invalid` when the configuration is of another version or kind, has managed fields or
    /// does not fit the schema, and when the stored managed fields cannot be read.
    /// - Parameters:
    ///   - live: what is stored; nil when there is no such object yet.
    ///   - manager: the name the client gave.
    public func apply(
        _ configuration: JSON, to live: JSON?, manager: String, force: Bool, at time: Timestamp
    ) throws(Fault) -> Outcome {
        try check(configuration)
        let stored = live ?? emptyObject
        let before = try ManagedFields(of: stored)
        var managed = before
        let result: TypedValue?
        do throws(Fault) {
            result = try lay(configuration, over: stored, &managed, manager, force, time)
        } catch {
            guard manager == LastApplied.manager, let conflicts = error.cause as? ApplyConflicts else { throw error }
            let allowed = lastAppliedFields(stored)
            let others = conflicts.outside(allowed)
            guard !allowed.isEmpty, others.conflicts.isEmpty else {
                throw allowed.isEmpty ? error : others.fault
            }
            managed = before
            result = try lay(configuration, over: stored, &managed, manager, true, time)
        }
        var object = result?.value ?? stored
        if manager == LastApplied.manager { object = LastApplied.renewed(in: object, from: configuration) }
        return outcome(object, managed, live: live ?? .null, live == nil ? ManagedFields() : before)
    }

    private func check(_ configuration: JSON) throws(Fault) {
        guard configuration["apiVersion"]?.string == apiVersion else {
            throw Fault(
                .invalid,
                "Incorrect version specified in apply patch. Specified patch version: "
                    + "\(configuration["apiVersion"]?.string?.prefix(100) ?? ""), expected: \(apiVersion)",
                fix: "apply to the endpoint of the version in the configuration")
        }
        guard configuration["kind"]?.string == kind else {
            throw Fault(
                .invalid, "invalid object type: \(configuration["kind"]?.string?.prefix(100) ?? ""), expected: \(kind)",
                fix: "apply to the endpoint of the kind in the configuration")
        }
        switch configuration["metadata"]?["managedFields"] {
        case nil, .null: break
        default:
            throw Fault(
                .invalid, "metadata.managedFields must be nil",
                fix: "leave metadata.managedFields out of what is applied")
        }
    }

    /// Applies once. Returns nil when the object stays as it is.
    private func lay(
        _ configuration: JSON, over stored: JSON, _ managed: inout ManagedFields, _ manager: String, _ force: Bool,
        _ time: Timestamp
    ) throws(Fault) -> TypedValue? {
        // Of an object of which nothing was tracked, all that is there was set before.
        if managed.isEmpty { try track(from: emptyObject, to: stored, &managed, Self.beforeFirstApply, time) }
        let identity = identity(manager, .apply)
        let result = try FieldOwnership(versions: versions, apiVersion: apiVersion, filter: filter).apply(
            try typed(configuration, .refused, "applied"), to: try typed(stored, .allowed, "stored"), &managed,
            as: identity, force: force)
        if var entry = managed.byIdentity[identity] {
            entry.fields = entry.fields.subtracting(Self.neverOwned)
            if result != nil { entry.time = time }
            managed.byIdentity[identity] = entry.fields.isEmpty ? nil : entry
        }
        return result
    }

    /// What the last client-side apply set and nobody changed since; kubectl takes it over without a conflict.
    private func lastAppliedFields(_ live: JSON) -> FieldSet {
        guard let configuration = LastApplied.configuration(of: live),
            configuration["apiVersion"]?.string == apiVersion,
            let last = try? typed(configuration, .refused, "last applied"),
            let now = try? typed(live, .refused, "stored"),
            let difference = try? last.comparison(with: now), let fields = try? last.fieldSet()
        else { return FieldSet() }
        return fields.subtracting(difference.changed).subtracting(difference.removed)
    }
}
