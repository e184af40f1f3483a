// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// Who set what in an object: all of its `metadata.managedFields`.
public struct ManagedFields: Hashable, Sendable {
    typealias Identity = ManagedFieldsEntry.Identity
    /// The most entries of updaters an object keeps; the oldest are joined beyond that.
    public static let maximumUpdaters = 10
    /// The manager of entries that were joined.
    static let ancientManager = "ancient-changes"

    var byIdentity: [Identity: ManagedFieldsEntry] = [:]

    /// Nobody set anything.
    public init() {}

    /// The entries, in the order in which objects hold them.
    public var entries: [ManagedFieldsEntry] { byIdentity.values.sorted(by: ManagedFieldsEntry.precedes) }

    /// Whether there is no entry.
    public var isEmpty: Bool { byIdentity.isEmpty }

    /// The entries of an object; empty when it has none. Of entries of the same manager the last counts.
    ///
    /// Throws `.invalid` for entries that cannot be read.
    public init(of object: JSON) throws(Fault) {
        switch object["metadata"]?["managedFields"] {
        case nil, .null: return
        case .array(let entries):
            for (index, json) in entries.enumerated() {
                let entry = try ManagedFieldsEntry(json, at: index)
                byIdentity[entry.identity] = entry
            }
        case .some(let other):
            throw Fault(.invalid, "metadata.managedFields must be an array, not \(other.kindName)")
        }
    }

    /// Whether an object's entries ask to forget who set what: a list that is empty or holds one empty entry.
    static func isReset(_ object: JSON) -> Bool {
        guard case .array(let entries)? = object["metadata"]?["managedFields"] else { return false }
        if entries.isEmpty { return true }
        guard entries.count == 1, case .object(let entry) = entries[0] else { return false }
        return entry.allSatisfy { $0.value == .null || $0.value == .string("") }
    }

    /// An object with these entries instead of those it has.
    public func written(into object: JSON) -> JSON {
        var object = object
        if isEmpty {
            guard object["metadata"]?["managedFields"] != nil else { return object }
            object["metadata"]?["managedFields"] = nil
        } else {
            var metadata = object["metadata"]?.object.map { JSON.object($0) } ?? .object(JSONObject())
            metadata["managedFields"] = .array(entries.map(\.json))
            object["metadata"] = metadata
        }
        return object
    }

    /// Whether all is the same but the moments.
    func isSame(as other: ManagedFields) -> Bool {
        byIdentity.count == other.byIdentity.count
            && byIdentity.allSatisfy { identity, entry in
                other.byIdentity[identity].map { $0.apiVersion == entry.apiVersion && $0.fields == entry.fields }
                    ?? false
            }
    }

    /// Joins the oldest entries of updaters until no more than `maximumUpdaters` are left.
    mutating func joinOldest() {
        var updaters = byIdentity.values.filter { $0.operation == .update }
        guard updaters.count > Self.maximumUpdaters else { return }
        updaters.sort {
            let one = $0.time?.seconds ?? 0, another = $1.time?.seconds ?? 0
            return one != another ? one < another : $0.identity < $1.identity
        }
        var count = updaters.count
        // An entry is joined only with another of its version.
        var first: [String: Identity] = [:]
        for entry in updaters {
            guard count > Self.maximumUpdaters else { break }
            guard let oldest = first[entry.apiVersion] else {
                first[entry.apiVersion] = entry.identity
                continue
            }
            var joined = ManagedFieldsEntry(
                manager: Self.ancientManager, operation: .update, apiVersion: entry.apiVersion, time: entry.time,
                fields: entry.fields)
            // The entry itself can be what others were joined into before.
            let other = entry.identity == joined.identity ? nil : byIdentity[joined.identity]
            if let other = other ?? byIdentity.removeValue(forKey: oldest) {
                joined.fields = joined.fields.union(other.fields)
            }
            byIdentity[entry.identity] = nil
            byIdentity[joined.identity] = joined
            count -= 1
        }
    }
}
