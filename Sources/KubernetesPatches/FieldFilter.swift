// SPDX-License-Identifier: Apache-2.0

/// Which places an endpoint lets its users own.
///
/// The main endpoint of a resource with a status resets `.status`; its `/status` endpoint resets all the rest. What is
/// reset is neither owned nor a conflict; setting the values back is the endpoint's own work.
public enum FieldFilter: Hashable, Sendable {
    /// All.
    case all
    /// All but these places and what lies in them.
    case excluding(FieldSet)
    /// Only these places and what lies in them.
    case only(FieldSet)

    /// The places of a set that may be owned.
    public func apply(to set: FieldSet) -> FieldSet {
        switch self {
        case .all: set
        case .excluding(let excluded): set.subtractingTrees(excluded)
        case .only(let included): set.intersectingTrees(included)
        }
    }
}
