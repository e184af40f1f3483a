// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

extension FieldTracking {
    /// The managed fields of an object that was created, replaced or patched by anything but an apply.
    ///
    /// The manager owns what changed; what was removed leaves all. Managed fields in `new` count when they can be read;
    /// a reset forgets all. Nothing is tracked of an object that has no managed fields, until it is applied to.
    /// Never fails: of an object that does not fit its schema, the managed fields stay as they are.
    /// - Parameters:
    ///   - live: what is stored; nil when the object is created.
    ///   - manager: the name the client gave or the first part of its `User-Agent`.
    public func update(live: JSON?, new: JSON, manager: String, at time: Timestamp) -> Outcome {
        let from = live ?? emptyObject, stored = (try? ManagedFields(of: from)) ?? ManagedFields()
        var managed = fields(new, stored: stored)
        if live != nil, managed.isEmpty { return outcome(new, managed, live: from, stored) }
        do throws(Fault) {
            try track(from: from, to: new, &managed, manager, time)
        } catch {
            managed = stored
        }
        return outcome(new, managed, live: live ?? .null, live == nil ? ManagedFields() : stored)
    }

    /// The managed fields from which a change starts.
    private func fields(_ new: JSON, stored: ManagedFields) -> ManagedFields {
        // Endpoints below an object's own cannot set them.
        guard subresource.isEmpty else { return stored }
        if ManagedFields.isReset(new) { return ManagedFields() }
        // Clients that know nothing of managed fields do not delete them.
        guard let given = try? ManagedFields(of: new), !given.isEmpty else { return stored }
        return given
    }

    func track(
        from live: JSON, to new: JSON, _ managed: inout ManagedFields, _ manager: String, _ time: Timestamp
    ) throws(Fault) {
        let ownership = FieldOwnership(versions: versions, apiVersion: apiVersion, filter: filter)
        let gained = try ownership.update(
            from: try typed(live, .allowed, "stored"), to: try typed(new, .allowed, "new"), &managed
        ).subtracting(Self.neverOwned)
        if !gained.isEmpty {
            let identity = identity(manager, .update)
            let before = managed.byIdentity[identity]?.fields ?? FieldSet()
            managed.byIdentity[identity] = ManagedFieldsEntry(
                manager: identity.manager, operation: .update, apiVersion: apiVersion, time: time,
                subresource: subresource, fields: before.union(gained))
        }
        managed.joinOldest()
    }
}
