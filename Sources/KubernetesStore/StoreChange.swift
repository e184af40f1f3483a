// SPDX-License-Identifier: Apache-2.0

internal import Kubernetes

/// One change of one object. Every change has a revision of its own, and they only grow.
public final class StoreChange: Sendable {
    /// What happened.
    public enum Kind: Int64, Sendable {
        /// The object was not there before.
        case added = 0
        /// It was, and is another now.
        case modified = 1
        /// It is not there any more.
        case deleted = 2
    }
    /// What happened.
    public let kind: Kind
    /// The object after the change; a deleted one as it was at last, with the revision of its deletion.
    public let object: StoredObject
    /// The object before; nil when it was added.
    public let before: StoredObject?

    init(_ kind: Kind, _ object: StoredObject, before: StoredObject?) {
        (self.kind, self.object, self.before) = (kind, object, before)
    }

    /// The revision of the change.
    public var revision: Int64 { object.revision }

    /// How much memory it takes, about.
    var cost: Int { object.value.bytes.count + (before?.value.bytes.count ?? 0) + 256 }
}

/// What must be so for a change to be made.
public enum StoreExpectation: Sendable, Equatable {
    /// There is no such object.
    case absent
    /// The object is as this revision left it.
    case revision(Int64)
}

/// Why a change was not made.
public enum StoreConflict: Error, Sendable, Equatable {
    /// There is such an object.
    case exists
    /// There is none.
    case missing
    /// It was changed since.
    case changed(revision: Int64)
}
