// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// JSON merge patches (RFC 7386).
public enum JSONMergePatch {
    /// An object with a patch merged into it: members are set, null removes, anything but objects is replaced.
    ///
    /// As the API server does it, nulls also leave the objects in arrays that are new or replace what is no object.
    /// Throws `.invalid` when the patch is no object.
    public static func apply(_ patch: JSON, to document: JSON) throws(Fault) -> JSON {
        guard case .object = patch else {
            throw Fault(
                .invalid, "a merge patch of an object must be an object, not \(patch.kindName)",
                fix: "write the members to change as an object")
        }
        return merge(patch, into: document)
    }

    private static func merge(_ patch: JSON, into document: JSON) -> JSON {
        guard case .object(var object) = document else { return withoutNulls(patch) }
        guard case .object(let members) = patch else { return patch }
        var removed: Set<String> = []
        for (name, value) in members {
            if value == .null {
                if object[name] != nil { removed.insert(name) }
            } else if let current = object[name], current != .null {
                object[name] = merge(value, into: current)
            } else {
                object[name] = withoutNulls(value)
            }
        }
        guard !removed.isEmpty else { return .object(object) }
        // All at once: each removal looks at every member behind it.
        return .object(
            JSONObject(
                object.filter { !removed.contains($0.key) || members[$0.key] != .null }.map { ($0.key, $0.value) }))
    }

    /// A value without the members that are null, at any depth.
    private static func withoutNulls(_ value: JSON) -> JSON {
        switch value {
        case .object(let object):
            .object(
                JSONObject(object.compactMap { $0.value == .null ? nil : ($0.key, withoutNulls($0.value)) }))
        case .array(let items): .array(items.map { withoutNulls($0) })
        default: value
        }
    }
}
