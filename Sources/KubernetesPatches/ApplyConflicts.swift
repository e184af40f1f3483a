// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What an apply would have taken from other managers: the cause of its fault with the code `conflict`.
public struct ApplyConflicts: Error, Hashable, Sendable {
    /// A place that another manager owns and the apply would have changed.
    public struct Conflict: Hashable, Sendable {
        /// Who owns it: the entry, whose fields are those in conflict.
        public let owner: ManagedFieldsEntry
        /// The place.
        public let path: FieldPath

        /// Of the status cause: always `FieldManagerConflict`.
        public var reason: String { "FieldManagerConflict" }
        /// Of the status cause: `conflict with "x" using v1 at 2026-01-02T03:04:05Z`.
        public var message: String { "conflict with \(ApplyConflicts.text(owner))" }
        /// Of the status cause: `.spec.containers[name="x"].image`.
        public var field: String { path.description }
    }

    /// The conflicts, by manager.
    public let conflicts: [Conflict]

    init(_ fields: [ManagedFieldsEntry.Identity: FieldSet], in managed: ManagedFields) {
        conflicts = fields.sorted { $0.key < $1.key }.flatMap { identity, set in
            guard var owner = managed.byIdentity[identity] else { return [Conflict]() }
            owner.fields = set
            return set.paths.map { Conflict(owner: owner, path: $0) }
        }
    }

    private init(_ conflicts: [Conflict]) { self.conflicts = conflicts }

    /// The conflicts at places outside a set.
    func outside(_ allowed: FieldSet) -> ApplyConflicts {
        ApplyConflicts(conflicts.filter { !allowed.contains($0.path) })
    }

    /// The message of the status: one line, or the places of each manager a line each.
    public var message: String {
        if conflicts.count == 1 {
            return "Apply failed with 1 conflict: \(conflicts[0].message): \(conflicts[0].field)"
        }
        var lines: [String] = [], owner: String?
        for conflict in conflicts {
            let text = Self.text(conflict.owner)
            if text != owner { lines.append("conflicts with \(text):") }
            owner = text
            lines.append("- \(conflict.field)")
        }
        return "Apply failed with \(conflicts.count) conflicts: \(lines.joined(separator: "\n"))"
    }

    /// The conflicts as a fault.
    var fault: Fault {
        Fault(
            .conflict, message, fix: "leave these fields out, give them the values they have, or force the apply",
            cause: self)
    }

    private static func text(_ owner: ManagedFieldsEntry) -> String {
        var text = goQuoted(owner.manager)
        if !owner.subresource.isEmpty { text += " with subresource \(goQuoted(owner.subresource))" }
        guard owner.operation == .update else { return text }
        text += " using \(owner.apiVersion)"
        return owner.time.map { "\(text) at \($0)" } ?? text
    }
}
