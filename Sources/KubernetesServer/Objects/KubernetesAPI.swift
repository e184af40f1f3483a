// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Documents
internal import Kubernetes
internal import KubernetesStore

/// The API without HTTP: what can be done with the objects of a store.
///
/// Requests and the server's own upkeep come through here, so that all of them keep the same rules.
final class KubernetesAPI: Sendable {
    let store: ObjectStore
    let clock: @Sendable () -> Timestamp
    private let current: Guarded<Catalogue>
    /// Addresses and ports of services that are taken.
    let addresses: ServiceAddressPool
    /// Who may do what.
    let access: AccessState
    /// How many watches run.
    let watches = WatchCount()
    /// What selectors of watches looked at last.
    let selectable = SelectableObjects()

    /// Opens it on a store; definitions in the store are served at once.
    init(_ store: ObjectStore, clock: @escaping @Sendable () -> Timestamp = { Timestamp.now() }) throws {
        (self.store, self.clock) = (store, clock)
        current = Guarded(Catalogue(try DefinitionReading.established(in: store)))
        addresses = try ServiceAddressPool(store)
        access = try AccessState(store)
    }

    /// What is served now.
    var catalogue: Catalogue { current.withLock { $0 } }

    /// Serves other definitions from now on.
    func serve(_ definitions: [Definition]) {
        let catalogue = Catalogue(definitions)
        current.withLock { $0 = catalogue }
    }

    /// The moment, as tables count ages to it.
    var now: Moment { Moment(seconds: clock().seconds) ?? Moment.start }

    /// The stored object; throws `APIStatus` 404.
    func storedObject(_ resource: ServedResource, _ namespace: String?, _ name: String) throws -> StoredObject {
        guard let found = try store.object(resource.key(namespace, name)) else {
            throw APIStatus.notFound(resource.groupResource, name)
        }
        return found
    }
}

extension ServedResource {
    /// A stored object as clients see it.
    func shown(_ stored: StoredObject) throws -> KubernetesObject {
        let object = try stored.object()
        return strategy.showsAsStored ? object : KubernetesObject(unchecked: try strategy.shown(object.json))
    }
}

extension Moment {
    /// What stands for a moment that no calendar has.
    fileprivate static let start = Moment(seconds: 0)!
}
