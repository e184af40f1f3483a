// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesStore

/// What selectors can look at in an object: its labels, and the fields that its resource lets them name.
struct SelectableObject: Sendable {
    /// An object with the labels and nothing else.
    let labelled: KubernetesObject
    /// The values of fields; without those that the object lacks.
    let fields: [String: String]

    init(_ object: KubernetesObject, of resource: ServedResource) {
        let labels = object.json["metadata"]?["labels"] ?? [:]
        labelled = KubernetesObject(unchecked: ["metadata": ["labels": labels]])
        var fields: [String: String] = [:]
        for field in resource.strategy.selectableFields {
            fields[field] = resource.strategy.selectableValue(field, in: object.json)
        }
        self.fields = fields
    }

    /// Whether it is so small that many can be kept.
    fileprivate var isSmall: Bool {
        (labelled.json["metadata"]?["labels"]?.object?.count ?? 0) <= 64
            && fields.values.reduce(0) { $0 + $1.utf8.count } <= 4096
    }
}

/// The last objects that watches with selectors looked at.
///
/// All watches of a resource look at the same changes at about the same time, so each object is read once and not once for
/// each of them. A revision of the store belongs to one state of one object, which is never another one.
final class SelectableObjects: Sendable {
    private struct Entry {
        let resource: ServedResource
        let revision: Int64
        let view: SelectableObject
    }
    private struct State {
        var entries: [Entry] = []
        /// Where each revision is; the one that was kept last, when several versions of a kind are watched.
        var places: [Int64: Int] = [:]
        /// Which entry the next one replaces.
        var next = 0
    }
    private let state = Guarded(State())
    private let limit: Int

    /// - Parameter limit: how many are kept.
    init(limit: Int = 1024) { self.limit = limit }

    /// What selectors can look at in a stored object; throws `.corrupt` when it cannot be read.
    func view(of stored: StoredObject, _ resource: ServedResource) throws -> SelectableObject {
        let revision = stored.revision
        let known = state.withLock { state in state.places[revision].map { state.entries[$0] } }
        if let known, known.resource === resource { return known.view }
        let view = SelectableObject(try resource.shown(stored), of: resource)
        if view.isSmall { keep(Entry(resource: resource, revision: revision, view: view)) }
        return view
    }

    private func keep(_ entry: Entry) {
        state.withLock { state in
            if state.entries.count < limit {
                state.entries.append(entry)
            } else {
                let old = state.entries[state.next].revision
                if state.places[old] == state.next { state.places[old] = nil }
                state.entries[state.next] = entry
            }
            state.places[entry.revision] = state.next
            state.next = (state.next + 1) % limit
        }
    }
}
